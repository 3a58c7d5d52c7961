package vk

import (
	"slices"
	"testing"
)

// Whatever may change a result changes the identity. What differs between two processes on one device does not.
func TestIdentity(t *testing.T) {
	whole := Info{Name: "a card", Driver: "1", API: "1.3", VendorID: 1, DeviceID: 2, FreeBytes: 5, extensions: []string{"VK_a"}}
	id := whole.Identity()
	for name, change := range map[string]func(*Info){
		"name":        func(i *Info) { i.Name = "another" },
		"driver":      func(i *Info) { i.Driver = "2" },
		"API":         func(i *Info) { i.API = "1.4" },
		"vendor":      func(i *Info) { i.VendorID++ },
		"device":      func(i *Info) { i.DeviceID++ },
		"cache":       func(i *Info) { i.uuid[0]++ },
		"card":        func(i *Info) { i.uuids[0][15]++ },
		"driver UUID": func(i *Info) { i.uuids[1][15]++ },
		"queue":       func(i *Info) { i.family++ },
		"feature":     func(i *Info) { i.Storage16 = true },
		"limit":       func(i *Info) { i.MaxLoops++ },
		"texels":      func(i *Info) { i.texel[R32F] = true },
		"extension":   func(i *Info) { i.extensions = nil },
	} {
		other := whole
		if change(&other); other.Identity() == id {
			t.Errorf("another %s has the same identity", name)
		}
	}
	other := whole
	other.Index, other.FreeBytes, other.raw.heaps = 1, 4, []memoryHeap{{usage: 1}}
	if other.Identity() != id {
		t.Errorf("%s\nis not\n%s", other.Identity(), id)
	}
	t.Setenv("RADV_DEBUG", "llvm")
	if whole.Identity() == id {
		t.Error("another compiler has the same identity")
	}
}

func TestDriverSettings(t *testing.T) {
	got := driverSettings([]string{"VK_DRIVER_FILES=a", "HOME=/", "LP_NUM_THREADS=1", "IGS_TUNE=cpu", "MVK_X=", "VKX=1"})
	if want := []string{"LP_NUM_THREADS=1", "MVK_X=", "VK_DRIVER_FILES=a"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
