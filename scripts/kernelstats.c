// Compiles compute kernels on the first Vulkan device and prints the statistics of its compiler. See kernelstats.sh.
// stdin has one line per job: name, SPIR-V file, values of the specialisation constants 0, 1, ...
// stdout has one line per job: name, registers per lane, spilled registers, bytes of scratch, bytes of shared memory,
// subgroups that a SIMD holds at once (-1 if the driver does not report it).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#define CHECK(call) do { VkResult result_ = (call); if (result_ < 0) { fprintf(stderr, "%s: %d\n", #call, result_); exit(2); } } while (0)
enum { MOST = 64, SETS = 2 };

typedef struct { VkDescriptorSetLayoutBinding list[MOST]; uint32_t count; } Bindings;

// bindings reads the declared bindings of a module: storage buffers in set 0, texel buffers in set 1 (package shaders).
static void bindings(const uint32_t *w, size_t words, Bindings sets[SETS]) {
    uint32_t *set = calloc(w[3], 4), *slot = calloc(w[3], 4);
    unsigned char *seen = calloc(w[3], 1);
    for (size_t i = 5; i < words; i += w[i] >> 16) {
        uint32_t op = w[i] & 0xffff;
        if (op == 71 && w[i + 2] == 34) set[w[i + 1]] = w[i + 3], seen[w[i + 1]] |= 1;  // OpDecorate DescriptorSet
        if (op == 71 && w[i + 2] == 33) slot[w[i + 1]] = w[i + 3], seen[w[i + 1]] |= 2; // Binding
        if (op == 59 && seen[w[i + 2]] == 3 && set[w[i + 2]] < SETS) {                  // OpVariable
            Bindings *b = &sets[set[w[i + 2]]];
            b->list[b->count++] = (VkDescriptorSetLayoutBinding){slot[w[i + 2]],
                set[w[i + 2]] == 0 ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER : VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL};
        }
    }
    free(set), free(slot), free(seen);
}

static VkDevice open_device(void) {
    VkApplicationInfo app = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_1};
    VkInstanceCreateInfo ii = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app};
    VkInstance instance;
    CHECK(vkCreateInstance(&ii, NULL, &instance));
    uint32_t n = 1;
    VkPhysicalDevice physical;
    CHECK(vkEnumeratePhysicalDevices(instance, &n, &physical));
    if (n == 0) { fprintf(stderr, "no Vulkan device\n"); exit(2); }
    VkPhysicalDeviceProperties p;
    vkGetPhysicalDeviceProperties(physical, &p);
    fprintf(stderr, "%s\n", p.deviceName);
    VkPhysicalDevicePipelineExecutablePropertiesFeaturesKHR tell = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PIPELINE_EXECUTABLE_PROPERTIES_FEATURES_KHR, .pipelineExecutableInfo = VK_TRUE};
    float priority = 1;
    VkDeviceQueueCreateInfo q = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueCount = 1, .pQueuePriorities = &priority};
    const char *extension = VK_KHR_PIPELINE_EXECUTABLE_PROPERTIES_EXTENSION_NAME;
    VkDeviceCreateInfo di = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .pNext = &tell, .queueCreateInfoCount = 1, .pQueueCreateInfos = &q,
        .enabledExtensionCount = 1, .ppEnabledExtensionNames = &extension};
    VkDevice device;
    CHECK(vkCreateDevice(physical, &di, NULL, &device));
    return device;
}

static VkPipeline compile(VkDevice device, const uint32_t *code, size_t bytes, const uint32_t *constants, uint32_t count) {
    Bindings sets[SETS] = {0};
    bindings(code, bytes / 4, sets);
    VkDescriptorSetLayout layouts[SETS];
    for (int s = 0; s < SETS; s++) {
        VkDescriptorSetLayoutCreateInfo li = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = sets[s].count, .pBindings = sets[s].list};
        CHECK(vkCreateDescriptorSetLayout(device, &li, NULL, &layouts[s]));
    }
    VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, 128};
    VkPipelineLayoutCreateInfo pl = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, .setLayoutCount = SETS, .pSetLayouts = layouts,
        .pushConstantRangeCount = 1, .pPushConstantRanges = &push};
    VkPipelineLayout layout;
    CHECK(vkCreatePipelineLayout(device, &pl, NULL, &layout));
    VkShaderModuleCreateInfo mi = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = bytes, .pCode = code};
    VkShaderModule module;
    CHECK(vkCreateShaderModule(device, &mi, NULL, &module));
    VkSpecializationMapEntry entries[MOST];
    for (uint32_t i = 0; i < count; i++) entries[i] = (VkSpecializationMapEntry){i, 4 * i, 4};
    VkSpecializationInfo special = {count, entries, 4 * count, constants};
    VkComputePipelineCreateInfo ci = {.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = VK_PIPELINE_CREATE_CAPTURE_STATISTICS_BIT_KHR, .layout = layout,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = VK_SHADER_STAGE_COMPUTE_BIT, .module = module, .pName = "main",
                  .pSpecializationInfo = &special}};
    VkPipeline pipeline;
    CHECK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &ci, NULL, &pipeline));
    return pipeline;
}

static void print(VkDevice device, const char *name, VkPipeline pipeline) {
    PFN_vkGetPipelineExecutableStatisticsKHR statistics =
        (PFN_vkGetPipelineExecutableStatisticsKHR)vkGetDeviceProcAddr(device, "vkGetPipelineExecutableStatisticsKHR");
    // The names of RADV.
    static const char *words[] = {"VGPRs", "Spilled VGPRs", "Scratch size", "LDS size", "Subgroups per SIMD"};
    long long values[] = {-1, -1, -1, -1, -1};
    VkPipelineExecutableInfoKHR which = {.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_INFO_KHR, .pipeline = pipeline};
    VkPipelineExecutableStatisticKHR list[MOST];
    for (int i = 0; i < MOST; i++) list[i] = (VkPipelineExecutableStatisticKHR){.sType = VK_STRUCTURE_TYPE_PIPELINE_EXECUTABLE_STATISTIC_KHR};
    uint32_t n = MOST;
    CHECK(statistics(device, &which, &n, list));
    for (uint32_t i = 0; i < n; i++)
        for (int k = 0; k < 5; k++)
            if (strcmp(list[i].name, words[k]) == 0) values[k] = (long long)list[i].value.u64;
    printf("%s %lld %lld %lld %lld %lld\n", name, values[0], values[1], values[2], values[3], values[4]);
}

int main(void) {
    VkDevice device = open_device();
    char line[1024];
    while (fgets(line, sizeof line, stdin)) {
        char *name = strtok(line, " \n"), *file = strtok(NULL, " \n");
        if (!file) continue;
        uint32_t constants[MOST], count = 0;
        for (char *word; count < MOST && (word = strtok(NULL, " \n"));) constants[count++] = (uint32_t)strtoul(word, NULL, 0);
        FILE *f = fopen(file, "rb");
        if (!f) { perror(file); return 2; }
        static uint32_t code[1 << 18];
        size_t bytes = fread(code, 1, sizeof code, f);
        fclose(f);
        VkPipeline pipeline = compile(device, code, bytes, constants, count);
        print(device, name, pipeline);
        vkDestroyPipeline(device, pipeline, NULL);
    }
    return 0;
}
