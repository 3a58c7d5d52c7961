package vk

import (
	"fmt"
	"os"
	"slices"
	"strings"

	vulkan "github.com/vulkan-go/vulkan"
)

// Kind is the kind of device that a driver reports.
type Kind int

const (
	Other Kind = iota
	CPU
	Virtual
	Integrated
	Discrete
)

func (k Kind) String() string {
	return [...]string{"other", "CPU", "virtual", "integrated", "discrete"}[k]
}

// Info holds the facts that a device reports. Sizes are bytes.
type Info struct {
	Index    int // in the order of the loader, as in `igs devices`
	Name     string
	Kind     Kind
	VendorID uint32
	DeviceID uint32
	Driver   string // name, version and build, as far as the driver reports them
	API      string // "1.3.230"
	Missing  string // the first thing that igs needs and the device lacks; "" if the device can be used

	LocalBytes       int64 // size of the largest device-local heap
	FreeBytes        int64 // of that heap, by VK_EXT_memory_budget; 0 when unknown
	MaxStorageRange  int64 // bytes of one storage binding
	MaxTexelElements int64 // texels of one texel view
	MaxAllocation    int64 // bytes of one buffer

	MaxPushBytes   int
	MaxInvocations int // in a workgroup
	MaxLocalSize   [3]int
	MaxGroups      [3]int // in a dispatch
	SharedBytes    int
	// MaxLoops counts the iterations of all loops of an invocation, after which the driver ends them silently; 0 = no limit.
	MaxLoops        int
	SubgroupSize    int
	TimestampPeriod float64 // ns per tick; 0 if the queue cannot write timestamps
	StorageAlign    int64   // offsets of storage bindings
	TexelAlign      int64   // offsets of texel views

	Storage16, Float16    bool // 16-bit storage buffers; float16 arithmetic
	Float64, Int64, Int16 bool
	Unified               bool // the host can map the device-local memory

	texel         [formatCount]bool
	uuid          [16]byte    // of the pipeline cache
	uuids         [2][16]byte // of the device, of the driver
	family        int         // the queue family that is used
	timestampBits int
	extensions    []string // to enable
	raw           rawFacts
}

// HasTexel reports whether kernels can read uniform texel buffers of the format.
func (i Info) HasTexel(f Format) bool { return f > 0 && f < formatCount && i.texel[f] }

// Forbid removes support for texels of a format, for Options.Pretend.
func (i *Info) Forbid(f Format) { i.texel[f] = false }

// List returns the facts of every device, whether igs can use it or not.
func List() ([]Info, error) {
	in, err := newInstance(false)
	if err != nil {
		return nil, err
	}
	defer in.close()
	infos, _, err := in.list()
	return infos, err
}

func (in *instance) list() ([]Info, []vulkan.PhysicalDevice, error) {
	devices, err := in.physicalDevices()
	if err != nil {
		return nil, nil, err
	}
	infos := make([]Info, len(devices))
	for i, d := range devices {
		infos[i] = readInfo(d)
		infos[i].Index = i
	}
	return infos, devices, nil
}

func readInfo(d vulkan.PhysicalDevice) Info {
	var p vulkan.PhysicalDeviceProperties
	vulkan.GetPhysicalDeviceProperties(d, &p)
	p.Deref()
	p.Limits.Deref()
	info := Info{
		Name: vulkan.ToString(p.DeviceName[:]), Kind: kindOf(p.DeviceType),
		VendorID: p.VendorID, DeviceID: p.DeviceID, API: vulkan.Version(p.ApiVersion).String(),
		Driver: fmt.Sprintf("%#x", p.DriverVersion), uuid: p.PipelineCacheUUID,
	}
	info.setLimits(p.Limits)
	if strings.HasPrefix(info.Name, "llvmpipe") {
		info.MaxLoops = llvmpipeLoops
	}
	tooOld := p.ApiVersion < vulkan.MakeVersion(1, 1, 0)
	p.Free()
	if tooOld {
		info.Missing = "Vulkan 1.1"
		return info // the calls below need Vulkan 1.1
	}
	const portability, float16 = "VK_KHR_portability_subset", "VK_KHR_shader_float16_int8"
	// Vulkan requires the first to be enabled if the device has it.
	for _, name := range []string{portability, float16} {
		if hasDeviceExtension(d, name) {
			info.extensions = append(info.extensions, name)
		}
	}
	info.raw = readFacts(d, hasDeviceExtension(d, "VK_KHR_driver_properties"),
		slices.Contains(info.extensions, float16), hasDeviceExtension(d, "VK_EXT_memory_budget"))
	info.setFacts(info.raw)
	if info.Kind == CPU {
		info.FreeBytes = withinSpace(info.FreeBytes, info.LocalBytes)
	}
	for f := R32F; f < formatCount; f++ {
		info.texel[f] = canReadTexels(d, f)
	}
	return info
}

