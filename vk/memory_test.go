package vk

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"igs/shaders"

	vulkan "github.com/vulkan-go/vulkan"
)

func TestMemoryType(t *testing.T) {
	const (
		lazy   = vulkan.MemoryPropertyFlagBits(0x10)
		vendor = vulkan.MemoryPropertyFlagBits(0x40)  // device-coherent, AMD
		rdma   = vulkan.MemoryPropertyFlagBits(0x100) // NVIDIA
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
	// NVIDIA: a type without properties, device, host, host cached, and device memory that the host can map.
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
		{"RDMA when there is no other", facts(local|lazy, local|vendor, local|rdma, coherent|rdma), all, DeviceLocal, 2},
		{"RDMA when there is no other", facts(local|rdma, coherent|rdma), all, Upload, 1},
		{"other memory before RDMA", facts(local|rdma, coherent, local|coherent), all, DeviceLocal, 2},
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

func TestQueueFamily(t *testing.T) {
	const compute, draw, transfer = vulkan.QueueComputeBit, vulkan.QueueGraphicsBit, vulkan.QueueTransferBit
	facts := func(q ...queueFamily) rawFacts { return rawFacts{families: q} }
	for _, c := range []struct {
		name           string
		facts          rawFacts
		want, graphics int
	}{
		{"one", facts(queueFamily{compute | draw, 64}), 0, 0},
		{"NVIDIA", facts(queueFamily{compute | draw | transfer, 64}, queueFamily{transfer, 64}, queueFamily{compute | transfer, 64}), 2, 0},
		{"compute first", facts(queueFamily{compute, 64}, queueFamily{compute | draw, 64}), 0, 1},
		{"no time on the other", facts(queueFamily{compute | draw, 36}, queueFamily{compute, 0}), 0, 0},
		{"no time on any", facts(queueFamily{compute, 0}, queueFamily{compute | draw, 0}), 1, 1},
		{"no drawing", facts(queueFamily{transfer, 64}, queueFamily{compute, 0}), 1, 1},
		{"no computing", facts(queueFamily{draw, 64}, queueFamily{transfer, 64}), -1, -1},
	} {
		if got := c.facts.queueFamily(false); got != c.want {
			t.Errorf("%s: family %d, want %d", c.name, got, c.want)
		}
		if got := c.facts.queueFamily(true); got != c.graphics {
			t.Errorf("%s: family %d with graphics, want %d", c.name, got, c.graphics)
		}
	}
}

func TestLimitsThatAreMissing(t *testing.T) {
	for _, c := range []struct {
		buffers, invocations uint32
		want                 string
	}{{4, 1024, "9 storage buffers"}, {8, 256, "9 storage buffers"}, {9, 128, "256 invocations"}, {9, 256, ""}, {1 << 20, 1024, ""}} {
		var i Info
		i.setLimits(vulkan.PhysicalDeviceLimits{MaxPerStageDescriptorStorageBuffers: c.buffers, MaxComputeWorkGroupInvocations: c.invocations})
		i.setFacts(rawFacts{families: []queueFamily{{vulkan.QueueComputeBit, 64}}})
		if !strings.Contains(i.Missing, c.want) || c.want == "" && i.Missing != "" {
			t.Errorf("%+v: %q is missing", c, i.Missing)
		}
	}
	var i Info
	i.setLimits(vulkan.PhysicalDeviceLimits{MaxPerStageDescriptorStorageBuffers: 9, MaxComputeWorkGroupInvocations: 256})
	if i.setFacts(rawFacts{families: []queueFamily{{vulkan.QueueGraphicsBit, 64}}}); i.Missing != "a compute queue" {
		t.Errorf("no compute queue: %q is missing", i.Missing)
	}
}

// The requirements on a device are the needs of the kernels.
func TestKernelsWantNoMoreThanIsAsked(t *testing.T) {
	most := 0
	binaries, err := filepath.Glob("../shaders/spv/*.spv")
	if err != nil || len(binaries) == 0 {
		t.Fatalf("%d kernels, %v", len(binaries), err)
	}
	for _, binary := range binaries {
		name := strings.TrimSuffix(filepath.Base(binary), ".spv")
		k, err := shaders.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, b := range k.Bindings {
			if b.Storage {
				n++
			}
		}
		most = max(most, n)
		if s := k.Size(); s[0]*s[1]*s[2] > invocations {
			t.Errorf("kernel %s has workgroups of %v, %d invocations are required of a device", name, s, invocations)
		}
	}
	if most != storageBuffers {
		t.Errorf("kernels bind up to %d storage buffers, %d are required of a device", most, storageBuffers)
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
