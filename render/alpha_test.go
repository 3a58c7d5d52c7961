package render

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"testing"

	"igs/imageio"
	"igs/metric"
)

// fading is a picture whose alpha grows from left to right.
func fading(t *testing.T, w, h int, shift uint8) *imageio.Samples {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(5*x) + shift, uint8(7 * y), 99 + shift, uint8(255*x/w) + shift/2})
		}
	}
	s, err := imageio.FromImage(m)
	if err != nil || !s.Layers[0].Alpha {
		t.Fatal(err)
	}
	return s
}

// composite is a picture over black (0) or white (1).
func composite(s *imageio.Samples, grey float32) *imageio.Image {
	out, row, dst := imageio.New(s.W, s.H, 3), imageio.NewRow(4, s.W), imageio.NewRow(3, s.W)
	for y := range s.H {
		for c := range row {
			s.Row(c, y, row[c])
		}
		imageio.Matte(row, grey, dst)
		for c := range dst {
			copy(out.Plane(c)[y*s.W:], dst[c])
		}
	}
	return out
}

// A picture with alpha is scored over black and over white, and its error picture has the mean of both errors.
func TestScoresOfAlpha(t *testing.T) {
	target, rendered := fading(t, 40, 24, 0), fading(t, 40, 24, 30)
	scorer := NewScorer(40, 24, 4, target.Layers)
	var difference, greatest float64
	err := Compare(pushed(rendered.Image()), target, 1, scorer)(func(y int, row [][]float32) error {
		for c := range 3 {
			for x := range 40 {
				want := 0.0
				for _, grey := range []float32{0, 1} {
					want += 2 * math.Abs(float64(composite(target, grey).At(c, y, x)-composite(rendered, grey).At(c, y, x)))
				}
				got := float64(row[8+c][x])
				difference, greatest = max(difference, math.Abs(got-min(want, 1))), max(greatest, got)
			}
		}
		return nil
	})
	if err != nil || difference > 0.02 || greatest < 0.2 {
		t.Errorf("the error picture is off by %g, its maximum is %g, %v", difference, greatest, err)
	}
	found := scorer.Scores()
	if !found.Alpha || len(found.Layers) != 2 || found.Layers[0].Name != "over black" || found.Layers[1].Name != "over white" {
		t.Fatalf("%+v", found)
	}
	both := 0.0
	for k, grey := range []float32{0, 1} {
		one := metric.NewScorer(40, 24, 3)
		a, b := composite(target, grey), composite(rendered, grey)
		for y := range 24 {
			var rows [2][][]float32
			for c := range 3 {
				rows[0], rows[1] = append(rows[0], a.Plane(c)[y*40:][:40]), append(rows[1], b.Plane(c)[y*40:][:40])
			}
			one.Add(rows[0], rows[1])
		}
		want := one.Scores()
		if got := found.Layers[k].Scores; math.Abs(got.PSNR-want.PSNR) > 1e-9 || math.Abs(*got.FLIP-*want.FLIP) > 1e-9 {
			t.Errorf("%s: %.3f dB, want %.3f", found.Layers[k].Name, got.PSNR, want.PSNR)
		}
		both += math.Pow(10, -want.PSNR/10) / 2
	}
	if want := -10 * math.Log10(both); math.Abs(found.Whole.PSNR-want) > 1e-6 {
		t.Errorf("%.4f dB for both, want %.4f", found.Whole.PSNR, want)
	}
}

// A layer with alpha has one file. Its error picture has no alpha.
func TestFilesOfAlpha(t *testing.T) {
	layers := []imageio.Layer{{Name: "a", C: 4, Depth: 8, High: 1, Alpha: true}, {Name: "b", C: 3, Depth: 8, High: 1}, {Name: "c", C: 2, Depth: 8, High: 1, Alpha: true}}
	files := LayerFiles(layers, "o.png")
	if len(files) != 3 || files[0].Spec.C != 4 || files[1].First != 4 || files[2].First != 7 || files[2].Spec.C != 2 || files[2].WithoutAlpha().Spec.C != 1 {
		t.Errorf("%+v", files)
	}
	target := fading(t, 40, 24, 0)
	if Stacked(target.Layers) {
		t.Error("one picture with alpha counts as a stack")
	}
	path := filepath.Join(t.TempDir(), "o.png")
	small := filepath.Join(t.TempDir(), "small.png")
	files = []OutputFile{{Path: path, Spec: imageio.Spec{W: 40, H: 24, C: 4, Depth: 8}, Thumbnail: small, Width: 20}}
	if drawing, writing := WriteFiles(files, pushed(target.Image())); drawing != nil || writing != nil {
		t.Fatal(drawing, writing)
	}
	for _, p := range []string{path, small} {
		if back, err := imageio.ReadSamples(p); err != nil || !back.Layers[0].Alpha {
			t.Errorf("%s has no alpha: %v", p, err)
		}
	}
}
