package optim

import (
	"context"
	"math"
	"reflect"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/golden"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// shortRun is a run of 30 steps that adds splats twice.
func shortRun() configs.Run {
	j := configs.Default()
	j.Recipe = "paper"
	if err := j.FillRecipe(); err != nil {
		panic(err)
	}
	run := configs.Run{Name: "test", Image: "test.png", Gaussians: 120, Steps: 30, Settings: j.Settings}
	run.Train.EvalEvery = 5
	run.Progressive.AddSteps, run.Progressive.AddTimes = 8, 2
	run.Quantize.Loss = 0 // the splats at the end are those of the last step
	return run
}

// train runs to the end and returns splats, evaluations without clocks, and the result.
func train(t *testing.T, dev *vk.Device, run configs.Run, prepare func(*Trainer)) (*splat.Splats, []event.Evaluated, Result) {
	t.Helper()
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	var rows []event.Evaluated
	tr, err := New(dev, target.Samples(8), run, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
			e.RenderTime, e.TotalTime, e.DeviceBytes = 0, 0, 0
			rows = append(rows, e)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if prepare != nil {
		prepare(tr)
	}
	result, err := tr.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p, err := tr.Splats()
	if err != nil {
		t.Fatal(err)
	}
	return p, rows, result
}

func TestTrainingImprovesAndReportsWhatMetricMeasures(t *testing.T) {
	dev := vktest.Open(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	var psnr []float64
	var last event.Evaluated
	var densified []event.Densified
	tr, err := New(dev, target.Samples(8), shortRun(), func(e event.Event) {
		switch e := e.(type) {
		case event.Evaluated:
			psnr, last = append(psnr, e.PSNR), e
		case event.Densified:
			densified = append(densified, e)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(psnr) != 6 || psnr[5] < psnr[0]+1 {
		t.Errorf("PSNR at evaluations: %.2f", psnr)
	}
	want := []event.Densified{{Step: 8, Added: 30, Splats: 90}, {Step: 16, Added: 30, Splats: 120}}
	if !reflect.DeepEqual(densified, want) {
		t.Errorf("additions %+v, want %+v", densified, want)
	}
	m := imageio.New(30, 23, 3)
	if err := tr.Rows().Each(func(y int, row [][]float32) error {
		for c, line := range row {
			copy(m.Plane(c)[y*30:], line)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if d := golden.PSNR(m, target) - last.PSNR; d < -1e-3 || d > 1e-3 {
		t.Errorf("device says %.4f dB, metric %.4f dB", last.PSNR, golden.PSNR(m, target))
	}
	if d := golden.SSIM(m, target) - last.SSIM; d < -1e-5 || d > 1e-5 {
		t.Errorf("device says SSIM %.6f, metric %.6f", last.SSIM, golden.SSIM(m, target))
	}
}

func TestSameSeedSameBits(t *testing.T) {
	dev, plain := vktest.Open(t), vktest.OpenPlain(t) // with and without threads
	p, rows, _ := train(t, dev, shortRun(), nil)
	q, again, _ := train(t, plain, shortRun(), nil)
	if !reflect.DeepEqual(p, q) || !reflect.DeepEqual(rows, again) {
		t.Error("two runs of one seed differ")
	}
	other := shortRun()
	other.Train.Seed++
	if r, _, _ := train(t, plain, other, nil); reflect.DeepEqual(p, r) {
		t.Error("another seed gives the same splats")
	}
}

// shorten makes a new engine with lists for the given number of pairs, which is too small for training.
func shorten(tr *Trainer, pairs int) error {
	kept, err := tr.engine.Save()
	if err != nil {
		return err
	}
	tr.engine.Close()
	tr.engine, tr.resolutions[1].request.Capacity = nil, pairs
	if err := tr.build(0, nil); err != nil {
		return err
	}
	return tr.persist(func() error { return tr.engine.Restore(kept) })
}

// A step whose lists overflow is taken again with longer lists, and the results are the same as without an overflow.
func TestOverflowLosesNoStep(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	p, rows, _ := train(t, dev, shortRun(), nil)
	grown := 0
	q, again, _ := train(t, dev, shortRun(), func(tr *Trainer) {
		if err := shorten(tr, 20); err != nil {
			t.Fatal(err)
		}
		grown = tr.engine.Plan().Pairs
	})
	if grown > 50 {
		t.Fatalf("lists of %d pairs do not overflow", grown)
	}
	if !reflect.DeepEqual(p, q) {
		t.Error("overflowing lists changed the result")
	}
	for i := range rows { // the sums over the picture have another order
		if d := rows[i].PSNR - again[i].PSNR; math.Abs(d) > 1e-5 || rows[i].Splats != again[i].Splats {
			t.Errorf("evaluations %+v and %+v", rows[i], again[i])
		}
	}
}

func TestCancelEndsAfterTheStep(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	ctx, cancel := context.WithCancel(context.Background())
	tr, err := New(dev, target.Samples(8), shortRun(), func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok && e.Step == 10 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	result, err := tr.Run(ctx)
	if err != nil || result.Status != "interrupted" || result.Steps < 10 || result.Steps > 12 {
		t.Errorf("result %+v, error %v", result, err)
	}
}

func TestStopAtPSNR(t *testing.T) {
	dev := vktest.OpenPlain(t)
	run := shortRun()
	run.Train.StopAtPSNR = 1
	_, rows, result := train(t, dev, run, nil)
	if !result.StoppedEarly || result.Steps != 5 || len(rows) != 1 {
		t.Errorf("result %+v after %d evaluations", result, len(rows))
	}
}

func TestMoreSplatsThanPixelsIsRefused(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(1, 8, 8, 1, 3)
	run := shortRun()
	run.Gaussians = 65
	_, err := New(dev, target.Samples(8), run, func(event.Event) {})
	if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
		t.Errorf("error %v", err)
	}
}

// Divergence ends the run. It is detected in the loss, and in parameters of splats that are not rendered because they
// are not finite.
func TestDivergenceEndsTheRun(t *testing.T) {
	dev := vktest.OpenPlain(t)
	for _, lr := range []configs.Rates{{Feat: 1e38}, {XY: 3e38}} {
		_, target := reference.RandomScene(11, 30, 23, 1, 3)
		tr, err := New(dev, target.Samples(8), shortRun(), func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		tr.adam.rates = lr // above the maximum of the setting
		if _, err := tr.Run(context.Background()); fault.Code(err) != fault.Diverged {
			t.Errorf("rates %+v: error %v", lr, err)
		}
		tr.Close()
	}
}

// Nothing is added after the last step, so the last evaluation measures the model.
func TestNoAdditionAfterTheLastStep(t *testing.T) {
	dev := vktest.OpenPlain(t)
	run := shortRun()
	run.Steps = run.Progressive.AddSteps * run.Progressive.AddTimes
	p, rows, result := train(t, dev, run, nil)
	if last := rows[len(rows)-1]; p.N != last.Splats || result.Splats != p.N || p.N != 90 {
		t.Errorf("%d splats in the model, %d scored, %d in the result; want 90", p.N, last.Splats, result.Splats)
	}
}

// If rendering for an addition runs out of memory, the second try adds the same splats.
func TestAdditionOnALowerRungDrawsTheSame(t *testing.T) {
	dev := vktest.Open(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	grow := func(fails int) *splat.Splats {
		tr, err := New(dev, target.Samples(8), shortRun(), func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		rung := tr.engine.Plan().Rung
		p, err := tr.densify.(*additions).newSplats(tr, 30, func(take func(y int, row [][]float32) error) error {
			return tr.Rows().Each(func(y int, row [][]float32) error {
				if fails > 0 && y == 20 {
					fails--
					return fault.New(fault.OutOfMemory, "", "no memory")
				}
				return take(y, row)
			})
		})
		if err != nil || fails > 0 {
			t.Fatalf("%d failures left, %v", fails, err)
		}
		t.Logf("rung %d, then %d", rung, tr.engine.Plan().Rung)
		return p
	}
	if once, again := grow(0), grow(1); !reflect.DeepEqual(once, again) {
		t.Error("other splats on the second try")
	}
}
