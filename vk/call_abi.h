// The part of the Vulkan ABI that call_*.c needs. It is declared here so that building igs needs no Vulkan headers.
// Names and numbers are those of the Vulkan specification.
//
// Only 64-bit systems are supported: every handle has 8 bytes. Dispatchable handles are void *. The others are
// uint64_t, because a driver may store any number in them and Go must never see them as pointers.

#ifndef IGS_CALL_ABI_H
#define IGS_CALL_ABI_H

#include <stdint.h>

_Static_assert(sizeof(void *) == 8, "igs needs a 64-bit system");

enum {
    VK_TYPE_APPLICATION_INFO = 0,
    VK_TYPE_INSTANCE_CREATE_INFO = 1,
    VK_TYPE_DEVICE_QUEUE_CREATE_INFO = 2,
    VK_TYPE_DEVICE_CREATE_INFO = 3,
    VK_TYPE_SUBMIT_INFO = 4,
    VK_TYPE_PIPELINE_SHADER_STAGE = 18,
    VK_TYPE_COMPUTE_PIPELINE = 29,
    VK_TYPE_PIPELINE_LAYOUT = 30,
    VK_TYPE_DESCRIPTOR_SET_LAYOUT = 32,
    VK_TYPE_DESCRIPTOR_POOL = 33,
    VK_TYPE_DESCRIPTOR_SET_ALLOCATE = 34,
    VK_TYPE_WRITE_DESCRIPTOR_SET = 35,
    VK_TYPE_MEMORY_BARRIER = 46,
    VK_TYPE_FEATURES_2 = 1000059000,
    VK_TYPE_PROPERTIES_2 = 1000059001,
    VK_TYPE_MEMORY_PROPERTIES_2 = 1000059006,
    VK_TYPE_ID_PROPERTIES = 1000071004,
    VK_TYPE_FLOAT16_INT8_FEATURES = 1000082000,
    VK_TYPE_16BIT_STORAGE_FEATURES = 1000083000,
    VK_TYPE_SUBGROUP_PROPERTIES = 1000094000,
    VK_TYPE_DEBUG_MESSENGER = 1000128004,
    VK_TYPE_MAINTENANCE_3_PROPERTIES = 1000168000,
    VK_TYPE_DRIVER_PROPERTIES = 1000196000,
    VK_TYPE_MEMORY_BUDGET = 1000237000,
    VK_TYPE_VALIDATION_FEATURES = 1000247000,
};

enum {
    VK_SUCCESS = 0,
    VK_INCOMPLETE = 5,
    VK_OUT_OF_HOST_MEMORY = -1,
    VK_STAGE_COMPUTE = 0x20,
    VK_DESCRIPTOR_UNIFORM_TEXEL = 4,
    VK_DESCRIPTOR_STORAGE = 7,
    VK_ENUMERATE_PORTABILITY = 1,
    VK_VALIDATE_SYNCHRONIZATION = 4,
    VK_SEVERITY_WARNING = 0x100,
    VK_SEVERITY_ERROR = 0x1000,
    VK_MESSAGE_VALIDATION = 2,
    VK_MESSAGE_PERFORMANCE = 4,
};

// Indices into VkPhysicalDeviceFeatures, which has 55 flags.
enum { VK_FEATURES = 55, VK_FEATURE_FLOAT64 = 39, VK_FEATURE_INT64 = 40, VK_FEATURE_INT16 = 41 };

typedef struct { int32_t type; const void *next; const char *app; uint32_t app_version; const char *engine; uint32_t engine_version, api; } vk_application;
typedef struct { int32_t type; const void *next; uint32_t flags; const vk_application *app; uint32_t layer_count; const char *const *layers; uint32_t extension_count; const char *const *extensions; } vk_instance_info;
typedef struct { int32_t type; const void *next; uint32_t enabled_count; const int32_t *enabled; uint32_t disabled_count; const int32_t *disabled; } vk_validation;
typedef struct { char name[256]; uint32_t version; } vk_extension;
typedef struct { char name[256]; uint32_t api, version; char description[256]; } vk_layer;

