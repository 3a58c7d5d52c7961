package vk

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"igs/shaders"

	vulkan "github.com/vulkan-go/vulkan"
)

// Descriptor sets by what they hold; see package shaders.
const (
	storageSet = iota
	texelSet
	setCount
)

// Kernel is a compute pipeline with one choice of specialisation constants.
type Kernel struct {
	device   *Device
	code     shaders.Kernel
	sets     [setCount]vulkan.DescriptorSetLayout // texelSet unused without texel bindings
	layout   vulkan.PipelineLayout
	pipeline vulkan.Pipeline
	size     [3]int
	freed    atomic.Bool
}

// NewKernel compiles a kernel; spec[i] is the value of specialisation constant i. No driver sees that they were ever to be chosen
// (shaders.Kernel.Plain). It may be called from many goroutines at once.
func (d *Device) NewKernel(k shaders.Kernel, spec ...uint32) (*Kernel, error) {
	plain, err := k.Plain(spec...)
	if err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	kernel := &Kernel{device: d, code: plain}
	if err := kernel.fits(d.info); err != nil {
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	if err := kernel.build(); err != nil {
		kernel.release()
		return nil, fmt.Errorf("kernel %s: %w", k.Name, err)
	}
	d.keep(kernel)
	return kernel, nil
}

// fits refuses what the driver would answer with undefined behaviour.
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
		return fmt.Errorf("push constants of %d bytes, %s takes %d", k.code.PushBytes, info.Name, info.MaxPushBytes)
	}
	size, invocations := k.code.Size(), 1
	for d, n := range size {
		if n == 0 || int64(n) > int64(info.MaxLocalSize[d]) {
			return fmt.Errorf("workgroup of %v, %s takes %v", size, info.Name, info.MaxLocalSize)
		}
		k.size[d] = int(n)
		invocations *= int(n)
	}
	if invocations > info.MaxInvocations {
		return fmt.Errorf("workgroup of %d invocations, %s takes %d", invocations, info.Name, info.MaxInvocations)
	}
	return nil
}

func (k *Kernel) build() error {
	var storage, texel []uint32
	for _, b := range k.code.Bindings {
		if b.Storage {
			storage = append(storage, uint32(b.Index))
		}
		if b.Texel {
			texel = append(texel, uint32(b.Index))
		}
	}
	dev := k.device.handle
	var err error
	if k.sets[storageSet], err = createSetLayout(dev, vulkan.DescriptorTypeStorageBuffer, storage); err != nil {
		return err
	}
	used := k.sets[:1]
	if len(texel) > 0 {
		if k.sets[texelSet], err = createSetLayout(dev, vulkan.DescriptorTypeUniformTexelBuffer, texel); err != nil {
			return err
		}
		used = k.sets[:]
	}
	if k.layout, err = createPipelineLayout(dev, used, k.code.PushBytes); err != nil {
		return err
	}
	module, err := createModule(dev, k.code.Code)
	if err != nil {
		return err
	}
	defer vulkan.DestroyShaderModule(dev, module, nil)
	k.pipeline, err = createPipeline(dev, k.device.cache.handle, module, k.layout)
	return err
}

func createModule(dev vulkan.Device, code []uint32) (vulkan.ShaderModule, error) {
	if len(code) == 0 {
		return nil, fmt.Errorf("no code")
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&code[0])
	info := vulkan.ShaderModuleCreateInfo{
		SType: vulkan.StructureTypeShaderModuleCreateInfo, CodeSize: uint(4 * len(code)), PCode: code,
	}
	defer info.Free()
	var module vulkan.ShaderModule
	err := check("vkCreateShaderModule", vulkan.CreateShaderModule(dev, &info, nil, &module))
	return module, err
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

// Free destroys the pipeline, after work in flight. Close does it too.
func (k *Kernel) Free() {
	if k == nil || k.freed.Swap(true) {
		return
	}
	k.device.settle()
	k.device.forget(k)
	k.release()
}

func (k *Kernel) release() {
	k.freed.Store(true)
	dev := k.device.handle
	if k.pipeline != nil {
		vulkan.DestroyPipeline(dev, k.pipeline, nil)
	}
	if k.layout != nil {
		vulkan.DestroyPipelineLayout(dev, k.layout, nil)
	}
	for _, s := range k.sets {
		if s != nil {
			vulkan.DestroyDescriptorSetLayout(dev, s, nil)
		}
	}
}
