package vk

import (
	"fmt"
	"sync"
	"unsafe"

	"igs/internal/fault"

	vulkan "github.com/vulkan-go/vulkan"
)

const validationLayer = "VK_LAYER_KHRONOS_validation"

const enumeratePortability = 1 // VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR

// instance is a VkInstance, with the messages of the layer if it validates.
type instance struct {
	lookup    unsafe.Pointer
	handle    vulkan.Instance
	messenger uint64
	log       *messageLog // nil without validation

	mu       sync.Mutex
	messages []string
}

func newInstance(validate bool) (*instance, error) {
	if err := checkAddressSpace(); err != nil {
		return nil, err
	}
	lookup, err := loader()
	if err != nil {
		return nil, err
	}
	in := &instance{lookup: lookup}
	spec := instanceSpec{}
	// Without this the loader hides MoltenVK and other partial implementations.
	const portability = "VK_KHR_portability_enumeration"
	if hasInstanceExtension(lookup, "", portability) {
		spec.extensions = append(spec.extensions, portability)
		spec.flags |= enumeratePortability
	}
	if validate {
		if !hasLayer(lookup, validationLayer) {
			return nil, fault.New(fault.NoVulkan,
				"install it (Debian, Ubuntu: apt install vulkan-validationlayers; elsewhere the Vulkan SDK) or set device.validation = false",
				"validation is on, but the layer %s is not installed", validationLayer)
		}
		spec.layer = validationLayer
		spec.extensions = append(spec.extensions, "VK_EXT_debug_utils", "VK_EXT_validation_features")
		in.log = newMessageLog()
		spec.log = in.log
	}
	if in.handle, err = createInstance(lookup, spec); err != nil {
		in.close()
		return nil, noVulkan("no usable Vulkan, or no driver installed: %w", err)
	}
	if err := bindInstance(lookup, in.handle); err != nil {
		in.close()
		return nil, noVulkan("no usable Vulkan: %w", err)
	}
	if validate {
		if in.messenger, err = createMessenger(lookup, in.handle, in.log); err != nil {
			in.close()
			return nil, fmt.Errorf("capturing validation messages: %w", err)
		}
	}
	return in, nil
}

// allMessages returns all messages so far.
func (in *instance) allMessages() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.log != nil {
		in.messages = append(in.messages, in.log.take()...)
	}
	return append([]string(nil), in.messages...)
}

func (in *instance) close() {
	if in.messenger != 0 {
		destroyMessenger(in.lookup, in.handle, in.messenger)
	}
	if in.handle != nil {
		vulkan.DestroyInstance(in.handle, nil)
	}
	in.allMessages()
	if in.log != nil {
		in.mu.Lock()
		in.log.free()
		in.log = nil
		in.mu.Unlock()
	}
	in.handle, in.messenger = nil, 0
}

func (in *instance) physicalDevices() ([]vulkan.PhysicalDevice, error) {
	var count uint32
	if err := check("vkEnumeratePhysicalDevices", vulkan.EnumeratePhysicalDevices(in.handle, &count, nil)); err != nil {
		return nil, noVulkan("no Vulkan device: %w", err)
	}
	if count == 0 {
		return nil, noVulkan("no Vulkan device: the loader finds no driver")
	}
	list := make([]vulkan.PhysicalDevice, count)
	if err := check("vkEnumeratePhysicalDevices", vulkan.EnumeratePhysicalDevices(in.handle, &count, list)); err != nil {
		return nil, noVulkan("no Vulkan device: %w", err)
	}
	return list[:count], nil
}
