// Package vk is the device layer: the Vulkan loader, device facts and choice, memory with exact accounting, kernels,
// recorded sequences with their barriers, timestamps. Only this package uses the Vulkan binding, cgo and unsafe. It
// knows nothing of splats.
//
// All sizes, offsets and ranges are in bytes, and all GPU times in nanoseconds. Buffers hold little-endian bytes, whose
// meaning only the caller and the kernel know. Work is recorded once into a Sequence, which can be submitted many
// times.
//
// Many goroutines may use a Device at the same time. Only one at a time may use a Recorder or a Sequence.
package vk

import (
	"sync"
	"sync/atomic"

	vulkan "github.com/vulkan-go/vulkan"
)

// Options of Open. The zero value opens the best device without validation.
type Options struct {
	Select     string // as for Choose
	Validation bool   // the Khronos layer with synchronisation validation; see Messages
	CacheDir   string // folder that keeps pipelines between runs; "" = none
	Poison     bool   // fill new buffers with NaN (0x7fc00000), so that no kernel relies on zeros
	Profile    bool   // write timestamps around each dispatch; dispatches then do not overlap

	// FailAllocation is called before each allocation of device memory, staging included; n counts from 0. If it
	// returns true, the allocation fails as if the driver had refused it. For tests.
	FailAllocation func(n int) bool

	// Pretend changes the facts of the chosen device to smaller limits or fewer features. For tests.
	Pretend func(*Info)
}

// Device is an open device with one queue.
type Device struct {
	options  Options
	instance *instance
	info     Info
	reason   string
	handle   vulkan.Device
	cache    *pipelineCache
	memory   ledger
	staging  staging

	pipelines pipelines

	allocations atomic.Int64
	inFlight    atomic.Int64 // submissions not yet waited for

	queueMu sync.Mutex
	queue   vulkan.Queue

	liveMu sync.Mutex
	live   map[resource]struct{}
}

// resource is anything that Close frees if its owner did not.
type resource interface{ Free() }

// Open opens the chosen device. Its errors have an exit code and a hint.
func Open(o Options) (*Device, error) {
	in, err := newInstance(o.Validation)
	if err != nil {
		return nil, err
	}
	d, err := open(in, o)
	if err != nil {
		in.close()
		return nil, err
	}
	return d, nil
}

func open(in *instance, o Options) (*Device, error) {
	infos, physical, err := in.list()
	if err != nil {
		return nil, err
	}
	info, reason, err := Choose(infos, o.Select)
	if err != nil {
		return nil, err
	}
	if o.Pretend != nil {
		o.Pretend(&info)
	}
	d := &Device{options: o, instance: in, info: info, reason: reason, live: map[resource]struct{}{}}
	d.handle, err = createDevice(physical[info.Index], info.family, info.raw, info.extensions)
	if err != nil {
		return nil, noVulkan("opening %s: %w", info.Name, err)
	}
	var queue vulkan.Queue // a local variable: cgo refuses the address of a field in a struct with Go pointers
	vulkan.GetDeviceQueue(d.handle, uint32(info.family), 0, &queue)
	d.queue = queue
	if d.cache, err = openCache(d.handle, info, o.CacheDir); err != nil {
		vulkan.DestroyDevice(d.handle, nil)
		return nil, err
	}
	return d, nil
}

// Close waits for the device, frees everything on it and writes the pipeline cache. Messages still works after Close.
func (d *Device) Close() {
	if d.handle == nil {
		return
	}
	d.queueMu.Lock()
	vulkan.DeviceWaitIdle(d.handle) // an error means a lost device, which is closed in the same way
	d.queueMu.Unlock()
	d.liveMu.Lock()
	left := d.live
	d.live = nil
	d.liveMu.Unlock()
	for r := range left {
		if s, ok := r.(*Sequence); ok {
			s.Free() // its views must be freed before their buffers
		}
	}
	for r := range left {
		r.Free()
	}
	d.staging.free(d)
	d.pipelines.close(d.handle)
	d.cache.close(d.handle)
	vulkan.DestroyDevice(d.handle, nil)
	d.handle = nil
	d.instance.close()
}

// Info returns the facts of the device at the time of Open.
func (d *Device) Info() Info { return d.info }

// Reason says why this device was chosen.
func (d *Device) Reason() string { return d.reason }

// Messages returns all messages of the validation layer so far.
func (d *Device) Messages() []string { return d.instance.allMessages() }

// Usage returns the exact memory that the Device holds.
func (d *Device) Usage() Usage { return d.memory.usage() }

func (d *Device) keep(r resource) {
	d.liveMu.Lock()
	defer d.liveMu.Unlock()
	if d.live != nil {
		d.live[r] = struct{}{}
	}
}

func (d *Device) forget(r resource) {
	d.liveMu.Lock()
	defer d.liveMu.Unlock()
	delete(d.live, r)
}

// waitIdle waits until no work is in flight that could use a resource about to be freed.
func (d *Device) waitIdle() {
	if d.inFlight.Load() == 0 {
		return
	}
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	vulkan.QueueWaitIdle(d.queue) // an error means a lost device, which uses no resource
}
