package metric

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// The measures of whole pictures, which the tests hold against definitions, other programs and the Scorer. Pictures of different
// size or number of channels, and those without pixels, have no distance: NaN, which fails every comparison with a limit.

// MSE is the mean squared difference over all samples.
func MSE(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	const piece = 1 << 16 // the pieces, not the goroutines, fix the order of the sum
	pieces := (len(a.Pix) + piece - 1) / piece
	sums := make([]float64, pieces)
	parallel.Runs(pieces, func(first, end int) {
		for i := first; i < end; i++ {
			stop := min((i+1)*piece, len(a.Pix))
			sums[i] = squares(a.Pix[i*piece:stop], b.Pix[i*piece:stop])
		}
	})
	return total(sums) / float64(len(a.Pix))
}

// PSNR is the peak signal-to-noise ratio in dB for a peak of 1: +Inf when equal.
func PSNR(a, b *imageio.Image) float64 {
	return -10 * math.Log10(MSE(a, b))
}

func alike(a, b *imageio.Image) bool {
	return a.W == b.W && a.H == b.H && a.C == b.C && len(a.Pix) > 0 && len(a.Pix) == len(b.Pix)
}

// SSIM is the structural similarity, the mean over all pixels and channels. Outside the
// picture samples count as 0 and the weights are not renormalised, as in training.
func SSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) {
		return math.NaN()
	}
	rows := make([]float64, a.C*a.H)
	for c := range a.C {
		p := pair{a.Plane(c), b.Plane(c), a.W, a.H}
		parallel.Runs(a.H, func(first, end int) {
			p.eachRow(first, end, func(y int, column []float64) { rows[c*a.H+y] = index(column, p.w, 0, p.w) })
		})
	}
	return total(rows) / float64(len(a.Pix))
}

// pair is one channel of both pictures.
type pair struct {
	a, b []float32
	w, h int
}

// eachRow hands take the four means of each row from first to end-1, side by side and valid
// during the call. The window is separable: rows are blurred once along x, kept in a ring
// of 11, and blurred along y.
func (p pair) eachRow(first, end int, take func(y int, column []float64)) {
	r := newRing(p.w)
	for y := first - reach; y < end+reach; y++ {
		if y < 0 || y >= p.h {
			r.clear(y)
		} else {
			r.fill(y, p.a[y*p.w:(y+1)*p.w], p.b[y*p.w:(y+1)*p.w])
		}
		if y >= first+reach {
			take(y-reach, r.means(y-reach))
		}
	}
}

// MSSSIM is the structural similarity over five scales of Wang, Simoncelli and Bovik
// (2003): contrast and structure of the four finer ones, all of SSIM on the coarsest. It
// agrees with the package pytorch_msssim, which the figures of Image-GS come from: only
// windows that lie inside the picture count, a scale on which a channel is worse than
// unlike counts as 0, scales multiply, channels are averaged.
//
// A picture with a side of 160 px or less has no MS-SSIM: NaN.
func MSSSIM(a, b *imageio.Image) float64 {
	if !alike(a, b) || min(a.W, a.H) < leastSide {
		return math.NaN()
	}
	pyramids := make([]*scale, a.C)
	parallel.Runs(a.C, func(first, end int) {
		for c := first; c < end; c++ {
			pyramids[c] = newPyramid(a.W, a.H)
			for y := range a.H {
				pyramids[c].add(a.Plane(c)[y*a.W:(y+1)*a.W], b.Plane(c)[y*a.W:(y+1)*a.W])
			}
		}
	})
	return joined(pyramids)
}

// FLIP is the mean of FLIPMap: 0 for pictures that look the same when they take turns on
// the screen, 1 for the greatest difference. Unlike pictures have none: NaN.
func FLIP(reference, test *imageio.Image) float64 {
	if !alike(reference, test) {
		return math.NaN()
	}
	g := newGaze(reference.W, reference.H)
	g.look(reference.H, rowsOf(reference), rowsOf(test), nil)
	return g.mean()
}

// FLIPMap is the difference that a person sees at each pixel when the two pictures take
// turns, 0..1 in one channel: LDR-FLIP (Andersson and others, FLIP: A Difference Evaluator
// for Alternating Images, 2020), with the constants of its authors' code, at 67.02 px a
// degree. Samples are sRGB, 0..1, and what lies outside counts as its end; the first three
// channels are red, green and blue, a picture with fewer is grey by its first.
//
// It is nil for unlike pictures.
func FLIPMap(reference, test *imageio.Image) *imageio.Image {
	if !alike(reference, test) {
		return nil
	}
	m := imageio.New(reference.W, reference.H, 1)
	newGaze(m.W, m.H).look(m.H, rowsOf(reference), rowsOf(test), func(y, left int, errors []float64) {
		row := m.Pix[y*m.W+left:]
		for x, e := range errors {
			row[x] = float32(e)
		}
	})
	return m
}

// rowsOf are the rows of a picture in red, green and blue; one with fewer channels is grey.
func rowsOf(m *imageio.Image) func(c, y int) []float32 {
	return func(c, y int) []float32 {
		if m.C < 3 {
			c = 0
		}
		return m.Plane(c)[y*m.W:]
	}
}
