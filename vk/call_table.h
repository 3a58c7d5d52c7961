// The table of looked-up functions, shared by the call_*.c files.

#ifndef IGS_CALL_TABLE_H
#define IGS_CALL_TABLE_H

#include "call.h"
#include "call_abi.h"

// X(name in the specification without vk, result, parameters)
#define IGS_FUNCTIONS(X)                                                                                   \
    X(EnumerateDeviceExtensionProperties, int32_t, (void *, const char *, uint32_t *, vk_extension *))      \
    X(GetPhysicalDeviceProperties2, void, (void *, vk_properties2 *))                                       \
    X(GetPhysicalDeviceFeatures2, void, (void *, vk_features2 *))                                           \
    X(GetPhysicalDeviceMemoryProperties2, void, (void *, vk_memory2 *))                                     \
    X(GetPhysicalDeviceQueueFamilyProperties, void, (void *, uint32_t *, vk_queue_family *))                \
    X(CreateDevice, int32_t, (void *, const vk_device_info *, const void *, void **))                       \
    X(CreateDescriptorSetLayout, int32_t, (void *, const vk_set_layout *, const void *, uint64_t *))        \
    X(CreatePipelineLayout, int32_t, (void *, const vk_pipeline_layout *, const void *, uint64_t *))        \
    X(CreateComputePipelines, int32_t, (void *, uint64_t, uint32_t, const vk_pipeline *, const void *, uint64_t *)) \
    X(CreateDescriptorPool, int32_t, (void *, const vk_pool *, const void *, uint64_t *))                   \
    X(AllocateDescriptorSets, int32_t, (void *, const vk_set_allocate *, uint64_t *))                       \
    X(UpdateDescriptorSets, void, (void *, uint32_t, const vk_write *, uint32_t, const void *))             \
    X(CmdPipelineBarrier, void, (void *, uint32_t, uint32_t, uint32_t, uint32_t, const vk_barrier *, uint32_t, const void *, uint32_t, const void *)) \
    X(CmdCopyBuffer, void, (void *, uint64_t, uint64_t, uint32_t, const vk_copy *))                         \
    X(QueueSubmit, int32_t, (void *, uint32_t, const vk_submit *, uint64_t))

struct igs_table {
#define X(name, result, parameters) result (*name) parameters;
    IGS_FUNCTIONS(X)
#undef X
};
extern struct igs_table igs_vk;

#endif
