#include "call_table.h"

#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void igs_trim(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

static void read_memory(void *device, int has_budget, igs_facts *facts) {
    vk_budget budget = {.type = VK_TYPE_MEMORY_BUDGET};
    vk_memory2 memory = {.type = VK_TYPE_MEMORY_PROPERTIES_2, .next = has_budget ? &budget : NULL};
    igs_vk.GetPhysicalDeviceMemoryProperties2(device, &memory);
    facts->type_count = memory.type_count;
    for (uint32_t i = 0; i < memory.type_count && i < 32; i++) {
        facts->type_flags[i] = memory.types[i].flags;
        facts->type_heap[i] = memory.types[i].heap;
    }
    facts->heap_count = memory.heap_count;
    for (uint32_t i = 0; i < memory.heap_count && i < 16; i++) {
        facts->heap_flags[i] = memory.heaps[i].flags;
        facts->heap_size[i] = memory.heaps[i].size;
        facts->heap_budget[i] = budget.budget[i];
        facts->heap_usage[i] = budget.usage[i];
    }
}

static void read_families(void *device, igs_facts *facts) {
    vk_queue_family families[16];
    uint32_t count = 16; // in: capacity; further families are ignored
    igs_vk.GetPhysicalDeviceQueueFamilyProperties(device, &count, families);
    facts->family_count = count;
    for (uint32_t i = 0; i < count; i++) {
        facts->family_flags[i] = families[i].flags;
        facts->family_timestamp_bits[i] = families[i].timestamp_bits;
    }
}

void igs_read_facts(void *device, int has_driver, int has_float16, int has_budget, igs_facts *facts) {
    memset(facts, 0, sizeof *facts);
    vk_driver driver = {.type = VK_TYPE_DRIVER_PROPERTIES};
    vk_ids ids = {.type = VK_TYPE_ID_PROPERTIES, .next = has_driver ? &driver : NULL};
    vk_maintenance3 maintenance3 = {.type = VK_TYPE_MAINTENANCE_3_PROPERTIES, .next = &ids};
    vk_subgroup subgroup = {.type = VK_TYPE_SUBGROUP_PROPERTIES, .next = &maintenance3};
    vk_properties2 properties = {.type = VK_TYPE_PROPERTIES_2, .next = &subgroup};
    igs_vk.GetPhysicalDeviceProperties2(device, &properties);
    facts->subgroup_size = subgroup.size;
    facts->max_allocation = maintenance3.max_allocation;
    memcpy(facts->driver_name, driver.name, sizeof driver.name);
    memcpy(facts->driver_info, driver.info, sizeof driver.info);
    memcpy(facts->uuids[0], ids.device, sizeof ids.device);
    memcpy(facts->uuids[1], ids.driver, sizeof ids.driver);

    vk_float16 float16 = {.type = VK_TYPE_FLOAT16_INT8_FEATURES};
    vk_storage16 storage16 = {.type = VK_TYPE_16BIT_STORAGE_FEATURES, .next = has_float16 ? &float16 : NULL};
    vk_features2 features = {.type = VK_TYPE_FEATURES_2, .next = &storage16};
    igs_vk.GetPhysicalDeviceFeatures2(device, &features);
    facts->storage16 = storage16.storage;
    facts->float16 = float16.float16;
    facts->float64 = features.core[VK_FEATURE_FLOAT64];
    facts->int64 = features.core[VK_FEATURE_INT64];
    facts->int16 = features.core[VK_FEATURE_INT16];

    read_memory(device, has_budget, facts);
    read_families(device, facts);
}

int32_t igs_create_device(void *physical, uint32_t family, const igs_facts *features, char **extensions, uint32_t extension_count, void **device) {
    vk_float16 float16 = {.type = VK_TYPE_FLOAT16_INT8_FEATURES, .float16 = features->float16};
    vk_storage16 storage16 = {
        .type = VK_TYPE_16BIT_STORAGE_FEATURES,
        .next = features->float16 ? &float16 : NULL,
        .storage = features->storage16,
    };
    vk_features2 wanted = {.type = VK_TYPE_FEATURES_2, .next = &storage16};
    wanted.core[VK_FEATURE_FLOAT64] = features->float64;
    wanted.core[VK_FEATURE_INT64] = features->int64;
    wanted.core[VK_FEATURE_INT16] = features->int16;
    float priority = 1;
    vk_queue_info queue = {.type = VK_TYPE_DEVICE_QUEUE_CREATE_INFO, .family = family, .count = 1, .priorities = &priority};
    vk_device_info info = {
        .type = VK_TYPE_DEVICE_CREATE_INFO,
        .next = &wanted,
        .queue_count = 1,
        .queues = &queue,
        .extension_count = extension_count,
        .extensions = (const char *const *)extensions,
    };
    return igs_vk.CreateDevice(physical, &info, NULL, device);
}

int32_t igs_create_set_layout(void *device, int32_t descriptor, const uint32_t *bindings, uint32_t count, uint64_t *layout) {
    vk_set_binding list[256];
    if (count > 256) return VK_OUT_OF_HOST_MEMORY;
    for (uint32_t i = 0; i < count; i++)
        list[i] = (vk_set_binding){.binding = bindings[i], .type = descriptor, .count = 1, .stages = VK_STAGE_COMPUTE};
    vk_set_layout info = {.type = VK_TYPE_DESCRIPTOR_SET_LAYOUT, .count = count, .bindings = list};
    return igs_vk.CreateDescriptorSetLayout(device, &info, NULL, layout);
}

int32_t igs_create_pipeline_layout(void *device, const uint64_t *sets, uint32_t set_count, uint32_t push_bytes, uint64_t *layout) {
    vk_push_range push = {.stages = VK_STAGE_COMPUTE, .size = push_bytes};
    vk_pipeline_layout info = {
        .type = VK_TYPE_PIPELINE_LAYOUT,
        .set_count = set_count,
        .sets = sets,
        .push_count = push_bytes ? 1 : 0,
        .push = &push,
    };
    return igs_vk.CreatePipelineLayout(device, &info, NULL, layout);
}

int32_t igs_create_pipeline(void *device, uint64_t cache, uint64_t module, uint64_t layout, uint64_t *pipeline) {
    vk_pipeline info = {
        .type = VK_TYPE_COMPUTE_PIPELINE,
        .stage = {
            .type = VK_TYPE_PIPELINE_SHADER_STAGE,
            .stage = VK_STAGE_COMPUTE,
            .module = module,
            .entry = "main",
        },
        .layout = layout,
        .base_index = -1,
    };
    return igs_vk.CreateComputePipelines(device, cache, 1, &info, NULL, pipeline);
}
