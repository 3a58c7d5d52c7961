package vk

import vulkan "github.com/vulkan-go/vulkan"

// Format is the format in which a texel view reads a buffer.
type Format int

const (
	NoFormat Format = iota // for storage bindings
	R32F
	R32U
	RG32F
	RG32U
	RGBA32F
	RGBA16F
	R8  // unorm: 0..255 is read as 0..1
	R16 // unorm; some devices have no texel buffers of it, see Info.HasTexel
	formatCount
)

var formats = [formatCount]struct {
	name   string
	bytes  int64
	vulkan vulkan.Format
}{
	NoFormat: {"none", 1, vulkan.FormatUndefined},
	R32F:     {"R32F", 4, vulkan.FormatR32Sfloat},
	R32U:     {"R32U", 4, vulkan.FormatR32Uint},
	RG32F:    {"RG32F", 8, vulkan.FormatR32g32Sfloat},
	RG32U:    {"RG32U", 8, vulkan.FormatR32g32Uint},
	RGBA32F:  {"RGBA32F", 16, vulkan.FormatR32g32b32a32Sfloat},
	RGBA16F:  {"RGBA16F", 8, vulkan.FormatR16g16b16a16Sfloat},
	R8:       {"R8", 1, vulkan.FormatR8Unorm},
	R16:      {"R16", 2, vulkan.FormatR16Unorm},
}

func (f Format) String() string { return formats[f].name }

// Bytes returns the size of one texel.
func (f Format) Bytes() int64 { return formats[f].bytes }

func canReadTexels(d vulkan.PhysicalDevice, f Format) bool {
	var p vulkan.FormatProperties
	vulkan.GetPhysicalDeviceFormatProperties(d, formats[f].vulkan, &p)
	p.Deref()
	defer p.Free()
	return vulkan.FormatFeatureFlagBits(p.BufferFeatures)&vulkan.FormatFeatureUniformTexelBufferBit != 0
}
