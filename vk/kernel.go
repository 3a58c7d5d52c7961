package vk

import (
	"fmt"
	"sync/atomic"

	"igs/shaders"
)

// The numbers of the descriptor sets; see package shaders.
const (
	storageSet = iota
	texelSet
	setCount
)

// Kernel is a compute pipeline with fixed specialisation constants. Kernels with the same code share one pipeline.
type Kernel struct {
	device *Device
	*pipeline
	freed atomic.Bool
}

// NewKernel makes a kernel; spec[i] is the value of specialisation constant i. The driver gets plain constants
// instead (shaders.Kernel.Plain), and compiles the kernel when a dispatch of it is recorded. The device keeps the pipeline
// until it is closed, so another kernel of the same code and constants is not compiled again. Many goroutines may call
// NewKernel at the same time.
func (d *Device) NewKernel(k shaders.Kernel, spec ...uint32) (*Kernel, error) {
	shared, err := d.pipelines.of(d, k, spec)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	kernel := &Kernel{device: d, pipeline: shared}
	d.keep(kernel)
	return kernel, nil
}

// Name returns the kernel's name in package shaders.
func (k *Kernel) Name() string { return k.code.Name }

// Size returns the number of invocations of a workgroup along each axis.
func (k *Kernel) Size() [3]int { return k.size }

// guaranteedGroups is the number of workgroups along an axis that every Vulkan device takes.
const guaranteedGroups = 65535

// MaxGroups returns the number of workgroups along each axis that the device takes. For a kernel without a device
// (KernelOf) it returns what every device takes.
func (k *Kernel) MaxGroups() [3]int {
	if k.device == nil {
		return [3]int{guaranteedGroups, guaranteedGroups, guaranteedGroups}
	}
	return k.device.info.MaxGroups
}

// Free ends the use of the kernel. The device keeps its pipeline.
func (k *Kernel) Free() {
	if k == nil || k.freed.Swap(true) {
		return
	}
	k.device.forget(k)
}