// The first fields of the callback data. The labels after them are not read.
typedef struct { int32_t type; const void *next; uint32_t flags; const char *id_name; int32_t id; const char *message; } vk_message;
typedef uint32_t (*vk_message_callback)(uint32_t severity, uint32_t kinds, const vk_message *data, void *user);
typedef struct { int32_t type; const void *next; uint32_t flags, severities, kinds; vk_message_callback callback; void *user; } vk_messenger;

// VkPhysicalDeviceProperties has 824 bytes. The binding reads it, so these are unused bytes.
typedef struct { int32_t type; void *next; uint64_t core[128]; } vk_properties2;
typedef struct { int32_t type; void *next; uint32_t core[VK_FEATURES]; } vk_features2;
typedef struct { int32_t type; void *next; uint32_t size, stages, operations, quad; } vk_subgroup;
typedef struct { int32_t type; void *next; uint8_t device[16], driver[16], luid[8]; uint32_t nodes, has_luid; } vk_ids;
typedef struct { int32_t type; void *next; uint32_t max_set_descriptors; uint64_t max_allocation; } vk_maintenance3;
typedef struct { int32_t type; void *next; uint32_t id; char name[256], info[256]; uint8_t conformance[4]; } vk_driver;
typedef struct { int32_t type; void *next; uint32_t storage, uniform, push, in_out; } vk_storage16;
typedef struct { int32_t type; void *next; uint32_t float16, int8; } vk_float16;
typedef struct { uint32_t flags, heap; } vk_memory_type;
typedef struct { uint64_t size; uint32_t flags; } vk_memory_heap;
typedef struct { int32_t type; void *next; uint32_t type_count; vk_memory_type types[32]; uint32_t heap_count; vk_memory_heap heaps[16]; } vk_memory2;
typedef struct { int32_t type; void *next; uint64_t budget[16], usage[16]; } vk_budget;
typedef struct { uint32_t flags, count, timestamp_bits, granularity[3]; } vk_queue_family;

typedef struct { int32_t type; const void *next; uint32_t flags, family, count; const float *priorities; } vk_queue_info;
typedef struct { int32_t type; const void *next; uint32_t flags, queue_count; const vk_queue_info *queues; uint32_t layer_count; const char *const *layers; uint32_t extension_count; const char *const *extensions; const void *features; } vk_device_info;

typedef struct { uint32_t binding; int32_t type; uint32_t count, stages; const uint64_t *samplers; } vk_set_binding;
typedef struct { int32_t type; const void *next; uint32_t flags, count; const vk_set_binding *bindings; } vk_set_layout;
typedef struct { uint32_t stages, offset, size; } vk_push_range;
typedef struct { int32_t type; const void *next; uint32_t flags, set_count; const uint64_t *sets; uint32_t push_count; const vk_push_range *push; } vk_pipeline_layout;
typedef struct { int32_t type; const void *next; uint32_t flags, stage; uint64_t module; const char *entry; const void *specialisation; } vk_stage;
typedef struct { int32_t type; const void *next; uint32_t flags; vk_stage stage; uint64_t layout, base; int32_t base_index; } vk_pipeline;

typedef struct { int32_t type; uint32_t count; } vk_pool_size;
typedef struct { int32_t type; const void *next; uint32_t flags, sets, size_count; const vk_pool_size *sizes; } vk_pool;
typedef struct { int32_t type; const void *next; uint64_t pool; uint32_t count; const uint64_t *layouts; } vk_set_allocate;
typedef struct { uint64_t buffer, offset, range; } vk_buffer_window;
typedef struct { int32_t type; const void *next; uint64_t set; uint32_t binding, element, count; int32_t descriptor; const void *images; const vk_buffer_window *buffers; const uint64_t *views; } vk_write;
typedef struct { int32_t type; const void *next; uint32_t src, dst; } vk_barrier;
typedef struct { uint64_t src, dst, size; } vk_copy;
typedef struct { int32_t type; const void *next; uint32_t wait_count; const uint64_t *waits; const uint32_t *wait_stages; uint32_t command_count; void *const *commands; uint32_t signal_count; const uint64_t *signals; } vk_submit;

#endif
