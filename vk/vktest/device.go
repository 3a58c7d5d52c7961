// Package vktest opens the device for GPU tests: validation on where the layer is
// installed, fresh memory poisoned, any validation message a failure.
package vktest

import (
	"os"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/vk"
)

// RequireGPU set to 1 in the environment turns "no device, skipped" into a failure.
const RequireGPU = "IGS_REQUIRE_GPU"

// Open returns a device that is closed when the test ends.
func Open(t testing.TB) *vk.Device {
	t.Helper()
	return OpenWith(t, vk.Options{})
}

// OpenWith is Open with more options; validation and poison are always on.
func OpenWith(t testing.TB, o vk.Options) *vk.Device {
	t.Helper()
	o.Validation, o.Poison = true, true
	d, err := vk.Open(o)
	if err != nil && strings.Contains(err.Error(), "VK_LAYER_KHRONOS_validation") {
		t.Log("the validation layer is not installed: this run cannot see wrong use of Vulkan")
		o.Validation = false
		d, err = vk.Open(o)
	}
	if err != nil {
		if fault.Code(err) == fault.NoVulkan && os.Getenv(RequireGPU) != "1" {
			t.Skipf("no Vulkan device: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Close()
		for _, m := range d.Messages() {
			t.Errorf("validation: %s", m)
		}
	})
	return d
}
