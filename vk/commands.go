package vk

import (
	"math"

	vulkan "github.com/vulkan-go/vulkan"
)

const (
	workStages = vulkan.PipelineStageComputeShaderBit | vulkan.PipelineStageTransferBit
	workWrites = vulkan.AccessShaderWriteBit | vulkan.AccessTransferWriteBit
	workReads  = vulkan.AccessShaderReadBit | vulkan.AccessTransferReadBit
)

var (
	// fromBefore makes all earlier work on the queue and all writes of the host visible. Every command buffer begins
	// with it, so sequences can be submitted in any order.
	fromBefore = dependency{
		srcStages: workStages | vulkan.PipelineStageHostBit, dstStages: workStages,
		srcAccess: workWrites | vulkan.AccessHostWriteBit, dstAccess: workReads | workWrites,
	}
	// between separates two commands that access the same bytes.
	between = dependency{
		srcStages: workStages, dstStages: workStages,
		srcAccess: workWrites, dstAccess: workReads | workWrites,
	}
	// toHost makes the writes of the device visible in mapped memory.
	toHost = dependency{
		srcStages: workStages, dstStages: vulkan.PipelineStageHostBit,
		srcAccess: workWrites, dstAccess: vulkan.AccessHostReadBit,
	}
)

// commands is one command buffer. It has its own pool, so that others can be recorded at the same time, and its own
// fence, so that it can be waited for alone.
type commands struct {
	pool    vulkan.CommandPool
	buffer  vulkan.CommandBuffer
	fence   vulkan.Fence
	pending bool
}

func (c *commands) create(d *Device) error {
	if err := c.make(d); err != nil {
		c.free(d)
		return err
	}
	return nil
}

func (c *commands) make(d *Device) error {
	poolInfo := vulkan.CommandPoolCreateInfo{
		SType: vulkan.StructureTypeCommandPoolCreateInfo, QueueFamilyIndex: uint32(d.info.family),
	}
	defer poolInfo.Free()
	var pool vulkan.CommandPool
	if err := check("vkCreateCommandPool", vulkan.CreateCommandPool(d.handle, &poolInfo, nil, &pool)); err != nil {
		return err
	}
	c.pool = pool
	info := vulkan.CommandBufferAllocateInfo{
		SType:       vulkan.StructureTypeCommandBufferAllocateInfo,
		CommandPool: pool, Level: vulkan.CommandBufferLevelPrimary, CommandBufferCount: 1,
	}
	defer info.Free()
	buffers := make([]vulkan.CommandBuffer, 1)
	if err := check("vkAllocateCommandBuffers", vulkan.AllocateCommandBuffers(d.handle, &info, buffers)); err != nil {
		return err
	}
	c.buffer = buffers[0]
	fenceInfo := vulkan.FenceCreateInfo{SType: vulkan.StructureTypeFenceCreateInfo}
	defer fenceInfo.Free()
	var fence vulkan.Fence
	if err := check("vkCreateFence", vulkan.CreateFence(d.handle, &fenceInfo, nil, &fence)); err != nil {
		return err
	}
	c.fence = fence
	return nil
}

// begin resets the pool and begins the command buffer. The buffer can be submitted many times.
func (c *commands) begin(d *Device) error {
	if err := check("vkResetCommandPool", vulkan.ResetCommandPool(d.handle, c.pool, 0)); err != nil {
		return err
	}
	info := vulkan.CommandBufferBeginInfo{SType: vulkan.StructureTypeCommandBufferBeginInfo}
	defer info.Free()
	if err := check("vkBeginCommandBuffer", vulkan.BeginCommandBuffer(c.buffer, &info)); err != nil {
		return err
	}
	barrier(c.buffer, fromBefore)
	return nil
}

func (c *commands) end() error {
	return check("vkEndCommandBuffer", vulkan.EndCommandBuffer(c.buffer))
}

func (c *commands) submit(d *Device) error {
	d.queueMu.Lock()
	defer d.queueMu.Unlock()
	if err := submit(d.queue, c.buffer, c.fence); err != nil {
		return err
	}
	c.pending = true
	d.inFlight.Add(1)
	return nil
}

// wait returns when the last submission is done, or at once if there is none.
func (c *commands) wait(d *Device) error {
	if !c.pending {
		return nil
	}
	fences := []vulkan.Fence{c.fence}
	err := check("vkWaitForFences", vulkan.WaitForFences(d.handle, 1, fences, vulkan.True, math.MaxUint64))
	c.pending = false
	d.inFlight.Add(-1)
	if err != nil {
		return err
	}
	return check("vkResetFences", vulkan.ResetFences(d.handle, 1, fences))
}

func (c *commands) free(d *Device) {
	if c.pool != nil {
		vulkan.DestroyCommandPool(d.handle, c.pool, nil) // and its command buffer
	}
	if c.fence != nil {
		vulkan.DestroyFence(d.handle, c.fence, nil)
	}
	*c = commands{}
}
