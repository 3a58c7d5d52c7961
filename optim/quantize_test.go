package optim

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/memory"
	"igs/metric"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// The device rounds parameters to the same bits as the file.
func TestQuantizedLikeTheFile(t *testing.T) {
	p, target := reference.RandomScene(3, 60, 40, 777, 3)
	for i := range p.N {
		p.Rot[i] *= 9
		p.Scale[2*i] *= float32(1 - 2*(i%2))
	}
	p.Scale[4], p.Feat[5], p.Rot[6], p.Rot[7] = 0, -1e-7, 1e17, -3e38
	for _, bits := range []splat.Bits{{XY: 12, Scale: 10, Rot: 8, Feat: 8}, {XY: 16, Scale: 16, Rot: 16, Feat: 16}, {XY: 4, Scale: 4, Rot: 4, Feat: 4}, {XY: 22, Scale: 22, Rot: 22, Feat: 22}, {XY: 23, Scale: 7, Rot: 32, Feat: 5}, {XY: 8, Scale: 8, Rot: 23, Feat: 8}} {
		sameOnDevice(t, target, p, bits)
	}
}

// So it does where a range is a few float32 wide, and where it ends in a zero with a sign.
func TestQuantizedLikeTheFileInNarrowRanges(t *testing.T) {
	p, target := reference.RandomScene(3, 60, 40, 300, 3)
	for i := range p.N {
		p.XY[2*i] = -max(p.XY[2*i], 0)
		p.XY[2*i+1] = 1.973105 + float32(i)/299*(1.9731141-1.973105)
		for c := range 3 {
			p.Feat[3*i+c] = math.Nextafter32(0.5, float32((i+c)%2))
		}
	}
	p.XY[0], p.XY[1], p.XY[3] = float32(math.Copysign(0, -1)), 1.973105, 1.9731141 // the greatest x is -0
	for _, xy := range []int{4, 6, 12, 22} {
		sameOnDevice(t, target, p, splat.Bits{XY: xy, Scale: 8, Rot: 8, Feat: 8})
	}
}

// sameOnDevice holds what is drawn against what a file of so many bits keeps.
func sameOnDevice(t *testing.T, target *imageio.Image, p *splat.Splats, bits splat.Bits) {
	t.Helper()
	got, err := roundedBy(vktest.Open(t), target, p, bits)
	if err != nil {
		t.Fatal(err)
	}
	want := p.Clone()
	want.Quantize(bits)
	for i := range want.Scale {
		if bits.Scale < splat.Exact {
			want.Scale[i] = float32(math.Abs(float64(want.Scale[i])))
		}
	}
	for name, pair := range map[string][2][]float32{"xy": {got.XY, want.XY}, "scale": {got.Scale, want.Scale}, "rot": {got.Rot, want.Rot}, "feat": {got.Feat, want.Feat}} {
		for i, v := range pair[1] {
			if math.Float32bits(pair[0][i]) != math.Float32bits(v) {
				t.Errorf("%+v, %s %d: %v on the device, %v in the file", bits, name, i, pair[0][i], v)
				break
			}
		}
	}
}

// The PSNR of an evaluation is that of the file, and its bytes are those of the file.
func TestQuantizedTrainingMeasuresTheFile(t *testing.T) {
	for _, method := range []string{"settle", "straight-through"} {
		t.Run(method, func(t *testing.T) { measuresTheFile(t, method) })
	}
}

