package optim

import (
	"context"
	"math"
	"slices"
	"testing"

	"igs/event"
	"igs/imageio"
	"igs/memory"
	"igs/metric"
	"igs/splat"
	"igs/vk"
	"igs/vk/vktest"
)

// The device rounds parameters to the same bits as the file.
func TestQuantizedLikeTheFile(t *testing.T) {
	p, target := splat.RandomScene(3, 60, 40, 777, 3)
	for i := range p.N {
		p.Rot[i] *= 9
		p.Scale[2*i] *= float32(1 - 2*(i%2))
	}
	p.Scale[4], p.Feat[5] = 0, -1e-7
	for _, bits := range []splat.Bits{{XY: 12, Scale: 10, Rot: 8, Feat: 8}, {XY: 16, Scale: 16, Rot: 16, Feat: 16}, {XY: 4, Scale: 4, Rot: 4, Feat: 4}, {XY: 22, Scale: 22, Rot: 22, Feat: 22}, {XY: 23, Scale: 7, Rot: 32, Feat: 5}, {XY: 8, Scale: 8, Rot: 23, Feat: 8}} {
		sameOnDevice(t, target, p, bits)
	}
}

// So it does where a range is a few float32 wide, and where it ends in a zero with a sign.
func TestQuantizedLikeTheFileInNarrowRanges(t *testing.T) {
	p, target := splat.RandomScene(3, 60, 40, 300, 3)
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
	dev := vktest.Open(t)
	e := quantizing(t, dev, target, p, bits)
	defer e.close()
	if err := e.run(func(r *vk.Recorder) { e.project(r) }); err != nil {
		t.Fatal(err)
	}
	s := e.plan.Shape
	flat := make([]byte, 4*s.Planes()*s.Splats)
	if err := dev.Read(e.buffers["quantized"], 0, flat); err != nil {
		t.Fatal(err)
	}
	got, want := fromPlanes(decode(flat), s.Splats, p.N, s.C), p.Clone()
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

// quantizing is an engine that draws parameters of so many bits.
func quantizing(t *testing.T, dev *vk.Device, target *imageio.Image, p *splat.Splats, bits splat.Bits) *engine {
	t.Helper()
	set, request := setupFor(dev.Info(), 10), requestFor(target, p)
	set.bits, request.Shape.Quantized = bits, true
	plan, err := memory.Choose(request, set.limits)
	if err != nil {
		t.Fatal(err)
	}
	e, err := newEngine(dev, target.Samples(8), p, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The PSNR of an evaluation is that of the file, and its bytes are those of the file.
func TestQuantizedTrainingMeasuresTheFile(t *testing.T) {
	dev := vktest.Open(t)
	_, target := splat.RandomScene(11, 80, 61, 1, 3)
	run := shortRun()
	run.Quantize.Enabled = true
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
