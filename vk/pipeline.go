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

// pipeline is a compiled kernel with its layouts.
type pipeline struct {
	sets   [setCount]vulkan.DescriptorSetLayout // texelSet is unused without texel bindings
	layout vulkan.PipelineLayout
	handle vulkan.Pipeline
}

// pipelines are the pipelines of a device, by their code. A device keeps them until it is closed: the runs of a sweep,
// the modes of a benchmark and tests use the same few dozen pipelines, and a driver takes milliseconds to compile each.
type pipelines struct {
	mu   sync.Mutex
	made map[[sha256.Size]byte]*compiled
}

// compiled is a pipeline, or nil until the first caller has compiled it.
type compiled struct {
	mu sync.Mutex
	*pipeline
}

// of returns the pipeline of the code, and compiles it at the first call. After a failure the next call compiles again.
func (p *pipelines) of(d *Device, code *shaders.Kernel) (*pipeline, error) {
	if len(code.Code) == 0 {
		return nil, fmt.Errorf("no code")
	}
	entry := p.entry(sha256.Sum256(unsafe.Slice((*byte)(unsafe.Pointer(&code.Code[0])), 4*len(code.Code))))
	entry.mu.Lock()
	defer entry.mu.Unlock()
	if entry.pipeline != nil {
		return entry.pipeline, nil
	}
	fresh := &pipeline{}
	if err := fresh.build(d, code); err != nil {
		fresh.destroy(d.handle)
		return nil, err
	}
	entry.pipeline = fresh
	return fresh, nil
}

func (p *pipelines) entry(key [sha256.Size]byte) *compiled {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.made == nil {
		p.made = map[[sha256.Size]byte]*compiled{}
	}
	if p.made[key] == nil {
		p.made[key] = &compiled{}
	}
	return p.made[key]
}

// close destroys all pipelines. No work may be in flight.
func (p *pipelines) close(dev vulkan.Device) {
	for _, c := range p.made {
		if c.pipeline != nil {
			c.pipeline.destroy(dev)
		}
	}
	p.made = nil
}

func (p *pipeline) build(d *Device, code *shaders.Kernel) error {
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
}
