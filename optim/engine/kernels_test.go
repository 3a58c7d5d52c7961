package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/memory"
	"igs/vk"
)

// Lists the kernels that training builds on a GPU, with their constants: for pictures of 3 and 4 channels, in float32
// and float16, with both recipes. It needs no device. scripts/kernelstats.sh sets IGS_KERNEL_LIST, the file to which
// the list is written, and compiles the kernels of the list.
func TestKernelsOfAGPU(t *testing.T) {
	var jobs []string
	seen := map[string]bool{}
	for _, channels := range []int{3, 4} {
		for _, half := range []bool{false, true} {
			for _, frame := range []bool{false, true} {
				for _, gamma := range []float64{1, 2.2} {
					s := memory.Shape{W: 2048, H: 2048, C: channels, Splats: 10_000, Depth: 8, Half: half, Pointwise: frame, Frame: frame, Rounds: frame, Quantized: frame}
					for _, job := range listed(t, s, gamma) {
						if !seen[job] {
							seen[job] = true
							jobs = append(jobs, job)
						}
					}
				}
			}
		}
	}
	if len(jobs) < 40 {
		t.Errorf("%d kernels", len(jobs))
	}
	if to := os.Getenv("IGS_KERNEL_LIST"); to != "" {
		if err := os.WriteFile(to, []byte(strings.Join(jobs, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// listed returns the kernels for a shape: name/channels/format, file, constants.
func listed(t *testing.T, s memory.Shape, gamma float64) (jobs []string) {
	t.Helper()
	info := vk.Info{Kind: vk.Discrete, MaxStorageRange: 1 << 31, MaxAllocation: 1 << 31, MaxTexelElements: 1 << 27, MaxInvocations: 1024, SharedBytes: 32 << 10}
	set := SetupFor(info, 10)
	set.Gamma = gamma
	plan, err := memory.Choose(memory.Request{Shape: s, Pairs: 200_000}, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	format := "float32"
	if s.Half {
		format = "float16"
	}
	m := newMaker(nil, plan, set)
	m.list = func(name string, constants []uint32) {
		file, err := filepath.Abs(filepath.Join("../../shaders/spv", name+".spv"))
		if err != nil {
			t.Fatal(err)
		}
		jobs = append(jobs, fmt.Sprintf("%s/%d/%s %s %s", name, s.C, format, file, strings.Trim(fmt.Sprint(constants), "[]")))
	}
	for _, p := range new(Engine).trainingPasses(s) {
		if err := p.build(m); err != nil {
			t.Fatal(err)
		}
	}
	return jobs
}
