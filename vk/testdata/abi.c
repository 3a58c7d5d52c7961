// Compares the declarations of call_abi.h with a Vulkan header at compile time. Only a test compiles this file: with
// the header of the binding, and with that of the system.
#include <stddef.h>
#include "vulkan/vulkan.h"

// From here on a name that both have is that of call_abi.h.
#define VK_SUCCESS IGS_SUCCESS
#define VK_INCOMPLETE IGS_INCOMPLETE
#include "call_abi.h"
#undef VK_SUCCESS
#undef VK_INCOMPLETE

#define SIZE(ours, theirs) _Static_assert(sizeof(ours) == sizeof(theirs), #theirs)
#define AT(ours, a, theirs, b) _Static_assert(offsetof(ours, a) == offsetof(theirs, b), #theirs "." #b)
#define SAME(ours, theirs) _Static_assert((long long)(ours) == (long long)(theirs), #theirs)

SIZE(vk_application, VkApplicationInfo);
AT(vk_application, api, VkApplicationInfo, apiVersion);
SIZE(vk_instance_info, VkInstanceCreateInfo);
AT(vk_instance_info, layers, VkInstanceCreateInfo, ppEnabledLayerNames);
AT(vk_instance_info, extensions, VkInstanceCreateInfo, ppEnabledExtensionNames);
SIZE(vk_extension, VkExtensionProperties);
SIZE(vk_layer, VkLayerProperties);
AT(vk_message, message, VkDebugUtilsMessengerCallbackDataEXT, pMessage);
SIZE(vk_messenger, VkDebugUtilsMessengerCreateInfoEXT);
AT(vk_messenger, kinds, VkDebugUtilsMessengerCreateInfoEXT, messageType);
AT(vk_messenger, callback, VkDebugUtilsMessengerCreateInfoEXT, pfnUserCallback);
_Static_assert(sizeof(vk_properties2) >= sizeof(VkPhysicalDeviceProperties2), "VkPhysicalDeviceProperties2");
SIZE(vk_features2, VkPhysicalDeviceFeatures2);
SIZE(vk_subgroup, VkPhysicalDeviceSubgroupProperties);
SIZE(vk_maintenance3, VkPhysicalDeviceMaintenance3Properties);
AT(vk_maintenance3, max_allocation, VkPhysicalDeviceMaintenance3Properties, maxMemoryAllocationSize);
SIZE(vk_driver, VkPhysicalDeviceDriverPropertiesKHR);
AT(vk_driver, info, VkPhysicalDeviceDriverPropertiesKHR, driverInfo);
SIZE(vk_storage16, VkPhysicalDevice16BitStorageFeatures);
AT(vk_storage16, storage, VkPhysicalDevice16BitStorageFeatures, storageBuffer16BitAccess);
SIZE(vk_memory2, VkPhysicalDeviceMemoryProperties2);
AT(vk_memory2, heap_count, VkPhysicalDeviceMemoryProperties2, memoryProperties.memoryHeapCount);
AT(vk_memory2, heaps, VkPhysicalDeviceMemoryProperties2, memoryProperties.memoryHeaps);
SIZE(vk_queue_family, VkQueueFamilyProperties);
AT(vk_queue_family, timestamp_bits, VkQueueFamilyProperties, timestampValidBits);
AT(vk_features2, core[VK_FEATURE_FLOAT64], VkPhysicalDeviceFeatures2, features.shaderFloat64);
AT(vk_features2, core[VK_FEATURE_INT64], VkPhysicalDeviceFeatures2, features.shaderInt64);
AT(vk_features2, core[VK_FEATURE_INT16], VkPhysicalDeviceFeatures2, features.shaderInt16);
SIZE(vk_queue_info, VkDeviceQueueCreateInfo);
AT(vk_queue_info, family, VkDeviceQueueCreateInfo, queueFamilyIndex);
SIZE(vk_device_info, VkDeviceCreateInfo);
AT(vk_device_info, queues, VkDeviceCreateInfo, pQueueCreateInfos);
AT(vk_device_info, extensions, VkDeviceCreateInfo, ppEnabledExtensionNames);
SIZE(vk_set_binding, VkDescriptorSetLayoutBinding);
AT(vk_set_binding, stages, VkDescriptorSetLayoutBinding, stageFlags);
SIZE(vk_set_layout, VkDescriptorSetLayoutCreateInfo);
SIZE(vk_push_range, VkPushConstantRange);
SIZE(vk_pipeline_layout, VkPipelineLayoutCreateInfo);
AT(vk_pipeline_layout, sets, VkPipelineLayoutCreateInfo, pSetLayouts);
AT(vk_pipeline_layout, push, VkPipelineLayoutCreateInfo, pPushConstantRanges);
SIZE(vk_stage, VkPipelineShaderStageCreateInfo);
AT(vk_stage, module, VkPipelineShaderStageCreateInfo, module);
AT(vk_stage, specialisation, VkPipelineShaderStageCreateInfo, pSpecializationInfo);
SIZE(vk_pipeline, VkComputePipelineCreateInfo);
AT(vk_pipeline, layout, VkComputePipelineCreateInfo, layout);
AT(vk_pipeline, base_index, VkComputePipelineCreateInfo, basePipelineIndex);
SIZE(vk_pool_size, VkDescriptorPoolSize);
SIZE(vk_pool, VkDescriptorPoolCreateInfo);
AT(vk_pool, sets, VkDescriptorPoolCreateInfo, maxSets);
SIZE(vk_set_allocate, VkDescriptorSetAllocateInfo);
SIZE(vk_buffer_window, VkDescriptorBufferInfo);
SIZE(vk_write, VkWriteDescriptorSet);
AT(vk_write, descriptor, VkWriteDescriptorSet, descriptorType);
AT(vk_write, buffers, VkWriteDescriptorSet, pBufferInfo);
AT(vk_write, views, VkWriteDescriptorSet, pTexelBufferView);
SIZE(vk_barrier, VkMemoryBarrier);
SIZE(vk_copy, VkBufferCopy);
SIZE(vk_submit, VkSubmitInfo);
AT(vk_submit, commands, VkSubmitInfo, pCommandBuffers);

