package vk

import (
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

// write makes the descriptors and fills the command buffer.
func (s *Sequence) write(list []command) error {
	d := s.device
	if err := s.createPool(list); err != nil {
		return err
	}
	if err := s.createQueries(list); err != nil {
		return err
	}
	if err := s.commands.create(d); err != nil {
		return err
	}
	if err := s.commands.begin(d); err != nil {
		return err
	}
	out := s.commands.buffer
	if s.queries != nil {
		vulkan.CmdResetQueryPool(out, s.queries, 0, uint32(2*len(s.kernels)))
	}
	var bound *Kernel
	dispatched := 0
	hostSees := false
	for i := range list {
		c := &list[i]
		if c.barrier || s.queries != nil { // profiling: a dispatch is timed alone
			barrier(out, between)
		}
		for _, b := range c.buffers {
			s.buffers[b] = struct{}{}
			hostSees = hostSees || b.mapped != nil
		}
		if c.kernel == nil {
			c.write(out)
			continue
		}
		if c.kernel != bound {
			vulkan.CmdBindPipeline(out, vulkan.PipelineBindPointCompute, c.kernel.pipeline)
			bound = c.kernel
		}
		if err := s.dispatch(out, c, dispatched); err != nil {
			return err
		}
		dispatched++
	}
	if hostSees {
		barrier(out, toHost)
	}
	return s.commands.end()
}

func (s *Sequence) dispatch(out vulkan.CommandBuffer, c *command, n int) error {
	if err := s.bindArguments(out, c); err != nil {
		return err
	}
	if len(c.push) > 0 {
		vulkan.CmdPushConstants(out, c.kernel.layout, vulkan.ShaderStageFlags(vulkan.ShaderStageComputeBit),
			0, uint32(len(c.push)), unsafe.Pointer(&c.push[0]))
	}
	if s.queries != nil {
		vulkan.CmdWriteTimestamp(out, vulkan.PipelineStageBottomOfPipeBit, s.queries, uint32(2*n))
	}
	vulkan.CmdDispatch(out, c.groups[0], c.groups[1], c.groups[2])
	if s.queries != nil {
		vulkan.CmdWriteTimestamp(out, vulkan.PipelineStageBottomOfPipeBit, s.queries, uint32(2*n+1))
	}
	return nil
}

func (s *Sequence) bindArguments(out vulkan.CommandBuffer, c *command) error {
	dev := s.device.handle
	for set, layout := range c.kernel.sets {
		if layout == nil || !c.usesSet(set) {
			continue
		}
		descriptors, err := allocateSet(dev, s.pool, layout)
		if err != nil {
			return err
		}
		for _, b := range c.binds {
			switch {
			case set == storageSet && b.Storage:
				writeStorage(dev, descriptors, b.Index, b.buffer.handle, b.storage)
			case set == texelSet && b.Texel:
				view, err := s.view(b.view)
				if err != nil {
					return err
				}
				writeTexel(dev, descriptors, b.Index, view)
			}
		}
		vulkan.CmdBindDescriptorSets(out, vulkan.PipelineBindPointCompute, c.kernel.layout, uint32(set), 1,
			[]vulkan.DescriptorSet{descriptors}, 0, nil)
	}
	return nil
}

func (c *command) usesSet(set int) bool {
	for _, b := range c.binds {
		if set == storageSet && b.Storage || set == texelSet && b.Texel {
			return true
		}
	}
	return false
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

// createPool makes room for exactly the descriptors of the list.
func (s *Sequence) createPool(list []command) error {
	sets, storage, texel := 0, 0, 0
	for i := range list {
		c := &list[i]
		if c.kernel == nil {
			continue
		}
		s.kernels = append(s.kernels, c.kernel)
		for set := range setCount {
			if c.usesSet(set) {
				sets++
			}
		}
		for _, b := range c.binds {
			if b.Storage {
				storage++
			}
			if b.Texel {
				texel++
			}
		}
	}
	if sets == 0 {
		return nil
	}
	var err error
	s.pool, err = createDescriptorPool(s.device.handle, sets, storage, texel)
	return err
}

func (s *Sequence) createQueries(list []command) error {
	if !s.device.options.Profile || s.device.info.TimestampPeriod == 0 || len(s.kernels) == 0 {
		return nil
	}
	info := vulkan.QueryPoolCreateInfo{
		SType:     vulkan.StructureTypeQueryPoolCreateInfo,
		QueryType: vulkan.QueryTypeTimestamp, QueryCount: uint32(2 * len(s.kernels)),
	}
	defer info.Free()
	var pool vulkan.QueryPool
	if err := check("vkCreateQueryPool", vulkan.CreateQueryPool(s.device.handle, &info, nil, &pool)); err != nil {
		return err
	}
	s.queries = pool
	return nil
}
