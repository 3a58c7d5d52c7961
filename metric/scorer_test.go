package metric

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"igs/imageio"
)

// The scores row by row equal the scores of whole pictures.
func TestScorerAgrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][3]int{{300, 181, 3}, {163, 162, 1}, {40, 9, 3}, {513, 170, 4}, {7, 33, 2}} {
		a, b := imageio.New(size[0], size[1], size[2]), imageio.New(size[0], size[1], size[2])
		for i := range a.Pix {
			a.Pix[i] = float32(0.5 + 0.4*math.Sin(float64(i)/17) + 0.1*rng.Float64())
			b.Pix[i] = a.Pix[i] + float32(0.2*rng.Float64()-0.1)
		}
		s := NewScorer(a.W, a.H, a.C)
		for y := range a.H {
			var rows [2][][]float32
			for c := range a.C {
				rows[0] = append(rows[0], a.Plane(c)[y*a.W:(y+1)*a.W])
				rows[1] = append(rows[1], b.Plane(c)[y*a.W:(y+1)*a.W])
			}
			s.Add(rows[0], rows[1])
		}
		if one := s.Part(0); !reflect.DeepEqual(one, s.Scores()) {
			t.Errorf("the only part has %+v, the whole %+v", one, s.Scores())
		}
		found := s.Scores()
		multiple := math.NaN()
		if found.MSSSIM != nil {
			multiple = *found.MSSSIM
		}
		got, want := [4]float64{found.PSNR, found.SSIM, multiple, *found.FLIP}, [4]float64{PSNR(b, a), SSIM(b, a), MSSSIM(b, a), FLIP(a, b)}
		for i := range want {
			if !(math.Abs(got[i]-want[i]) <= 1e-9 || math.IsNaN(got[i]) && math.IsNaN(want[i])) {
				t.Errorf("%v: row by row %v, whole %v", size, got, want)
			}
		}
	}
}

// Each picture of a stack has the same scores as it has alone. The FLIP of the stack is the mean over its pictures.
func TestScorerOfStack(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const w, h = 40, 30
	parts := []int{1, 3}
	var pictures [2][]*imageio.Image // by side
	for k := range pictures {
		for _, c := range parts {
			m := imageio.New(w, h, c)
			for i := range m.Pix {
				m.Pix[i] = float32(rng.Float64())
			}
			pictures[k] = append(pictures[k], m)
		}
	}
	s := NewScorer(w, h, parts...)
	for y := range h {
		var rows [2][][]float32
		for k := range rows {
			for _, m := range pictures[k] {
				for c := range m.C {
					rows[k] = append(rows[k], m.Plane(c)[y*w:(y+1)*w])
				}
			}
		}
		s.Add(rows[0], rows[1])
	}
	sum := 0.0
	for i := range parts {
		a, b, got := pictures[0][i], pictures[1][i], s.Part(i)
		if math.Abs(got.PSNR-PSNR(a, b)) > 1e-9 || math.Abs(got.SSIM-SSIM(a, b)) > 1e-9 || math.Abs(*got.FLIP-FLIP(a, b)) > 1e-9 {
			t.Errorf("picture %d: %+v", i, got)
		}
		sum += *got.FLIP
	}
	if got := *s.Scores().FLIP; math.Abs(got-sum/2) > 1e-12 {
		t.Errorf("FLIP of the stack %v, mean %v", got, sum/2)
	}
}

// Huge pictures get PSNR and SSIM, the same as with all scores, and nothing else.
func TestHugePicturesGetTwoScores(t *testing.T) {
	some, all := newScorer(170, 165, false, []int{1, 3}), newScorer(170, 165, true, []int{1, 3})
	rng := rand.New(rand.NewPCG(5, 6))
	for range 165 {
		rows := [2][][]float32{imageio.NewRow(4, 170), imageio.NewRow(4, 170)}
		for i := range 8 * 170 {
			rows[i%2][i/2%4][i/8] = rng.Float32()
		}
		some.Add(rows[0], rows[1])
		all.Add(rows[0], rows[1])
	}
	for _, pair := range [][2]Scores{{some.Scores(), all.Scores()}, {some.Part(1), all.Part(1)}} {
		got, want := pair[0], pair[1]
		if got.PSNR != want.PSNR || got.SSIM != want.SSIM || got.MSSSIM != nil || got.FLIP != nil || want.MSSSIM == nil || want.FLIP == nil {
			t.Errorf("%+v, want PSNR and SSIM of %+v", got, want)
		}
	}
	if s := NewScorer(1<<15, 1<<13, 1); s.multiple || s.parts[0].flip != nil {
		t.Error("a huge picture gets all scores")
	}
	if s := NewScorer(1<<14, 1<<13, 1); !s.multiple || s.parts[0].flip == nil {
		t.Error("a large picture gets only two scores")
	}
}
