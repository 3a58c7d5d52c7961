package vk

import (
	"fmt"

	vulkan "github.com/vulkan-go/vulkan"
)

// memoryPreference lists the properties that a memory type must have and must not have.
type memoryPreference struct{ with, without vulkan.MemoryPropertyFlagBits }

const (
	local    = vulkan.MemoryPropertyDeviceLocalBit
	visible  = vulkan.MemoryPropertyHostVisibleBit
	coherent = vulkan.MemoryPropertyHostVisibleBit | vulkan.MemoryPropertyHostCoherentBit
	cached   = vulkan.MemoryPropertyHostCachedBit

	// Memory types with other properties are used only if there is no other type. Such properties belong to vendors
	// (NVIDIA's memory for RDMA) or to later versions of Vulkan.
	strange = ^(local | coherent | cached)

	// Lazily allocated and protected memory cannot be used. AMD's device-coherent and uncached memory needs a feature
	// that is not enabled.
	forbidden = vulkan.MemoryPropertyFlagBits(0x10 | 0x08 | 0x40 | 0x80)
)

// memoryPreferences: best first. Uploads avoid the small host-visible part of device memory, which other programs need
// more, and cached memory, which the device reads more slowly.
var memoryPreferences = map[Use][]memoryPreference{
	DeviceLocal: {{local, visible}, {local, 0}, {0, 0}},
	Upload:      {{coherent, local | cached}, {coherent, local}, {coherent, 0}},
	Readback:    {{coherent | cached, local}, {coherent | cached, 0}, {coherent, 0}},
}

func (f rawFacts) memoryType(allowed uint32, use Use) (int, error) {
	for _, never := range []vulkan.MemoryPropertyFlagBits{strange, forbidden} {
		for _, p := range memoryPreferences[use] {
			for i, t := range f.types {
				if allowed&(1<<i) != 0 && t.flags&p.with == p.with && t.flags&(p.without|never) == 0 {
					return i, nil
				}
			}
		}
	}
	return 0, fmt.Errorf("the device has no memory for use %d", use)
}
