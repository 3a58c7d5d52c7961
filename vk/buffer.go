package vk

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

// Use says who accesses a buffer besides the device.
type Use int

const (
	DeviceLocal Use = iota // nobody
	Upload                 // the host writes it; mapped, coherent
	Readback               // the host reads it; mapped, coherent, and cached if such memory exists
)

// BufferSpec describes a buffer to be made.
type BufferSpec struct {
	Name, Group string // Group is a line of Usage
	Bytes       int64
	Use         Use
}

// Buffer is one piece of device memory.
type Buffer struct {
	device *Device
	spec   BufferSpec
	id     uint64
	handle vulkan.Buffer
	memory vulkan.DeviceMemory
	held   int64 // bytes that the driver asked for, as counted in Usage
	size   int64 // bytes of the VkBuffer
	mapped []byte
	freed  atomic.Bool
}

const poisonWord = 0x7fc00000 // NaN as a float32, out of range as an index

// Sizes are rounded up to a multiple of this, the size of the largest texel. Fills need multiples of 4.
const sizeUnit = 16

var bufferCount atomic.Uint64

// NewBuffer makes a buffer with undefined contents.
func (d *Device) NewBuffer(spec BufferSpec) (*Buffer, error) {
	if spec.Bytes <= 0 {
		return nil, fmt.Errorf("buffer %s of %d bytes", spec.Name, spec.Bytes)
	}
	b := &Buffer{device: d, spec: spec, id: bufferCount.Add(1), size: spec.Bytes}
	if b.size <= d.info.MaxAllocation {
		b.size = (b.size + sizeUnit - 1) / sizeUnit * sizeUnit
	}
	if b.size > d.info.MaxAllocation {
		return nil, d.outOfMemory(spec, fmt.Sprintf("the device allows %d bytes per buffer", d.info.MaxAllocation))
	}
	if err := b.allocate(); err != nil {
		b.release()
		if isOutOfMemory(err) {
			return nil, d.outOfMemory(spec, err.Error())
		}
		return nil, fmt.Errorf("buffer %s (%d bytes): %w", spec.Name, spec.Bytes, err)
	}
	if d.options.Poison {
		if err := b.poison(); err != nil {
			b.release()
			return nil, fmt.Errorf("buffer %s: poisoning: %w", spec.Name, err)
		}
	}
	d.keep(b)
	return b, nil
}

func (d *Device) outOfMemory(spec BufferSpec, reason string) error {
	return &OutOfMemoryError{Name: spec.Name, Group: spec.Group, Bytes: spec.Bytes, InUse: d.memory.now(), Reason: reason}
}

func (b *Buffer) allocate() error {
	d := b.device
	info := vulkan.BufferCreateInfo{
		SType: vulkan.StructureTypeBufferCreateInfo,
		Size:  vulkan.DeviceSize(b.size),
		Usage: vulkan.BufferUsageFlags(vulkan.BufferUsageStorageBufferBit | vulkan.BufferUsageUniformTexelBufferBit |
			vulkan.BufferUsageTransferSrcBit | vulkan.BufferUsageTransferDstBit),
	}
	defer info.Free()
	var handle vulkan.Buffer
	if err := check("vkCreateBuffer", vulkan.CreateBuffer(d.handle, &info, nil, &handle)); err != nil {
		return err
	}
	b.handle = handle
	var needs vulkan.MemoryRequirements
	vulkan.GetBufferMemoryRequirements(d.handle, handle, &needs)
	needs.Deref()
	defer needs.Free()
	kind, err := d.info.raw.memoryType(needs.MemoryTypeBits, b.spec.Use)
	if err != nil {
		return err
	}
	return b.bindMemory(int64(needs.Size), kind)
}

// bindMemory allocates the memory of the buffer, and maps it if the host uses it.
func (b *Buffer) bindMemory(bytes int64, kind int) error {
	d := b.device
	n := int(d.allocations.Add(1) - 1)
	if fail := d.options.FailAllocation; fail != nil && fail(n) {
		return &resultError{fmt.Sprintf("vkAllocateMemory (number %d, failed on request)", n), vulkan.ErrorOutOfDeviceMemory}
	}
	info := vulkan.MemoryAllocateInfo{
		SType:          vulkan.StructureTypeMemoryAllocateInfo,
		AllocationSize: vulkan.DeviceSize(bytes), MemoryTypeIndex: uint32(kind),
	}
	defer info.Free()
	var memory vulkan.DeviceMemory
	if err := check("vkAllocateMemory", vulkan.AllocateMemory(d.handle, &info, nil, &memory)); err != nil {
		return err
	}
	b.memory, b.held = memory, bytes
	d.memory.add(b.spec.Group, bytes)
	if err := check("vkBindBufferMemory", vulkan.BindBufferMemory(d.handle, b.handle, memory, 0)); err != nil {
		return err
	}
	if b.spec.Use == DeviceLocal {
		return nil
	}
	var address unsafe.Pointer
	if err := check("vkMapMemory", vulkan.MapMemory(d.handle, memory, 0, vulkan.DeviceSize(b.size), 0, &address)); err != nil {
		return err
	}
	b.mapped = unsafe.Slice((*byte)(address), b.size)
	return nil
}

func (b *Buffer) poison() error {
	if b.mapped != nil {
		for i := 0; i < len(b.mapped); i += 4 {
			binary.LittleEndian.PutUint32(b.mapped[i:], poisonWord)
		}
		return nil
	}
	return b.device.staging.run(b.device, func(commands vulkan.CommandBuffer) {
		vulkan.CmdFillBuffer(commands, b.handle, 0, vulkan.DeviceSize(b.size), poisonWord)
	})
}

// Free releases the memory. It waits for work in flight. A Sequence that used the buffer can no longer be submitted.
func (b *Buffer) Free() {
	if b == nil || b.freed.Swap(true) {
		return
	}
	b.device.waitIdle()
	b.device.forget(b)
	b.release()
}

func (b *Buffer) release() {
	d := b.device
	b.freed.Store(true)
	b.mapped = nil
	if b.handle != nil {
		vulkan.DestroyBuffer(d.handle, b.handle, nil)
		b.handle = nil
	}
	if b.held != 0 {
		vulkan.FreeMemory(d.handle, b.memory, nil) // unmaps
		d.memory.add(b.spec.Group, -b.held)
		b.held = 0
	}
}

// Bytes returns the requested size.
func (b *Buffer) Bytes() int64 { return b.spec.Bytes }

// Name returns the requested name.
func (b *Buffer) Name() string { return b.spec.Name }

// Mapped returns the memory of the buffer; nil if it is DeviceLocal or freed. The caller must not access it while a
// Sequence that uses the buffer is in flight.
func (b *Buffer) Mapped() []byte {
	if b.mapped == nil {
		return nil
	}
	return b.mapped[:b.spec.Bytes:b.spec.Bytes]
}