SAME(VK_TYPE_APPLICATION_INFO, VK_STRUCTURE_TYPE_APPLICATION_INFO);
SAME(VK_TYPE_INSTANCE_CREATE_INFO, VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO);
SAME(VK_TYPE_DEVICE_QUEUE_CREATE_INFO, VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO);
SAME(VK_TYPE_DEVICE_CREATE_INFO, VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO);
SAME(VK_TYPE_SUBMIT_INFO, VK_STRUCTURE_TYPE_SUBMIT_INFO);
SAME(VK_TYPE_PIPELINE_SHADER_STAGE, VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO);
SAME(VK_TYPE_COMPUTE_PIPELINE, VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO);
SAME(VK_TYPE_PIPELINE_LAYOUT, VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO);
SAME(VK_TYPE_DESCRIPTOR_SET_LAYOUT, VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO);
SAME(VK_TYPE_DESCRIPTOR_POOL, VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO);
SAME(VK_TYPE_DESCRIPTOR_SET_ALLOCATE, VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO);
SAME(VK_TYPE_WRITE_DESCRIPTOR_SET, VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET);
SAME(VK_TYPE_MEMORY_BARRIER, VK_STRUCTURE_TYPE_MEMORY_BARRIER);
SAME(VK_TYPE_FEATURES_2, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2);
SAME(VK_TYPE_PROPERTIES_2, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2);
SAME(VK_TYPE_MEMORY_PROPERTIES_2, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2);
SAME(VK_TYPE_16BIT_STORAGE_FEATURES, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES);
SAME(VK_TYPE_SUBGROUP_PROPERTIES, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES);
SAME(VK_TYPE_DEBUG_MESSENGER, VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT);
SAME(VK_TYPE_MAINTENANCE_3_PROPERTIES, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES);
SAME(VK_TYPE_DRIVER_PROPERTIES, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES_KHR);
SAME(VK_STAGE_COMPUTE, VK_SHADER_STAGE_COMPUTE_BIT);
SAME(VK_DESCRIPTOR_UNIFORM_TEXEL, VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER);
SAME(VK_DESCRIPTOR_STORAGE, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER);
SAME(VK_SEVERITY_WARNING, VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT);
SAME(VK_SEVERITY_ERROR, VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT);
SAME(VK_MESSAGE_VALIDATION, VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT);
SAME(VK_MESSAGE_PERFORMANCE, VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT);

#if VK_HEADER_VERSION >= 101 // not in the binding's header of 2018
SIZE(vk_validation, VkValidationFeaturesEXT);
SIZE(vk_float16, VkPhysicalDeviceFloat16Int8FeaturesKHR);
AT(vk_float16, float16, VkPhysicalDeviceFloat16Int8FeaturesKHR, shaderFloat16);
SIZE(vk_budget, VkPhysicalDeviceMemoryBudgetPropertiesEXT);
SAME(VK_TYPE_FLOAT16_INT8_FEATURES, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT16_INT8_FEATURES_KHR);
SAME(VK_TYPE_MEMORY_BUDGET, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT);
SAME(VK_TYPE_VALIDATION_FEATURES, VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT);
#endif
