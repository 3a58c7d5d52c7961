package vk

import (
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

// write makes the descriptors and records the command buffer.
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
		if c.barrier || s.queries != nil { // profiling times each dispatch alone
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
			if err := c.kernel.compile(d); err != nil {
				return err
			}
			vulkan.CmdBindPipeline(out, vulkan.PipelineBindPointCompute, c.kernel.pipeline.handle)
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
