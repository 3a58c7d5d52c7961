package vk

import (
	"fmt"
	"sync/atomic"

	"igs/shaders"
)

// Descriptor sets by what they hold; see package shaders.
const (
	storageSet = iota
	texelSet
	setCount
)

// Kernel is a compute pipeline with one choice of specialisation constants. Kernels of the same code share the pipeline.
type Kernel struct {
	device *Device
	*pipeline
	freed atomic.Bool
}

// NewKernel compiles a kernel; spec[i] is the value of specialisation constant i. No driver sees that they were ever to be chosen
// (shaders.Kernel.Plain). The device keeps what was compiled until it is closed, so the next kernel of the same code and constants
// costs nothing. It may be called from many goroutines at once.
func (d *Device) NewKernel(k shaders.Kernel, spec ...uint32) (*Kernel, error) {
	shared, err := d.pipelines.of(d, k, spec)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	kernel := &Kernel{device: d, pipeline: shared}
	d.keep(kernel)
	return kernel, nil
}

// Name is the kernel's name in package shaders.
func (k *Kernel) Name() string { return k.code.Name }

// Size is the number of invocations of a workgroup along each axis.
func (k *Kernel) Size() [3]int { return k.size }

// guaranteedGroups is what Vulkan promises of every device.
const guaranteedGroups = 65535

// MaxGroups is how many workgroups along each axis the device takes; of a kernel without a device (KernelOf) what every device takes.
func (k *Kernel) MaxGroups() [3]int {
	if k.device == nil {
		return [3]int{guaranteedGroups, guaranteedGroups, guaranteedGroups}
	}
	return k.device.info.MaxGroups
}

// Free ends the use of the kernel. Its pipeline stays with the device.
func (k *Kernel) Free() {
	if k == nil || k.freed.Swap(true) {
		return
	}
	k.device.forget(k)
}
