package vk

import (
	"fmt"

	vulkan "github.com/vulkan-go/vulkan"
)

// memoryWish is a set of properties a memory type has and one that it has not.
type memoryWish struct{ with, without vulkan.MemoryPropertyFlagBits }

const (
	local    = vulkan.MemoryPropertyDeviceLocalBit
	visible  = vulkan.MemoryPropertyHostVisibleBit
	coherent = vulkan.MemoryPropertyHostVisibleBit | vulkan.MemoryPropertyHostCoherentBit
	cached   = vulkan.MemoryPropertyHostCachedBit

	// Other properties are those of vendors (NVIDIA's memory for RDMA) and of versions to come: such memory is taken when there is no other.
	strange = ^(local | coherent | cached)

	// Lazily allocated and protected memory is never for us, nor AMD's coherent and uncached one, which need a feature switched on.
	forbidden = vulkan.MemoryPropertyFlagBits(0x10 | 0x08 | 0x40 | 0x80)
)

// memoryWishes: best first. Uploads avoid the small window into device memory, which
// other programs want more, and cached memory, which the device reads more slowly.
var memoryWishes = map[Use][]memoryWish{
	DeviceLocal: {{local, visible}, {local, 0}, {0, 0}},
	Upload:      {{coherent, local | cached}, {coherent, local}, {coherent, 0}},
	Readback:    {{coherent | cached, local}, {coherent | cached, 0}, {coherent, 0}},
}

func (f rawFacts) memoryType(allowed uint32, use Use) (int, error) {
	for _, never := range []vulkan.MemoryPropertyFlagBits{strange, forbidden} {
		for _, wish := range memoryWishes[use] {
			for i, t := range f.types {
				if allowed&(1<<i) != 0 && t.flags&wish.with == wish.with && t.flags&(wish.without|never) == 0 {
					return i, nil
				}
			}
		}
	}
	return 0, fmt.Errorf("the device has no memory for use %d", use)
}
