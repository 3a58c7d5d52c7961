// Package vk is the device layer: the Vulkan loader, device facts and choice, memory
// with exact accounting, kernels, recorded sequences with their barriers, timestamps. It
// alone touches the binding, cgo and unsafe, and it knows nothing of splats.
//
// All sizes, offsets and ranges are bytes, all GPU times nanoseconds. Buffers hold plain
// little-endian bytes; what they mean is between the caller and the kernel. Work is
// recorded into a Sequence once and submitted as often as wanted.
//
// A Device may be used by many goroutines. A Recorder or Sequence belongs to one at a time.
package vk

import (
	"sync"
	"sync/atomic"

	vulkan "github.com/vulkan-go/vulkan"
)

// Options of Open. The zero value opens the best device, quietly.
type Options struct {
	Select     string // as for Choose
	Validation bool   // the Khronos layer with synchronisation validation; see Messages
	CacheDir   string // pipelines are kept here between runs; "" = nowhere
	Poison     bool   // fill fresh buffers with NaN (0x7fc00000), so that nothing leans on zeros
	Profile    bool   // timestamps round each dispatch, which also keeps dispatches apart

	// FailAllocation is asked before each allocation of device memory, staging included;
	// n counts from 0. Where it says true the allocation fails as if the driver had
	// refused it. For tests.
	FailAllocation func(n int) bool

	// Pretend changes the facts of the chosen device, to less than they are. For tests.
	Pretend func(*Info)
}

// Device is an opened device with its one queue.
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

// resource is what Close frees when its owner did not.
type resource interface{ Free() }

// Open opens the chosen device. Its errors carry the exit code and a hint.
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
	var queue vulkan.Queue // a local: cgo refuses the address of a field beside Go pointers
	vulkan.GetDeviceQueue(d.handle, uint32(info.family), 0, &queue)
	d.queue = queue
	if d.cache, err = openCache(d.handle, info, o.CacheDir); err != nil {
		vulkan.DestroyDevice(d.handle, nil)
		return nil, err
	}
	return d, nil
}

// Close waits for the device, frees whatever is left on it and writes the pipeline cache.
// Messages may still be asked for afterwards.
func (d *Device) Close() {
	if d.handle == nil {
		return
	}
	d.queueMu.Lock()
	vulkan.DeviceWaitIdle(d.handle) // a lost device is closed like any other
	d.queueMu.Unlock()
	d.liveMu.Lock()
	left := d.live
	d.live = nil
	d.liveMu.Unlock()
	for r := range left {
		if s, ok := r.(*Sequence); ok {
			s.Free() // before the buffers that its views look at
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

// Info returns the facts of the device, as they were when it was opened.
func (d *Device) Info() Info { return d.info }

// Reason says why this device was chosen.
func (d *Device) Reason() string { return d.reason }

// Messages returns what the validation layer said so far.
func (d *Device) Messages() []string { return d.instance.said() }

// Usage returns the memory held, exactly.
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

// settle waits until nothing in flight can use a resource about to be freed.
func (d *Device) settle() {
	if d.inFlight.Load() == 0 {
		return
	}
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	vulkan.QueueWaitIdle(d.queue) // an error here means a lost device, which uses nothing
}
