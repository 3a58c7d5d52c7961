package vk

/*
#include <stdlib.h>
#include "call.h"
*/
import "C"

import (
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

func hasLayer(lookup unsafe.Pointer, name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.igs_has_layer(lookup, c) != 0
}

// hasInstanceExtension asks the loader, or the layer if one is named.
func hasInstanceExtension(lookup unsafe.Pointer, layer, name string) bool {
	var l *C.char
	if layer != "" {
		l = C.CString(layer)
		defer C.free(unsafe.Pointer(l))
	}
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.igs_has_instance_extension(lookup, l, c) != 0
}

func hasDeviceExtension(physical vulkan.PhysicalDevice, name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return C.igs_has_device_extension(object(physical), c) != 0
}

// instanceSpec describes an instance to create. With a layer it validates; log receives the messages of the layer.
type instanceSpec struct {
	flags      uint32
	layer      string
	extensions []string
	log        *messageLog
}

func createInstance(lookup unsafe.Pointer, w instanceSpec) (vulkan.Instance, error) {
	extensions, free := cStrings(w.extensions)
	defer free()
	spec := (*C.igs_instance_spec)(C.calloc(1, C.sizeof_igs_instance_spec))
	defer C.free(unsafe.Pointer(spec))
	spec.flags = C.uint32_t(w.flags)
	spec.extensions, spec.extension_count = extensions, C.uint32_t(len(w.extensions))
	if w.layer != "" {
		spec.layer = C.CString(w.layer)
		defer C.free(unsafe.Pointer(spec.layer))
		spec.validate = 1
	}
	if w.log != nil {
		spec.log = w.log.c
	}
	var instance unsafe.Pointer
	r := C.igs_create_instance(lookup, spec, &instance)
	return *(*vulkan.Instance)(unsafe.Pointer(&instance)), check("vkCreateInstance", vulkan.Result(r))
}

// messageLog holds the messages of the validation layer in C memory until take.
type messageLog struct{ c *C.igs_log }

func newMessageLog() *messageLog { return &messageLog{C.igs_log_new()} }

// take returns the messages since the last take, oldest first.
func (l *messageLog) take() []string {
	var list []string
	for m := C.igs_log_take(l.c); m != nil; {
		list = append(list, C.GoString((*C.char)(unsafe.Add(unsafe.Pointer(m), C.sizeof_igs_message))))
		next := m.next
		C.free(unsafe.Pointer(m))
		m = next
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

func (l *messageLog) free() { C.igs_log_free(l.c) }

func createMessenger(lookup unsafe.Pointer, instance vulkan.Instance, log *messageLog) (uint64, error) {
	var out C.uint64_t
	r := C.igs_create_messenger(lookup, object(instance), log.c, &out)
	return uint64(out), check("vkCreateDebugUtilsMessengerEXT", vulkan.Result(r))
}

func destroyMessenger(lookup unsafe.Pointer, instance vulkan.Instance, messenger uint64) {
	C.igs_destroy_messenger(lookup, object(instance), C.uint64_t(messenger))
}

// rawFacts is igs_facts of call.h with Go types.
type rawFacts struct {
	subgroup                                int
	maxAllocation                           int64
	driver                                  string
	uuids                                   [2][16]byte // of the device, of the driver
	storage16, float16, float64, int64, i16 bool
	types                                   []memoryType
	heaps                                   []memoryHeap
	families                                []queueFamily
}

type memoryType struct {
	flags vulkan.MemoryPropertyFlagBits
	heap  int
}

type memoryHeap struct {
	local               bool
	size, budget, usage int64
}

type queueFamily struct {
	flags         vulkan.QueueFlagBits
	timestampBits int
}

func readFacts(physical vulkan.PhysicalDevice, hasDriver, hasFloat16, hasBudget bool) rawFacts {
	var c C.igs_facts
	C.igs_read_facts(object(physical), flag(hasDriver), flag(hasFloat16), flag(hasBudget), &c)
	f := rawFacts{
		subgroup: int(c.subgroup_size), maxAllocation: int64(min(c.max_allocation, 1<<62)),
		storage16: c.storage16 != 0, float16: c.float16 != 0, float64: c.float64 != 0,
		int64: c.int64 != 0, i16: c.int16 != 0,
	}
	f.driver = C.GoString(&c.driver_name[0])
	if info := C.GoString(&c.driver_info[0]); info != "" {
		f.driver += " " + info
	}
	for i := range f.uuids {
		copy(f.uuids[i][:], C.GoBytes(unsafe.Pointer(&c.uuids[i]), C.int(len(f.uuids[i]))))
	}
	for i := range min(int(c.type_count), len(c.type_flags)) {
		f.types = append(f.types, memoryType{vulkan.MemoryPropertyFlagBits(c.type_flags[i]), int(c.type_heap[i])})
	}
	for i := range min(int(c.heap_count), len(c.heap_flags)) {
		f.heaps = append(f.heaps, memoryHeap{
			local: c.heap_flags[i]&1 != 0, size: int64(c.heap_size[i]),
			budget: int64(c.heap_budget[i]), usage: int64(c.heap_usage[i]),
		})
	}
	for i := range int(c.family_count) {
		f.families = append(f.families, queueFamily{vulkan.QueueFlagBits(c.family_flags[i]), int(c.family_timestamp_bits[i])})
	}
	return f
}

func flag(on bool) C.int {
	if on {
		return 1
	}
	return 0
}

// createDevice creates a device with the features that f lists enabled.
func createDevice(physical vulkan.PhysicalDevice, family int, f rawFacts, extensions []string) (vulkan.Device, error) {
	list, free := cStrings(extensions)
	defer free()
	on := C.igs_facts{
		storage16: C.uint32_t(flag(f.storage16)), float16: C.uint32_t(flag(f.float16)),
		float64: C.uint32_t(flag(f.float64)), int64: C.uint32_t(flag(f.int64)), int16: C.uint32_t(flag(f.i16)),
	}
	var out unsafe.Pointer
	r := C.igs_create_device(object(physical), C.uint32_t(family), &on, list, C.uint32_t(len(extensions)), &out)
	return *(*vulkan.Device)(unsafe.Pointer(&out)), check("vkCreateDevice", vulkan.Result(r))
}
