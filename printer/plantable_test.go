package printer

import (
	"errors"
	"strings"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/session"
	"igs/vk"
)

const mib = 1 << 20

// samplePlan has three runs: one fits as its settings ask, one fits in another way, and one does not fit.
func samplePlan() *session.Plan {
	run := func(name string, gaussians int) configs.Run {
		return configs.Run{Name: name, Image: "in/" + name + ".png", Gaussians: gaussians, Steps: 5000}
	}
	stored := session.PlanCandidate{Name: "float16, stored", Bytes: 200 * mib, Groups: []session.BufferGroup{{Name: "pixels", Bytes: 120 * mib}, {Name: "target", Bytes: 79 * mib}, {Name: "control", Bytes: mib}}, Fits: false}
	banded := session.PlanCandidate{Name: "float16, recompute in bands of 64 rows", Bytes: 90 * mib, Groups: []session.BufferGroup{{Name: "pixels", Bytes: 10 * mib}, {Name: "target", Bytes: 79 * mib}, {Name: "control", Bytes: mib}}, Fits: true}
	small := session.PlanCandidate{Name: "float16, stored", Bytes: 20 * mib, Groups: []session.BufferGroup{{Name: "pixels", Bytes: 12 * mib}, {Name: "target", Bytes: 8 * mib}}, Fits: true}
	large := session.PlanCandidate{Name: "float16, recompute in bands of 16 rows", Bytes: 999 * mib, Groups: nil, Fits: false}
	return &session.Plan{
		Device: session.PlanDevice{Info: vk.Info{Index: 1, Name: "a card", LocalBytes: 2048 * mib, FreeBytes: 1024 * mib}}, Budget: 96 * mib, BudgetFrom: "job.toml:9",
		Devices: 2, Jobs: 3, AtOnce: 270 * mib, Beside: 300 * mib, Ahead: 30 * mib,
		Runs: []session.PlannedRun{
			{Run: run("cat", 500), Picture: planSize(640, 480, 3, 8), Chosen: small, Candidates: []session.PlanCandidate{small}, Host: 12 * mib, Disk: 3 * mib, Video: 5 * mib, Seconds: 60},
			{Run: run("city", 30_000), Picture: planSize(3840, 2160, 3, 8), Chosen: banded, Candidates: []session.PlanCandidate{stored, banded}, Why: "as asked it takes 200 MiB", Host: 40 * mib, Disk: 70 * mib, Video: 9 * mib, Seconds: 600},
			{Run: run("sea", 70), Picture: planSize(64, 48, 1, 16), Chosen: large, Host: mib, Disk: mib, Video: mib, Err: fault.New(fault.OutOfMemory, "give it 999 MiB", "the plan does not fit")},
		},
	}
}

// flags stands for the words of the command line.
func flags(hint string) string { return strings.ReplaceAll(hint, "memory.budget", "--memory-budget") }

func TestPlanIsReadable(t *testing.T) {
	var out strings.Builder
	planPage{samplePlan(), 0, flags}.write(&out, true)
	want := `device   1, a card: 1.0 GiB free of 2.0 GiB
budget   96 MiB, from job.toml:9

  run          picture  splats  steps   device     host     disk    time  trained as
  cat     640 × 480 px     500   5000   20 MiB   12 MiB  3.0 MiB   1m00s  float16, stored
  city  3840 × 2160 px   30000   5000   90 MiB   40 MiB   70 MiB  10m00s  float16, recompute in bands of 64 rows
  sea       64 × 48 px      70   5000  999 MiB  1.0 MiB  1.0 MiB       –  does not fit even as float16, recompute in bands of 16 rows

device memory of the ways to train city, in the order in which igs tries them (* = the one that it takes):

         all   pixels  target   others
     200 MiB  120 MiB  79 MiB  1.0 MiB  float16, stored (does not fit)
  *   90 MiB   10 MiB  79 MiB  1.0 MiB  float16, recompute in bands of 64 rows

stored: the whole picture stays on the device; recompute: only a band of rows stays there

city: as asked it takes 200 MiB

in all   3 runs of 3 pictures
at once  3 runs on each of 2 devices: at most 270 MiB of device memory each
files    of a run are written while the next one trains; that takes up to 300 MiB more of host memory
reading  of the next picture goes on while a run trains; that takes up to 30 MiB more of host memory
disk     74 MiB at most; frames take about 15 MiB more until the training videos are made
time     about 5m30s, without the runs that do not fit, with 2 devices as fast as this one
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A run with a target has no number of splats of its own, in flat layout too.
func TestPlanOfTargetsInFlatLayout(t *testing.T) {
	plan := &session.Plan{Batches: []session.PlannedBatch{{Picture: planSize(32, 32, 3, 8), Run: configs.Run{Gaussians: 102, Free: true, Steps: 20}, Pictures: 3, Together: 1}}}
	var out strings.Builder
	planPage{plan, 0, flags}.write(&out, false)
	if !strings.Contains(out.String(), "≤ 102") {
		t.Errorf("got\n%s", out.String())
	}
}

func TestPlanWithoutDeviceOrBudgetSaysSo(t *testing.T) {
	for want, device := range map[string]session.PlanDevice{
		"device   none; this plan is for the limits that every Vulkan device has: bindings of 128 MiB\nbudget   none; ":             {Missing: errors.New("no device"), Info: vk.Info{MaxStorageRange: 128 << 20}},
		"device   0, x: 1.0 GiB; how much of it is free is unknown\nbudget   922 MiB, which leaves some memory to other programs; ": {Info: vk.Info{Name: "x", LocalBytes: 1 << 30}},
		"device   0, x: 512 MiB free of 1.0 GiB\nbudget   the free memory; ":                                                        {Info: vk.Info{Name: "x", LocalBytes: 1 << 30, FreeBytes: 1 << 29}},
	} {
		s := samplePlan()
		s.Device, s.Budget = device, 0
		var out strings.Builder
		if (planPage{s, 0, flags}).write(&out, true); !strings.HasPrefix(out.String(), want) {
			t.Errorf("got %s\nwant %s", out.String(), want)
		}
	}
}

func planSize(w, h, c, depth int) imageio.Size { return imageio.Size{W: w, H: h, C: c, Depth: depth} }

// A run whose steps look at different pixels has a line with its stages, and JSON has them too.
func TestPlanShowsStages(t *testing.T) {
	s := samplePlan()
	strided := session.PlanCandidate{Name: "stride 4: float16, stored, target streamed", Bytes: 20 * mib, Fits: true}
	s.Runs[1].Stages = []session.PlannedStage{{Stride: 4, From: 1, To: 4150, PlanCandidate: strided}, {Stride: 1, PlanCandidate: s.Runs[1].Chosen}}
	var out strings.Builder
	planPage{s, 0, flags}.write(&out, false)
	want := "\ncity: steps 1 to 4150 take 20 MiB (stride 4: float16, stored, target streamed); evaluations take 90 MiB (float16, recompute in bands of 64 rows)\n"
	if got := out.String(); strings.Count(got, want) != 1 || strings.Count(got, "steps 1 to") != 1 {
		t.Errorf("got\n%s\nwant the line%s", got, want)
	}
	got := plannedOf(s, s.Runs[1]).Stages
	if len(got) != 2 || got[0] != (stage{4, 1, 4150, strided.Name, 20 * mib}) || got[1].To != 0 {
		t.Errorf("%+v", got)
	}
}
