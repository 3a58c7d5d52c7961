package selfcheck

import (
	"context"
	"slices"
	"strings"
	"testing"

	"igs/configs"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// A step agrees with the reference for every tuning that the tuner can choose, with the windows of SSIM and, if the
// knob changes that kernel, without them.
func TestEveryTuningAgreesWithReference(t *testing.T) {
	vktest.Long(t)
	dev := vktest.Open(t)
	p, target := reference.RandomScene(1, 77, 22, 40, 3)
	withSSIM, without := pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1}), pose(p, target, reference.LossWeights{L2: 1})
	seen := map[string]bool{}
	for _, k := range engine.Knobs {
		for _, value := range k.Values {
			tuning, err := k.Try(engine.GPU, value)
			if err != nil || settingOf(tuning, k.Name) != value {
				t.Fatalf("%s=%s: %v, it is %s", k.Name, value, err, settingOf(tuning, k.Name))
			}
			name := tuning.String()
			if back, err := (engine.Tuning{}).Parse(name); err != nil || back != tuning {
				t.Fatalf("%s is read as %s, %v", name, back, err)
			}
			if seen[name] || tuning.Fits(dev.Info()) != nil {
				continue
			}
			seen[name] = true
			for _, pointwise := range []bool{false, true} {
				if pointwise && k.Name != "pixels" && k.Name != "texel" {
					continue
				}
				set, request := engine.Platform{Info: dev.Info(), Tuning: tuning}.Setup(10), engine.RequestFor(target, p)
				request.Shape.Pointwise = pointwise
				step := withSSIM
				if pointwise {
					step = without
				}
				plan, err := memory.Choose(request, set.Limits)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := step.compare(dev, plan, set)
				if err != nil {
					t.Fatal(name, err)
				}
				for _, row := range rows {
					if !row.OK {
						t.Errorf("%s: %s is %.3g off, limit %.3g", name, row.What, row.Error, row.Limit)
					}
				}
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("%d tunings were tried", len(seen))
	}
}

// Tune returns the best trial and tries each tuning once. A cancelled context ends it.
func TestTune(t *testing.T) {
	vktest.Long(t)
	tryOnly(t, "pixels", "texel", "strip")
	dev := vktest.Open(t)
	_, target := reference.RandomScene(1, 48, 40, 60, 3)
	job := configs.Default()
	if err := job.FillRecipe(); err != nil {
		t.Fatal(err)
	}
	work := Work{Target: target.Samples(8), Run: configs.Run{Name: "tune", Gaussians: 60, Steps: 9, Settings: job.Settings}, Steps: 1, Tuning: engine.GPU}
	work.Run.Memory.UseAMP = false // as in TestEveryTuningAgreesWithReference, so that both have the same kernels
	var best []Trial
	tried := map[string]int{}
	report, err := Tune(context.Background(), dev, work, func(one Trial) {
		tried[one.Knob]++
		if one.Best {
			best = append(best, one)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	texels := engine.GPU
	texels.Texel = true // the texel buffers of some devices are too small
	if tried[""] != 1 || tried["pixels"] == 0 || (tried["texel"] > 0) != (texels.Fits(dev.Info()) == nil) || tried["strip"] != 0 {
		t.Errorf("tried %v", tried)
	}
	last := best[len(best)-1]
	if report.Milliseconds > report.First || last.Milliseconds < report.Milliseconds {
		t.Errorf("%+v, the last that was best %+v", report, last)
	}
	for _, k := range engine.Knobs {
		if k.Name == last.Knob && settingOf(report.Best, k.Name) != last.Value {
			t.Errorf("%s, though %s=%s was best", report.Best, last.Knob, last.Value)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Tune(stopped, dev, work, func(Trial) {}); err == nil {
		t.Error("an interruption went unheard")
	}
}

// tryOnly leaves values to try to these knobs alone. The best tuning so far depends on noise, and each new pair of it and
// a value is a set of kernels to compile. TestEveryTuningAgreesWithReference compiles the values of all knobs.
func tryOnly(t *testing.T, knobs ...string) {
	before := slices.Clone(engine.Knobs)
	t.Cleanup(func() { copy(engine.Knobs, before) })
	for i, k := range engine.Knobs {
		if !slices.Contains(knobs, k.Name) {
			engine.Knobs[i].Values = nil
		}
	}
}

// settingOf returns the value of a knob in a tuning.
func settingOf(t engine.Tuning, knob string) string {
	for part := range strings.SplitSeq(t.String(), ",") {
		if value, ok := strings.CutPrefix(part, knob+"="); ok {
			return value
		}
	}
	return ""
}