func measuresTheFile(t *testing.T, method string) {
	dev := vktest.Open(t)
	_, target := reference.RandomScene(11, 80, 61, 1, 3)
	run := shortRun()
	run.Quantize.Enabled = true
	run.Quantize.Method = method
	run.Quantize.PosBits, run.Quantize.ScaleBits, run.Quantize.RotBits, run.Quantize.FeatBits = 9, 6, 5, 5
	run.Memory.UseAMP = false
	var last event.Evaluated
	tr, err := New(dev, target.Samples(8), run, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
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
	drawn, err := Render(dev, back, target.W, target.H)
	if err != nil {
		t.Fatal(err)
	}
	if psnr := metric.PSNR(drawn, target); math.Abs(psnr-last.PSNR) > 1e-4 {
		t.Errorf("%.6f dB in the log, %.6f dB of the file", last.PSNR, psnr)
	}
	if slices.Equal(back.Splats.Feat, m.Splats.Feat) {
		t.Error("nothing was quantised")
	}
	exact := *m // the difference must be one that the test would see
	exact.Bits = splat.Lossless
	if drawn, err = Render(dev, &exact, target.W, target.H); err != nil {
		t.Fatal(err)
	}
	if psnr := metric.PSNR(drawn, target); math.Abs(psnr-last.PSNR) < 0.01 {
		t.Errorf("with all bits the model has %.4f dB too", psnr)
	}
}

// Behind the step in which they are rounded, positions and then shapes stay where they are.
func TestSettledParametersStay(t *testing.T) {
	dev := vktest.Open(t)
	_, target := reference.RandomScene(11, 80, 61, 1, 3)
	run := shortRun() // 60 steps: positions stay from step 48 on, shapes from 54 on
	run.Quantize = configs.Quantize{Enabled: true, Method: "settle", PosBits: 9, ScaleBits: 6, RotBits: 5, FeatBits: 5}
	run.Train.CheckpointEvery = configs.Cadence{Steps: 6}
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
	for step, want := range map[int][3]bool{42: {}, 48: {true, false, false}, 54: {true, true, false}} {
		a, b := at[step], at[step+6]
		if got := [3]bool{slices.Equal(a.XY, b.XY), slices.Equal(a.Scale, b.Scale) && slices.Equal(a.Rot, b.Rot), slices.Equal(a.Feat, b.Feat)}; got != want {
			t.Errorf("from step %d to %d positions, shapes, features stay: %v, want %v", step, step+6, got, want)
		}
	}
}

// A scale of either sign is moved the same way: only its size is drawn.
func TestSignOfAScaleMeansNothing(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(3, 60, 40, 100, 3)
	bits := splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16}
	q := p.Clone()
	for i := range q.Scale {
		q.Scale[i] = -q.Scale[i]
	}
	var gradients [2]*splat.Splats
	for i, s := range []*splat.Splats{p, q} {
		set, request := setupFor(dev.Info(), 10), requestFor(target, s)
		set.bits, set.rounded, set.keep, request.Shape.Quantized = bits, roundAll, true, true
		plan, err := memory.Choose(request, set.limits)
		if err != nil {
			t.Fatal(err)
		}
		e, err := newEngine(dev, target.Samples(8), s, plan, set)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.oneStep(reference.LossWeights{L1: 1, SSIM: 0.1})
		e.close()
		if err != nil {
			t.Fatal(err)
		}
		gradients[i] = got.gradients
	}
	for i, g := range gradients[0].Scale {
		if g != -gradients[1].Scale[i] {
			t.Fatalf("scale %d: %v, and with the other sign %v", i, g, gradients[1].Scale[i])
		}
	}
	if !reflect.DeepEqual(gradients[0].XY, gradients[1].XY) || !reflect.DeepEqual(gradients[0].Rot, gradients[1].Rot) {
		t.Error("the other gradients differ")
	}
}

// With gamma the scores of the log, and the frames, are those of the picture as it is shown.
func TestGammaIsUndoneBeforeMeasuring(t *testing.T) {
	dev := vktest.Open(t)
	for _, gamma := range []float64{0.5, 2.2} {
		_, target := reference.RandomScene(11, 80, 60, 1, 3)
		samples := target.Samples(16)
		run := shortRun()
		run.Target.Gamma, run.Memory.UseAMP = gamma, false
		run.Video.Enabled, run.Video.Every = true, 60
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
		var film []byte
		tr.OnFrame(func(f Frame) { film = slices.Clone(f.Image.Pix); f.Release() })
		if _, err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		m, err := tr.Model()
		if err != nil {
			t.Fatal(err)
		}
		drawn, err := Render(dev, m, target.W, target.H)
		if err != nil {
			t.Fatal(err)
		}
		wanted := samples.Image()
		for i, v := range wanted.Pix {
			wanted.Pix[i] = float32(math.Pow(float64(v), 1/gamma))
		}
		if psnr, ssim := metric.PSNR(drawn, wanted), metric.SSIM(drawn, wanted); math.Abs(psnr-last.PSNR) > 1e-3 || math.Abs(ssim-last.SSIM) > 1e-4 {
			t.Errorf("gamma %g: %.5f dB, SSIM %.6f in the log; %.5f, %.6f of the picture", gamma, last.PSNR, last.SSIM, psnr, ssim)
		}
		if plain := metric.PSNR(drawn, samples.Image()); math.Abs(plain-last.PSNR) < 0.1 {
			t.Errorf("gamma %g: without it the PSNR is %.3f dB too", gamma, plain)
		}
		for i := range drawn.W * drawn.H {
			for c := range 3 {
				if v := 255 * drawn.Plane(c)[i]; math.Abs(float64(v)-float64(film[4*i+c])) > 1 {
					t.Fatalf("gamma %g: pixel %d of the frame is %d, drawn %.2f", gamma, i, film[4*i+c], v)
				}
			}
		}
	}
}
