package session

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/splat"
	"igs/splat/symbols"
	"igs/vk/vktest"
)

// The last evaluation of a run, which comes from the drawing for its pictures, has the scores that the trainer measures on
// the device, also of pictures with alpha and with a gamma.
func TestEvaluationFromTheDrawing(t *testing.T) {
	dev := vktest.OpenPlain(t)
	const w, h = 40, 27
	for _, test := range []struct {
		alpha bool
		gamma float64
	}{{false, 1}, {true, 1}, {false, 0.4545}} {
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := range w * h {
			x, y, alpha := i%w, i/w, 255
			if test.alpha {
				alpha -= 3 * x
			}
			m.SetNRGBA(x, y, color.NRGBA{uint8(6 * x), uint8(9 * y), uint8(x * y), uint8(alpha)})
		}
		target, err := imageio.FromImage(m)
		if err != nil || target.Layers != nil && target.Layers[0].Alpha != test.alpha {
			t.Fatal(err)
		}
		run := configs.Run{Name: "test", Gaussians: 60, Steps: 4, Settings: configs.Default().Settings}
		run.Train.EvalEvery, run.Target.Gamma = 100, test.gamma
		var want event.Evaluated
		trainer, err := optim.NewFrom(dev, target, run, optim.Start{}, func(e event.Event) {
			if e, ok := e.(event.Evaluated); ok {
				want = e
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer trainer.Close()
		if _, err := trainer.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		rows := render.Rows(trainer.Rows().Shown().Each)
		check := func(got metric.Scores, err error) {
			if t.Helper(); err != nil || math.Abs(got.PSNR-want.PSNR) > 1e-5 || math.Abs(got.SSIM-want.SSIM) > 2e-5 {
				t.Errorf("%+v: %+v, %v; want %+v", test, got, err, want.Scores)
			}
		}
		beside := render.NewEvaluation(target)
		err = beside.Of(rows, target, test.gamma)(func(int, [][]float32) error { return nil })
		check(beside.Scores(), err)
		f := &folder{dir: t.TempDir(), render: true, record: &record.Run{Files: map[string]record.File{}}}
		if err := os.Mkdir(f.path("other"), 0o777); err != nil {
			t.Fatal(err)
		}
		check(f.savePictures(rows, target, run, func(event.Event) {}))
	}
}

// The pictures that depend on the target alone are on the disk before the splats are drawn for the others.
func TestTargetIsWrittenWhileTheRunTrains(t *testing.T) {
	appears := func(path string) bool {
		_, err := os.Stat(path)
		for until := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(until); _, err = os.Stat(path) {
			time.Sleep(time.Millisecond)
		}
		return err == nil
	}
	job := shortJob(t, "sweep.gaussians=20", "sweep.steps=3")
	sweep, err := New(job, Options{Devices: on(vktest.OpenPlain(t)), Sink: func(e event.Event) {
		if saved, ok := bare(e).(event.Saved); ok && saved.Kind == "model" {
			for _, name := range []string{record.TargetFile, record.GradientFile} {
				if !appears(filepath.Join(filepath.Dir(saved.Path), filepath.FromSlash(name))) {
					t.Errorf("%s waits for the drawing", name)
				}
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sweep.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A signal in the last drawing leaves the model of the finished run, which is written before it.
func TestSignalInTheLastDrawing(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signal, models := errors.New("signal"), [][]byte(nil)
	job := shortJob(t, "sweep.gaussians=20", "sweep.steps=3", "output.rounding_loss=0.1")
	sweep, err := New(job, Options{Devices: on(vktest.OpenPlain(t)), Sink: func(e event.Event) {
		if saved, ok := bare(e).(event.Saved); ok && saved.Kind == "model" {
			data, err := os.ReadFile(saved.Path)
			if err != nil {
				t.Error(err)
			}
			models = append(models, data)
			cancel(signal)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	part, err := sweep.Train(ctx)
	if !errors.Is(err, signal) || part == nil || part.Outcomes[0].Status != record.Interrupted || len(models) != 1 {
		t.Fatalf("%+v, %v, %d models", part, err, len(models))
	}
	if m, err := splat.Read(bytes.NewReader(models[0])); err != nil || m.Grid == (symbols.Grid{}) {
		t.Errorf("the model is not rounded: %v", err)
	}
}
