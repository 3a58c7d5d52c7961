package main

import (
	"errors"
	"strings"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
)

const mib = 1 << 20

// samplePlan is of three runs: as asked, as it must be, and one that fits in no way.
func samplePlan() *jobPlan {
	run := func(name string, gaussians int) configs.Run {
		return configs.Run{Name: name, Image: "in/" + name + ".png", Gaussians: gaussians, Steps: 5000}
	}
	stored := way{"float16, stored", 200 * mib, []group{{"pixels", 120 * mib}, {"target", 79 * mib}, {"control", mib}}, false}
	banded := way{"float16, recompute in bands of 64 rows", 90 * mib, []group{{"pixels", 10 * mib}, {"target", 79 * mib}, {"control", mib}}, true}
	small := way{"float16, stored", 20 * mib, []group{{"pixels", 12 * mib}, {"target", 8 * mib}}, true}
	large := way{"float16, recompute in bands of 16 rows", 999 * mib, nil, false}
	return &jobPlan{
		device: planFor{info: vk.Info{Index: 1, Name: "a card", LocalBytes: 2048 * mib, FreeBytes: 1024 * mib}}, budget: 96 * mib, budgetFrom: "job.toml:9",
		runs: []planned{
			{run: run("cat", 500), picture: size(640, 480, 3, 8), chosen: small, ways: []way{small}, host: 12 * mib, disk: 3 * mib, video: 5 * mib, seconds: 60},
			{run: run("city", 30_000), picture: size(3840, 2160, 3, 8), chosen: banded, ways: []way{stored, banded}, why: "as asked it takes 200 MiB", host: 40 * mib, disk: 70 * mib, video: 9 * mib, seconds: 600},
			{run: run("sea", 70), picture: size(64, 48, 1, 16), chosen: large, host: mib, disk: mib, video: mib, err: fault.New(fault.OutOfMemory, "give it 999 MiB", "the plan does not fit")},
		},
	}
}

func TestPlanIsReadable(t *testing.T) {
	var out strings.Builder
	samplePlan().write(&out)
	want := `device   1, a card: 1.0 GiB free of 2.0 GiB
budget   96 MiB, from job.toml:9

  run          picture  splats  steps   device     host     disk    time  trained as
  cat     640 × 480 px     500   5000   20 MiB   12 MiB  3.0 MiB   1m00s  float16, stored
  city  3840 × 2160 px   30000   5000   90 MiB   40 MiB   70 MiB  10m00s  float16, recompute in bands of 64 rows
  sea       64 × 48 px      70   5000  999 MiB  1.0 MiB  1.0 MiB       –  too large even as float16, recompute in bands of 16 rows

device memory of the ways to train city, in the order in which they are tried:

         all   pixels  target   others
     200 MiB  120 MiB  79 MiB  1.0 MiB  float16, stored (too large)
  *   90 MiB   10 MiB  79 MiB  1.0 MiB  float16, recompute in bands of 64 rows

city: as asked it takes 200 MiB

in all   3 runs of 3 pictures
disk     74 MiB at most; the frames of training videos take about 15 MiB more until those are made
time     about 11m00s, without what does not fit
`
	if got := out.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestPlanWithoutDeviceOrBudgetSaysSo(t *testing.T) {
	for want, device := range map[string]planFor{
		"device   none, so this is a plan for the least that Vulkan promises: bindings of 128 MiB\nbudget   none; ": {missing: errors.New("no device"), info: vk.Info{MaxStorageRange: leastBinding}},
		"device   0, x: 1.0 GiB, and it does not say how much is free\nbudget   922 MiB, to leave some to others; ": {info: vk.Info{Name: "x", LocalBytes: 1 << 30}},
		"device   0, x: 512 MiB free of 1.0 GiB\nbudget   what is free; ":                                           {info: vk.Info{Name: "x", LocalBytes: 1 << 30, FreeBytes: 1 << 29}},
	} {
		s := samplePlan()
		s.device, s.budget = device, 0
		var out strings.Builder
		if s.write(&out); !strings.HasPrefix(out.String(), want) {
			t.Errorf("got %s\nwant %s", out.String(), want)
		}
	}
}

func TestUnfitIsTheLargest(t *testing.T) {
	s := samplePlan()
	err := s.unfit()
	if err == nil || err.Error() != "sea: the plan does not fit" || fault.Code(err) != fault.OutOfMemory || fault.Hint(err) != "give it 999 MiB" {
		t.Errorf("%v, code %d, hint %q", err, fault.Code(err), fault.Hint(err))
	}
	s.runs[0].err = errors.New("small")
	if err := s.unfit(); err == nil || err.Error() != "2 of 3 runs do not fit, the largest is sea: the plan does not fit" {
		t.Error(err)
	}
	s.runs = s.runs[1:2]
	if err := s.unfit(); err != nil {
		t.Error(err)
	}
}

// A splat takes on disk no more than planned, and not much less.
func TestDiskOfAModel(t *testing.T) {
	bits := splat.Bits{XY: 12, Scale: 16, Rot: 32, Feat: 8}
	written := func(n int) int64 {
		s, _ := reference.RandomScene(7, 40, 30, n, 3)
		size, err := splat.FileBytes(&splat.Model{Splats: s, W: 10, H: 10, Layers: splat.Plain(s.C, 8), Gamma: 1, Bits: bits, TopK: 10, Recipe: "paper", Version: version})
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

func size(w, h, c, depth int) imageio.Size { return imageio.Size{W: w, H: h, C: c, Depth: depth} }
