package session

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
)

const mib = 1 << 20

// samplePlan has three runs: one fits as its settings ask, one fits in another way, and one does not fit.
func samplePlan() *Plan {
	run := func(name string, gaussians int) configs.Run {
		return configs.Run{Name: name, Image: "in/" + name + ".png", Gaussians: gaussians, Steps: 5000}
	}
	stored := PlanCandidate{"float16, stored", 200 * mib, []BufferGroup{{"pixels", 120 * mib}, {"target", 79 * mib}, {"control", mib}}, false}
	banded := PlanCandidate{"float16, recompute in bands of 64 rows", 90 * mib, []BufferGroup{{"pixels", 10 * mib}, {"target", 79 * mib}, {"control", mib}}, true}
	small := PlanCandidate{"float16, stored", 20 * mib, []BufferGroup{{"pixels", 12 * mib}, {"target", 8 * mib}}, true}
	large := PlanCandidate{"float16, recompute in bands of 16 rows", 999 * mib, nil, false}
	return &Plan{
		Device: PlanDevice{Info: vk.Info{Index: 1, Name: "a card", LocalBytes: 2048 * mib, FreeBytes: 1024 * mib}}, Budget: 96 * mib, BudgetFrom: "job.toml:9",
		Runs: []PlannedRun{
			{Run: run("cat", 500), Picture: size(640, 480, 3, 8), Chosen: small, Candidates: []PlanCandidate{small}, Host: 12 * mib, Disk: 3 * mib, Video: 5 * mib, Seconds: 60},
			{Run: run("city", 30_000), Picture: size(3840, 2160, 3, 8), Chosen: banded, Candidates: []PlanCandidate{stored, banded}, Why: "as asked it takes 200 MiB", Host: 40 * mib, Disk: 70 * mib, Video: 9 * mib, Seconds: 600},
			{Run: run("sea", 70), Picture: size(64, 48, 1, 16), Chosen: large, Host: mib, Disk: mib, Video: mib, Err: fault.New(fault.OutOfMemory, "give it 999 MiB", "the plan does not fit")},
		},
	}
}

func TestUnfitIsTheLargest(t *testing.T) {
	s := samplePlan()
	err := s.Unfit()
	if err == nil || err.Error() != "sea: the plan does not fit" || fault.Code(err) != fault.OutOfMemory || fault.Hint(err) != "give it 999 MiB" {
		t.Errorf("%v, code %d, hint %q", err, fault.Code(err), fault.Hint(err))
	}
	s.Runs[0].Err = errors.New("small")
	if err := s.Unfit(); err == nil || err.Error() != "2 of 3 runs do not fit, the largest is sea: the plan does not fit" {
		t.Error(err)
	}
	s.Runs = s.Runs[1:2]
	if err := s.Unfit(); err != nil {
		t.Error(err)
	}
}

// A splat takes at most the planned disk space, and not much less.
func TestDiskOfAModel(t *testing.T) {
	bits := splat.Bits{XY: 12, Scale: 16, Rot: 32, Feat: 8}
	written := func(n int) int64 {
		s, _ := reference.RandomScene(7, 40, 30, n, 3)
		size, err := splat.FileBytes(&splat.Model{Splats: s, W: 10, H: 10, Layers: splat.Plain(s.C, 8), Gamma: 1, Bits: bits, TopK: 10, Recipe: "paper", Version: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return size
	}
	planned := func(n int) int64 {
		run := configs.Run{Gaussians: n, Steps: 100, Settings: configs.Default().Settings}
		run.Quantize = configs.Quantize{Enabled: true, PosBits: bits.XY, ScaleBits: bits.Scale, RotBits: bits.Rot, FeatBits: bits.Feat}
		return diskBytes(size(10, 10, 3, 8), run)
	}
	if got, want := planned(2000)-planned(1000), written(2000)-written(1000); want > got || want < got*7/10 {
		t.Errorf("1000 splats take %d bytes, planned are %d", want, got)
	}
	if one, two := diskBytes(size(100, 100, 3, 8), configs.Run{Steps: 1, Settings: configs.Default().Settings}), diskBytes(size(100, 100, 3, 16), configs.Run{Steps: 1, Settings: configs.Default().Settings}); two-one != 2*30_000 {
		t.Errorf("8 bits more of render and target take %d bytes more, not 60000", two-one)
	}
}

func TestFramesOfAVideo(t *testing.T) {
	run := configs.Run{Steps: 500, Settings: configs.Default().Settings}
	if bytes := videoBytes(size(100, 100, 3, 8), run); bytes != 0 {
		t.Errorf("no video takes %d bytes", bytes)
	}
	run.Video.Enabled = true
	if got, want := videoBytes(size(100, 100, 3, 8), run), int64(12*(0.4*100*100+noteBytes)); got != want {
		t.Errorf("%d bytes, want 12 frames of 100 × 100 px: %d", got, want)
	}
	inMemory := run
	inMemory.Video.SaveToDisk = false
	if bytes := videoBytes(size(100, 100, 3, 8), inMemory); bytes != 0 {
		t.Errorf("frames in memory take %d bytes of the disk", bytes)
	}
	if got, want := videoBytes(size(10_000, 5_000, 3, 8), run), int64(12*(0.4*960*480+noteBytes)); got != want {
		t.Errorf("%d bytes, want 12 frames of 960 × 480 px: %d", got, want)
	}
}

// The hint of a picture with too few pixels names a number of splats that works.
func TestFewerSplats(t *testing.T) {
	for pixels, want := range map[int]string{1: "sweep.gaussians=1,", 49: "sweep.gaussians=1,", 500: "sweep.gaussians=10,"} {
		if m := crowded(configs.Run{Gaussians: 5000}, pixels); !strings.Contains(m.Hint, want) {
			t.Errorf("%d pixels: %q", pixels, m.Hint)
		}
	}
}

func size(w, h, c, depth int) imageio.Size { return imageio.Size{W: w, H: h, C: c, Depth: depth} }

// The plan of a large picture has the stages of its run, and its memory is that of the largest.
func TestPlanHasStages(t *testing.T) {
	run := configs.Run{Name: "test", Gaussians: 20_000, Steps: 100, Settings: configs.Default().Settings}
	on := engine.PlatformOf(vk.Info{MaxStorageRange: 1 << 30, MaxAllocation: 1 << 30, MaxTexelElements: 1 << 27})
	p := planOf(on, imageio.Size{W: 3840, H: 2160, C: 3, Depth: 8}, run, hostPlan{})
	var found [][3]int
	most := int64(0)
	for _, s := range p.Stages {
		found = append(found, [3]int{s.Stride, s.From, s.To})
		most = max(most, s.Bytes)
	}
	if !slices.Equal(found, [][3]int{{4, 1, 83}, {2, 84, 100}, {1, 0, 0}}) || p.Chosen.Bytes != most {
		t.Errorf("stages %v, the largest with %d bytes; the plan has %d", found, most, p.Chosen.Bytes)
	}
	if p := planOf(on, imageio.Size{W: 768, H: 512, C: 3, Depth: 8}, run, hostPlan{}); p.Stages != nil {
		t.Errorf("a small picture has stages: %+v", p.Stages)
	}
}
