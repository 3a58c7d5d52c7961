package vk

import (
	"errors"
	"fmt"
	"testing"

	"igs/internal/fault"

	vulkan "github.com/vulkan-go/vulkan"
)

func TestCheck(t *testing.T) {
	if err := check("vkAnything", vulkan.Success); err != nil {
		t.Errorf("success is %v", err)
	}
	cases := []struct {
		result vulkan.Result
		text   string
		code   int
	}{
		{vulkan.ErrorDeviceLost, "vkAnything: the device was lost", fault.DeviceLost},
		{vulkan.ErrorOutOfDeviceMemory, "vkAnything: VK_ERROR_OUT_OF_DEVICE_MEMORY", fault.OutOfMemory},
		{vulkan.ErrorOutOfHostMemory, "vkAnything: VK_ERROR_OUT_OF_HOST_MEMORY", fault.OutOfMemory},
		{vulkan.ErrorTooManyObjects, "vkAnything: VK_ERROR_TOO_MANY_OBJECTS", fault.OutOfMemory},
		{vulkan.ErrorMemoryMapFailed, "vkAnything: VK_ERROR_MEMORY_MAP_FAILED", fault.Failed},
		{vulkan.Timeout, "vkAnything: VK_TIMEOUT", fault.Failed},
		{vulkan.Result(-12345), "vkAnything: VkResult -12345", fault.Failed},
	}
	for _, c := range cases {
		err := check("vkAnything", c.result)
		if err == nil || err.Error() != c.text || fault.Code(fmt.Errorf("wrapped: %w", err)) != c.code {
			t.Errorf("%d: %v, code %d; want %s, code %d", c.result, err, fault.Code(err), c.text, c.code)
		}
	}
	var lost *DeviceLostError
	if !errors.As(check("vkQueueSubmit", vulkan.ErrorDeviceLost), &lost) || lost.Call != "vkQueueSubmit" || fault.Hint(lost) == "" {
		t.Errorf("a lost device gives %+v", lost)
	}
}
