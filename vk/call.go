package vk

// The Go side of call.h: each function makes one C call and has Go types. Every argument that the driver reads is in C
// memory, on the C stack, or in pinned Go memory without Go pointers.

/*
#cgo CFLAGS: -std=gnu11 -O2
#include <stdlib.h>
#include "call.h"
*/
import "C"

import (
	"fmt"
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

// bits returns the 8 bytes of a handle. Go never holds handles as unsafe.Pointer: a driver may use any number, and the
// garbage collector crashes on pointers such as 0x1.
func bits[T any](handle T) C.uint64_t { return *(*C.uint64_t)(unsafe.Pointer(&handle)) }

// object is bits for dispatchable handles, which are real C pointers.
func object[T any](handle T) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&handle)) }

func handle[T any](b C.uint64_t) T { return *(*T)(unsafe.Pointer(&b)) }

func first[T any](s []T) *T {
	if len(s) == 0 {
		return nil
	}
	return &s[0]
}

// cStrings copies names to C memory. The caller calls free to release it.
func cStrings(names []string) (list **C.char, free func()) {
	if len(names) == 0 {
		return nil, func() {}
	}
	memory := C.malloc(C.size_t(len(names)) * C.size_t(unsafe.Sizeof(list)))
	entries := unsafe.Slice((**C.char)(memory), len(names))
	for i, n := range names {
		entries[i] = C.CString(n)
	}
	return (**C.char)(memory), func() {
		for _, e := range entries {
			C.free(unsafe.Pointer(e))
		}
		C.free(memory)
	}
}

func createSetLayout(dev vulkan.Device, kind vulkan.DescriptorType, bindings []uint32) (vulkan.DescriptorSetLayout, error) {
	var out C.uint64_t
	r := C.igs_create_set_layout(object(dev), C.int32_t(kind), (*C.uint32_t)(first(bindings)), C.uint32_t(len(bindings)), &out)
	return handle[vulkan.DescriptorSetLayout](out), check("vkCreateDescriptorSetLayout", vulkan.Result(r))
}

func createPipelineLayout(dev vulkan.Device, sets []vulkan.DescriptorSetLayout, pushBytes int) (vulkan.PipelineLayout, error) {
	var out C.uint64_t
	r := C.igs_create_pipeline_layout(object(dev), (*C.uint64_t)(unsafe.Pointer(first(sets))), C.uint32_t(len(sets)), C.uint32_t(pushBytes), &out)
	return handle[vulkan.PipelineLayout](out), check("vkCreatePipelineLayout", vulkan.Result(r))
}

func createPipeline(dev vulkan.Device, cache vulkan.PipelineCache, module vulkan.ShaderModule, layout vulkan.PipelineLayout) (vulkan.Pipeline, error) {
	var out C.uint64_t
	r := C.igs_create_pipeline(object(dev), bits(cache), bits(module), bits(layout), &out)
	return handle[vulkan.Pipeline](out), check("vkCreateComputePipelines", vulkan.Result(r))
}

func createDescriptorPool(dev vulkan.Device, sets, storage, texel int) (vulkan.DescriptorPool, error) {
	var out C.uint64_t
	r := C.igs_create_pool(object(dev), C.uint32_t(sets), C.uint32_t(storage), C.uint32_t(texel), &out)
	return handle[vulkan.DescriptorPool](out), check("vkCreateDescriptorPool", vulkan.Result(r))
}

func allocateSet(dev vulkan.Device, pool vulkan.DescriptorPool, layout vulkan.DescriptorSetLayout) (vulkan.DescriptorSet, error) {
	var out C.uint64_t
	r := C.igs_allocate_set(object(dev), bits(pool), bits(layout), &out)
	return handle[vulkan.DescriptorSet](out), check("vkAllocateDescriptorSets", vulkan.Result(r))
}

func writeStorage(dev vulkan.Device, set vulkan.DescriptorSet, binding int, buffer vulkan.Buffer, at span) {
	C.igs_write_storage(object(dev), bits(set), C.uint32_t(binding), bits(buffer), C.uint64_t(at.begin), C.uint64_t(at.end-at.begin))
}

func writeTexel(dev vulkan.Device, set vulkan.DescriptorSet, binding int, view vulkan.BufferView) {
	C.igs_write_texel(object(dev), bits(set), C.uint32_t(binding), bits(view))
}

// dependency is one global memory barrier.
type dependency struct {
	srcStages, dstStages vulkan.PipelineStageFlagBits
	srcAccess, dstAccess vulkan.AccessFlagBits
}

func barrier(commands vulkan.CommandBuffer, d dependency) {
	c := C.igs_dependency{
		src_stages: C.uint32_t(d.srcStages), dst_stages: C.uint32_t(d.dstStages),
		src_access: C.uint32_t(d.srcAccess), dst_access: C.uint32_t(d.dstAccess),
	}
	C.igs_barrier(object(commands), &c)
}

func copyBuffer(commands vulkan.CommandBuffer, dst vulkan.Buffer, dstOffset int64, src vulkan.Buffer, srcOffset, n int64) {
	C.igs_copy(object(commands), bits(dst), C.uint64_t(dstOffset), bits(src), C.uint64_t(srcOffset), C.uint64_t(n))
}

func submit(queue vulkan.Queue, commands vulkan.CommandBuffer, fence vulkan.Fence) error {
	return check("vkQueueSubmit", vulkan.Result(C.igs_submit(object(queue), object(commands), bits(fence))))
}

// resolve fills the C table of functions, once per process.
func resolve(lookup unsafe.Pointer, instance vulkan.Instance) error {
	if missing := C.igs_resolve(lookup, object(instance)); missing != nil {
		return fmt.Errorf("the Vulkan loader has no %s", C.GoString(missing))
	}
	return nil
}

// Trim returns memory to the system that the driver has freed but the C library still holds. A CPU driver needs
// megabytes to compile kernels: after the kernels of a run, Trim returns about 6 MB with lavapipe and glibc. Without
// glibc it does nothing.
func Trim() { C.igs_trim() }
