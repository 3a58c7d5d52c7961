package vk

import (
	"errors"
	"fmt"

	"igs/internal/fault"

	vulkan "github.com/vulkan-go/vulkan"
)

// OutOfMemoryError names the buffer that did not fit.
type OutOfMemoryError struct {
	Name, Group string
	Bytes       int64  // requested
	InUse       int64  // held by this Device at that moment
	Reason      string // the call or the limit that refused it
}

func (e *OutOfMemoryError) Error() string {
	return fmt.Sprintf("out of device memory: buffer %s (%s) needs %d bytes with %d in use: %s",
		e.Name, e.Group, e.Bytes, e.InUse, e.Reason)
}

func (e *OutOfMemoryError) FaultCode() int { return fault.OutOfMemory }
func (e *OutOfMemoryError) FaultHint() string {
	return "close other programs that use the device, use a smaller picture, or choose another device (igs devices)"
}

// DeviceLostError says that the device no longer responds: a driver reset, a watchdog, a loose cable. After it only
// Close may be called.
type DeviceLostError struct{ Call string }

func (e *DeviceLostError) Error() string  { return e.Call + ": the device was lost" }
func (e *DeviceLostError) FaultCode() int { return fault.DeviceLost }
func (e *DeviceLostError) FaultHint() string {
	return "the driver reset the device, often because one dispatch ran too long; see the system log"
}

// resultError is any other error result of a Vulkan call.
type resultError struct {
	call   string
	result vulkan.Result
}

func (e *resultError) Error() string { return e.call + ": " + resultName(e.result) }

func (e *resultError) outOfMemory() bool {
	switch e.result {
	case vulkan.ErrorOutOfDeviceMemory, vulkan.ErrorOutOfHostMemory, vulkan.ErrorTooManyObjects:
		return true
	}
	return false
}

// FaultCode reports out of memory for pipelines and pools too.
func (e *resultError) FaultCode() int {
	if e.outOfMemory() {
		return fault.OutOfMemory
	}
	return 0
}

// check turns a VkResult into an error. Positive results are not failures in Vulkan, but none of the calls of this
// package may return one, so check reports them as errors.
func check(call string, r vulkan.Result) error {
	switch r {
	case vulkan.Success:
		return nil
	case vulkan.ErrorDeviceLost:
		return &DeviceLostError{Call: call}
	}
	return &resultError{call, r}
}

// isOutOfMemory reports whether an error is a lack of memory, of the device or of the host.
func isOutOfMemory(err error) bool {
	var e *resultError
	return errors.As(err, &e) && e.outOfMemory()
}

var resultNames = map[vulkan.Result]string{
	vulkan.NotReady:                   "VK_NOT_READY",
	vulkan.Timeout:                    "VK_TIMEOUT",
	vulkan.Incomplete:                 "VK_INCOMPLETE",
	vulkan.ErrorOutOfHostMemory:       "VK_ERROR_OUT_OF_HOST_MEMORY",
	vulkan.ErrorOutOfDeviceMemory:     "VK_ERROR_OUT_OF_DEVICE_MEMORY",
	vulkan.ErrorInitializationFailed:  "VK_ERROR_INITIALIZATION_FAILED",
	vulkan.ErrorMemoryMapFailed:       "VK_ERROR_MEMORY_MAP_FAILED",
	vulkan.ErrorLayerNotPresent:       "VK_ERROR_LAYER_NOT_PRESENT",
	vulkan.ErrorExtensionNotPresent:   "VK_ERROR_EXTENSION_NOT_PRESENT",
	vulkan.ErrorFeatureNotPresent:     "VK_ERROR_FEATURE_NOT_PRESENT",
	vulkan.ErrorIncompatibleDriver:    "VK_ERROR_INCOMPATIBLE_DRIVER",
	vulkan.ErrorTooManyObjects:        "VK_ERROR_TOO_MANY_OBJECTS",
	vulkan.ErrorFormatNotSupported:    "VK_ERROR_FORMAT_NOT_SUPPORTED",
	vulkan.ErrorFragmentedPool:        "VK_ERROR_FRAGMENTED_POOL",
	vulkan.ErrorOutOfPoolMemory:       "VK_ERROR_OUT_OF_POOL_MEMORY",
	vulkan.ErrorInvalidExternalHandle: "VK_ERROR_INVALID_EXTERNAL_HANDLE",
}

func resultName(r vulkan.Result) string {
	if name, ok := resultNames[r]; ok {
		return name
	}
	return fmt.Sprintf("VkResult %d", int32(r))
}
