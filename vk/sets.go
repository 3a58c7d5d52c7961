package vk

import (
	"igs/shaders"

	vulkan "github.com/vulkan-go/vulkan"
)

// setKey identifies a descriptor set. Dispatches of a kernel with the same arguments share their sets. A step over a
// large picture has thousands of dispatches and only dozens of different arguments, and a set takes kilobytes in some
// drivers (lavapipe: 50 MB at 8K without sharing).
type setKey struct {
	kernel *Kernel
	set    int
	binds  [storageBuffers]bound
}

// wants returns the key of a set of the command, and false if the kernel has no such set.
func (c *command) wants(set int) (setKey, bool) {
	key := setKey{kernel: c.kernel, set: set}
	n := 0
	for _, b := range c.binds {
		if set == storageSet && b.Storage || set == texelSet && b.Texel {
			b.Access = shaders.ReadOnly // the descriptor does not depend on the access
			key.binds[n] = b
			n++
		}
	}
	return key, n > 0
}

// bindArguments binds the sets of a dispatch.
func (s *Sequence) bindArguments(out vulkan.CommandBuffer, c *command) error {
	for set := range setCount {
		key, wanted := c.wants(set)
		if !wanted {
			continue
		}
		descriptors, err := s.descriptors(key)
		if err != nil {
			return err
		}
		vulkan.CmdBindDescriptorSets(out, vulkan.PipelineBindPointCompute, c.kernel.layout, uint32(set), 1,
			[]vulkan.DescriptorSet{descriptors}, 0, nil)
	}
	return nil
}

// descriptors returns the set of a key, and makes it at the first call.
func (s *Sequence) descriptors(key setKey) (vulkan.DescriptorSet, error) {
	if made := s.sets[key]; made != nil {
		return made, nil
	}
	dev := s.device.handle
	made, err := allocateSet(dev, s.pool, key.kernel.sets[key.set])
	if err != nil {
		return nil, err
	}
	for _, b := range key.binds {
		switch {
		case b.buffer == nil:
		case key.set == storageSet:
			writeStorage(dev, made, b.Index, b.buffer.handle, b.storage)
		default:
			view, err := s.view(b.view)
			if err != nil {
				return nil, err
			}
			writeTexel(dev, made, b.Index, view)
		}
	}
	s.sets[key] = made
	return made, nil
}

func (s *Sequence) view(key viewKey) (vulkan.BufferView, error) {
	if v, ok := s.views[key]; ok {
		return v, nil
	}
	info := vulkan.BufferViewCreateInfo{
		SType:  vulkan.StructureTypeBufferViewCreateInfo,
		Buffer: key.buffer.handle, Format: formats[key.format].vulkan,
		Offset: vulkan.DeviceSize(key.at.begin), Range: vulkan.DeviceSize(key.at.end - key.at.begin),
	}
	defer info.Free()
	var v vulkan.BufferView
	if err := check("vkCreateBufferView", vulkan.CreateBufferView(s.device.handle, &info, nil, &v)); err != nil {
		return nil, err
	}
	s.views[key] = v
	return v, nil
}

// createPool makes a pool for exactly the descriptors that the commands need.
func (s *Sequence) createPool(list []command) error {
	seen := map[setKey]bool{}
	storage, texel := 0, 0
	for i := range list {
		if list[i].kernel == nil {
			continue
		}
		s.kernels = append(s.kernels, list[i].kernel)
		for set := range setCount {
			key, wanted := list[i].wants(set)
			if !wanted || seen[key] {
				continue
			}
			seen[key] = true
			for _, b := range key.binds {
				switch {
				case b.buffer == nil:
				case set == storageSet:
					storage++
				default:
					texel++
				}
			}
		}
	}
	if len(seen) == 0 {
		return nil
	}
	var err error
	s.pool, err = createDescriptorPool(s.device.handle, len(seen), storage, texel)
	return err
}
