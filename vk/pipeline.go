package vk

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"igs/shaders"

	vulkan "github.com/vulkan-go/vulkan"
)

// pipeline is a kernel with its layouts. It is compiled when a dispatch of it is recorded for the first time: passes make
// all kernels that they may need, and drivers take long to compile one.
type pipeline struct {
	mu     sync.Mutex                           // held while it is compiled
	code   shaders.Kernel                       // with plain constants, and without its SPIR-V after it is compiled
	size   [3]int                               // invocations of a workgroup along each axis
	sets   [setCount]vulkan.DescriptorSetLayout // texelSet is unused without texel bindings
	layout vulkan.PipelineLayout
	handle vulkan.Pipeline
}

// pipelines are the pipelines of a device. A device keeps them until it is closed: the runs of a sweep, the modes of a
// benchmark and tests use the same few dozen pipelines, and a driver takes milliseconds to compile each.
type pipelines struct {
	mu   sync.Mutex
	made map[pipelineKey]*pipeline
}

// pipelineKey is the hash of a kernel's code and of the values of the specialisation constants that it has. Passes give
// their kernels the same first constants, the precision and the number of channels among them, and many kernels use none.
type pipelineKey [sha256.Size]byte

func keyOf(k shaders.Kernel, spec []uint32) (key pipelineKey) {
	values := make([]uint32, len(k.Constants))
	for i, c := range k.Constants {
		if values[i] = c.Default; uint64(c.ID) < uint64(len(spec)) {
			values[i] = spec[c.ID]
		}
	}
	h := sha256.New()
	for _, words := range [][]uint32{k.Code, values} {
		if len(words) > 0 {
			h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 4*len(words)))
		}
	}
	h.Sum(key[:0])
	return key
}

// of returns the pipeline of a kernel.
func (p *pipelines) of(d *Device, k shaders.Kernel, spec []uint32) (*pipeline, error) {
	key := keyOf(k, spec)
	p.mu.Lock()
	defer p.mu.Unlock()
	if made := p.made[key]; made != nil {
		return made, nil
	}
	plain, err := k.Plain(spec...)
	if err != nil {
		return nil, err
	}
	fresh := &pipeline{code: plain}
	if err := fresh.fits(d.info); err != nil {
		return nil, err
	}
	if p.made == nil {
		p.made = map[pipelineKey]*pipeline{}
	}
	p.made[key] = fresh
	return fresh, nil
}

// compile builds the pipeline unless it is built. After a failure the next call tries again.
func (p *pipeline) compile(d *Device) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.handle != nil {
		return nil
	}
	if err := p.build(d); err != nil {
		p.destroy(d.handle)
		return fmt.Errorf("kernel %s: %w", p.code.Name, err)
	}
	p.code.Code = nil // the driver has its own copy
	return nil
}

// close destroys all pipelines. No work may be in flight.
func (p *pipelines) close(dev vulkan.Device) {
	for _, made := range p.made {
		made.destroy(dev)
	}
	p.made = nil
}

// fits returns an error for a kernel that the device does not support. Without this check its behaviour is undefined.
func (p *pipeline) fits(info Info) error {
	has := map[shaders.Capability]bool{
		shaders.Storage16: info.Storage16, shaders.Float16: info.Float16,
		shaders.Float64: info.Float64, shaders.Int64: info.Int64, shaders.Int16: info.Int16,
	}
	for _, need := range p.code.Needs {
		if !has[need] {
			return fmt.Errorf("%s has no %s", info.Name, need)
		}
	}
	if p.code.PushBytes > info.MaxPushBytes {
		return fmt.Errorf("push constants of %d bytes, but %s takes at most %d", p.code.PushBytes, info.Name, info.MaxPushBytes)
	}
	size, invocations := p.code.Size(), 1
	for d, n := range size {
		if n == 0 || int64(n) > int64(info.MaxLocalSize[d]) {
			return fmt.Errorf("workgroup of %v, but %s takes at most %v", size, info.Name, info.MaxLocalSize)
		}
		p.size[d] = int(n)
		invocations *= int(n)
	}
	if invocations > info.MaxInvocations {
		return fmt.Errorf("workgroup of %d invocations, but %s takes at most %d", invocations, info.Name, info.MaxInvocations)
	}
	return nil
}

func (p *pipeline) build(d *Device) error {
	code := &p.code
	var storage, texel []uint32
	for _, b := range code.Bindings {
		if b.Storage {
			storage = append(storage, uint32(b.Index))
		}
		if b.Texel {
			texel = append(texel, uint32(b.Index))
		}
	}
	dev := d.handle
	var err error
	if p.sets[storageSet], err = createSetLayout(dev, vulkan.DescriptorTypeStorageBuffer, storage); err != nil {
		return err
	}
	used := p.sets[:1]
	if len(texel) > 0 {
		if p.sets[texelSet], err = createSetLayout(dev, vulkan.DescriptorTypeUniformTexelBuffer, texel); err != nil {
			return err
		}
		used = p.sets[:]
	}
	if p.layout, err = createPipelineLayout(dev, used, code.PushBytes); err != nil {
		return err
	}
	module, err := createModule(dev, code.Code)
	if err != nil {
		return err
	}
	defer vulkan.DestroyShaderModule(dev, module, nil)
	p.handle, err = createPipeline(dev, d.cache.handle, module, p.layout)
	return err
}

func createModule(dev vulkan.Device, code []uint32) (vulkan.ShaderModule, error) {
	if len(code) == 0 {
		return nil, fmt.Errorf("the kernel has no code")
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

// destroy frees what is built, which may be a part.
func (p *pipeline) destroy(dev vulkan.Device) {
	if p.handle != nil {
		vulkan.DestroyPipeline(dev, p.handle, nil)
	}
	if p.layout != nil {
		vulkan.DestroyPipelineLayout(dev, p.layout, nil)
	}
	for _, s := range p.sets {
		if s != nil {
			vulkan.DestroyDescriptorSetLayout(dev, s, nil)
		}
	}
	p.handle, p.layout, p.sets = nil, nil, [setCount]vulkan.DescriptorSetLayout{}
}
