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
	code   shaders.Kernel
	*pipeline
	size  [3]int
	freed atomic.Bool
}

// NewKernel compiles a kernel; spec[i] is the value of specialisation constant i. The driver gets plain constants
// instead (shaders.Kernel.Plain). The device keeps the pipeline until it is closed, so another kernel of the same code
// and constants is not compiled again. Many goroutines may call NewKernel at the same time.
func (d *Device) NewKernel(k shaders.Kernel, spec ...uint32) (*Kernel, error) {
	plain, err := k.Plain(spec...)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	kernel := &Kernel{device: d, code: plain}
	if err := kernel.fits(d.info); err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	if kernel.pipeline, err = d.pipelines.of(d, &kernel.code); err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	d.keep(kernel)
	return kernel, nil
}

// fits returns an error for a kernel that the device does not support. Without this check its behaviour is undefined.
func (k *Kernel) fits(info Info) error {
	has := map[shaders.Capability]bool{
		shaders.Storage16: info.Storage16, shaders.Float16: info.Float16,
		shaders.Float64: info.Float64, shaders.Int64: info.Int64, shaders.Int16: info.Int16,
	}
	for _, need := range k.code.Needs {
		if !has[need] {
			return fmt.Errorf("%s has no %s", info.Name, need)
		}
	}
	if k.code.PushBytes > info.MaxPushBytes {
		return fmt.Errorf("push constants of %d bytes, but %s takes at most %d", k.code.PushBytes, info.Name, info.MaxPushBytes)
	}
	size, invocations := k.code.Size(), 1
	for d, n := range size {
		if n == 0 || int64(n) > int64(info.MaxLocalSize[d]) {
			return fmt.Errorf("workgroup of %v, but %s takes at most %v", size, info.Name, info.MaxLocalSize)
		}
		k.size[d] = int(n)
		invocations *= int(n)
	}
	if invocations > info.MaxInvocations {
		return fmt.Errorf("workgroup of %d invocations, but %s takes at most %d", invocations, info.Name, info.MaxInvocations)
	}
	return nil
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
