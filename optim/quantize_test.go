package optim

import (
	"context"
	"math"
	"slices"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/internal/golden"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// The PSNR and the bytes of an evaluation are those of the model file.
func TestQuantizedTrainingMeasuresTheFile(t *testing.T) {
	// Each step of straight-through rounds, so this method trains with the layer.
	for method, dev := range map[configs.QuantizeMethod]*vk.Device{
		configs.QuantizeSettle: vktest.OpenPlain(t), configs.QuantizeStraightThrough: vktest.Open(t),
	} {
		t.Run(string(method), func(t *testing.T) { measuresTheFile(t, dev, method) })
	}
}

func measuresTheFile(t *testing.T, dev *vk.Device, method configs.QuantizeMethod) {
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Quantize.Enabled = true
	run.Quantize.Method = method
	run.Quantize.PosBits, run.Quantize.ScaleBits, run.Quantize.RotBits, run.Quantize.FeatBits = 9, 6, 5, 4
	run.Memory.UseAMP = false
	run.Train.EvalEvery = run.Steps / 2
	var first, last event.Evaluated
	tr, err := New(dev, target.Samples(8), run, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
			if first.Step == 0 {
				first = e
			}
			last = e
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if plain := BitsOf(run.Quantize).BytesOf(first.Splats, 3); first.Bytes != plain {
		t.Errorf("%d bytes between the steps; the parameters have %d", first.Bytes, plain)
	}
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/a.igsm"
	if err := splat.Save(path, m); err != nil {
		t.Fatal(err)
	}
	if n, err := splat.FileBytes(m); err != nil || n != last.Bytes {
		t.Errorf("%d bytes in the log, %d in the file (%v)", last.Bytes, n, err)
	}
	back, err := splat.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := renderModel(dev, back, target.W, target.H)
	if err != nil {
		t.Fatal(err)
	}
	if psnr := golden.PSNR(drawn, target); math.Abs(psnr-last.PSNR) > 1e-4 {
		t.Errorf("%.6f dB in the log, %.6f dB of the file", last.PSNR, psnr)
	}
	if slices.Equal(back.Splats.Feat, m.Splats.Feat) {
		t.Error("nothing was quantised")
	}
	exact := *m // the precision must make a difference that the test can see
	exact.Bits = splat.Lossless
	if drawn, err = renderModel(dev, &exact, target.W, target.H); err != nil {
		t.Fatal(err)
	}
	if psnr := golden.PSNR(drawn, target); math.Abs(psnr-last.PSNR) < 0.01 {
		t.Errorf("with all bits the model has %.4f dB too", psnr)
	}
}

// Positions, and later shapes, do not change after the step in which they are rounded.
func TestSettledParametersStay(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun() // 30 steps: positions are rounded after step 24, shapes after step 27
	run.Quantize = configs.Quantize{Enabled: true, Method: "settle", PosBits: 9, ScaleBits: 6, RotBits: 5, FeatBits: 5}
	run.Train.CheckpointEvery = configs.Cadence{Steps: 3}
	tr, err := New(dev, target.Samples(8), run, func(event.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	at := map[int]*splat.Splats{}
	tr.OnCheckpoint(func(s *State) error { at[s.Step] = s.Splats; return nil })
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for step, want := range map[int][3]bool{21: {}, 24: {true, false, false}, 27: {true, true, false}} {
		a, b := at[step], at[step+3]
		if got := [3]bool{slices.Equal(a.XY, b.XY), slices.Equal(a.Scale, b.Scale) && slices.Equal(a.Rot, b.Rot), slices.Equal(a.Feat, b.Feat)}; got != want {
			t.Errorf("from step %d to %d positions, shapes, features stay: %v, want %v", step, step+3, got, want)
		}
	}
}

// Scores and frames are those of the picture after gamma is undone.
func TestGammaIsUndoneBeforeMeasuring(t *testing.T) {
	dev := vktest.OpenPlain(t)
	for _, gamma := range []float64{0.5, 2.2} {
		_, target := reference.RandomScene(11, 40, 30, 1, 3)
		samples := target.Samples(16)
		run := shortRun()
		run.Target.Gamma, run.Memory.UseAMP = gamma, false
		run.Video.Enabled, run.Video.Every = true, 30
		var last event.Evaluated
		tr, err := New(dev, samples, run, func(e event.Event) {
			if e, ok := e.(event.Evaluated); ok {
				last = e
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		var frame []byte
		tr.OnFrame(func(f Frame) { frame = slices.Clone(f.Image.Pix); f.Release() })
		if _, err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		m, err := tr.Model()
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := renderModel(dev, m, target.W, target.H)
		if err != nil {
			t.Fatal(err)
		}
		wanted := samples.Image()
		for i, v := range wanted.Pix {
			wanted.Pix[i] = float32(math.Pow(float64(v), 1/gamma))
		}
		if psnr, ssim := golden.PSNR(drawn, wanted), golden.SSIM(drawn, wanted); math.Abs(psnr-last.PSNR) > 1e-3 || math.Abs(ssim-last.SSIM) > 1e-4 {
			t.Errorf("gamma %g: %.5f dB, SSIM %.6f in the log; %.5f, %.6f of the picture", gamma, last.PSNR, last.SSIM, psnr, ssim)
		}
		if plain := golden.PSNR(drawn, samples.Image()); math.Abs(plain-last.PSNR) < 0.1 {
			t.Errorf("gamma %g: without it the PSNR is %.3f dB too", gamma, plain)
		}
		for i := range drawn.W * drawn.H {
			for c := range 3 {
				if v := 255 * drawn.Plane(c)[i]; math.Abs(float64(v)-float64(frame[4*i+c])) > 1 {
					t.Fatalf("gamma %g: pixel %d of the frame is %d, drawn %.2f", gamma, i, frame[4*i+c], v)
				}
			}
		}
	}
}