// llvmpipeLoops is LP_MAX_TGSI_LOOP_ITERATIONS of Mesa, at least up to version 25. Loops with more iterations end
// early.
const llvmpipeLoops = 65535

// The most that any kernel needs. Vulkan guarantees 4 and 128.
const (
	storageBuffers = 9
	invocations    = 256 // in a workgroup
)

func (i *Info) setLimits(l vulkan.PhysicalDeviceLimits) {
	i.MaxStorageRange = int64(l.MaxStorageBufferRange)
	i.MaxTexelElements = int64(l.MaxTexelBufferElements)
	i.MaxPushBytes = int(l.MaxPushConstantsSize)
	i.MaxInvocations = int(l.MaxComputeWorkGroupInvocations)
	i.SharedBytes = int(l.MaxComputeSharedMemorySize)
	i.StorageAlign = int64(l.MinStorageBufferOffsetAlignment)
	i.TexelAlign = int64(l.MinTexelBufferOffsetAlignment)
	i.TimestampPeriod = float64(l.TimestampPeriod)
	if n := l.MaxPerStageDescriptorStorageBuffers; n < storageBuffers {
		i.lacks("%d storage buffers per kernel (it has %d)", storageBuffers, n)
	}
	if i.MaxInvocations < invocations {
		i.lacks("%d invocations per workgroup (it has %d)", invocations, i.MaxInvocations)
	}
	for d := range 3 {
		i.MaxGroups[d] = int(min(l.MaxComputeWorkGroupCount[d], 1<<31-1))
		i.MaxLocalSize[d] = int(l.MaxComputeWorkGroupSize[d])
	}
}

// lacks records the first thing that is missing.
func (i *Info) lacks(format string, args ...any) {
	if i.Missing == "" {
		i.Missing = fmt.Sprintf(format, args...)
	}
}

func (i *Info) setFacts(f rawFacts) {
	if f.driver != "" {
		i.Driver = f.driver
	}
	i.uuids, i.SubgroupSize, i.MaxAllocation = f.uuids, f.subgroup, f.maxAllocation
	i.Storage16, i.Float16 = f.storage16, f.float16
	i.Float64, i.Int64, i.Int16 = f.float64, f.int64, f.i16
	for n, h := range f.heaps {
		if h.local && h.size > i.LocalBytes {
			i.LocalBytes, i.FreeBytes = h.size, max(h.budget-h.usage, 0)
			i.Unified = f.hostSees(n)
		}
	}
	// The specification also limits an allocation to the size of the heap.
	if i.MaxAllocation == 0 || i.MaxAllocation > i.LocalBytes {
		i.MaxAllocation = i.LocalBytes
	}
	i.family = f.queueFamily(os.Getenv("IGS_QUEUE") == "graphics")
	if i.family < 0 {
		i.lacks("a compute queue")
	} else {
		i.timestampBits = f.families[i.family].timestampBits
	}
	if i.timestampBits == 0 {
		i.TimestampPeriod = 0
	}
}

// queueFamily returns the family whose queue is used, or -1 if none can compute. A family without graphics is
// preferred, so that the desktop is drawn while a long dispatch runs, but it must have timestamps. With graphics set, a
// family with graphics is preferred.
func (f rawFacts) queueFamily(graphics bool) int {
	best, worth := -1, 0
	for n, q := range f.families {
		if q.flags&vulkan.QueueComputeBit == 0 {
			continue
		}
		draws, timed := q.flags&vulkan.QueueGraphicsBit != 0, q.timestampBits > 0
		is := 1
		switch {
		case draws == graphics && timed:
			is = 3
		case draws:
			is = 2
		}
		if is > worth {
			best, worth = n, is
		}
	}
	return best
}

// hostSees reports whether a heap has a device-local memory type that can be mapped.
func (f rawFacts) hostSees(heap int) bool {
	const both = vulkan.MemoryPropertyDeviceLocalBit | vulkan.MemoryPropertyHostVisibleBit
	for _, t := range f.types {
		if t.heap == heap && t.flags&both == both {
			return true
		}
	}
	return false
}

func kindOf(t vulkan.PhysicalDeviceType) Kind {
	switch t {
	case vulkan.PhysicalDeviceTypeDiscreteGpu:
		return Discrete
	case vulkan.PhysicalDeviceTypeIntegratedGpu:
		return Integrated
	case vulkan.PhysicalDeviceTypeVirtualGpu:
		return Virtual
	case vulkan.PhysicalDeviceTypeCpu:
		return CPU
	}
	return Other
}
