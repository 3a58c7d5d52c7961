package vk

import (
	"math"
	"testing"

	vulkan "github.com/vulkan-go/vulkan"
)

func TestMemoryType(t *testing.T) {
	const (
		lazy   = vulkan.MemoryPropertyFlagBits(0x10)
		vendor = vulkan.MemoryPropertyFlagBits(0x40) // device-coherent, AMD
		all    = math.MaxUint32
	)
	facts := func(flags ...vulkan.MemoryPropertyFlagBits) rawFacts {
		var f rawFacts
		for _, x := range flags {
			f.types = append(f.types, memoryType{flags: x})
		}
		return f
	}
	lavapipe := facts(local | coherent | cached)
	// NVIDIA: a type for nothing, device, host, host cached, and the window.
	discrete := facts(0, local, coherent, coherent|cached, local|coherent)
	amd := facts(local|vendor, local, coherent, coherent|cached|vendor, coherent|cached)
	cases := []struct {
		name    string
		facts   rawFacts
		allowed uint32
		use     Use
		want    int
	}{
		{"one type", lavapipe, all, DeviceLocal, 0},
		{"one type", lavapipe, all, Upload, 0},
		{"one type", lavapipe, all, Readback, 0},
		{"discrete", discrete, all, DeviceLocal, 1},
		{"discrete", discrete, all, Upload, 2},
		{"discrete", discrete, all, Readback, 3},
		{"not allowed", discrete, 1 << 4, DeviceLocal, 4},
		{"not allowed", discrete, 1<<4 | 1<<2, Readback, 2},
		{"vendor types", amd, all, DeviceLocal, 1},
		{"vendor types", amd, all, Readback, 4},
		{"lazy", facts(local|lazy, local), all, DeviceLocal, 1},
	}
	for _, c := range cases {
		if got, err := c.facts.memoryType(c.allowed, c.use); err != nil || got != c.want {
			t.Errorf("%s, use %d: type %d, %v; want %d", c.name, c.use, got, err, c.want)
		}
	}
	if got, err := facts(local).memoryType(all, Upload); err == nil {
		t.Errorf("upload without mappable memory: type %d", got)
	}
}

func TestElapsed(t *testing.T) {
	if got := elapsed(10, 25, 64); got != 15 {
		t.Errorf("%d ticks, want 15", got)
	}
	if got := elapsed(1<<36-5, 10, 36); got != 15 { // the counter wrapped
		t.Errorf("%d ticks over the wrap, want 15", got)
	}
}
