package optim

import (
	"math"
	"math/rand/v2"

	"igs/imageio"
	"igs/splat"
)

// growSplats makes splats where the render is worst: on pixels drawn in proportion to
// (mean over channels of |T − C|)², C clamped to [0,1]. T is the target as blurTarget
// gives it. scale is their σ in px. Their colour is T: weights are normalised, so a splat
// shows its own colour and not a correction. The error T − C, which the public code
// takes, costs 1.6 dB right after an addition and part of that for good.
func growSplats(target, render *imageio.Image, add int, scale float64, rng *rand.Rand) *splat.Splats {
	pixels := target.W * target.H
	missing := func(c, pixel int) float32 {
		at := c*pixels + pixel
		return target.Pix[at] - min(max(render.Pix[at], 0), 1)
	}
	w := make([]float32, pixels)
	eachRow(target.H, func(row int) {
		for pixel := row * target.W; pixel < (row+1)*target.W; pixel++ {
			sum := 0.0
			for c := range target.C {
				sum += math.Abs(float64(missing(c, pixel)))
			}
			mean := sum / float64(target.C)
			w[pixel] = float32(mean * mean)
		}
	})
	p := plant(target, drawWeighted(rng, w, add), add, scale, rng)
	p.paint(func(c, pixel int) float32 { return target.Pix[c*pixels+pixel] })
	return p.splats
}

// blurTarget smooths large targets before errors are taken against them: the error of a
// large picture is mostly noise finer than any new splat. The window grows by one pixel
// every 400 px of √(W·H); below 400 px the target itself comes back.
func blurTarget(m *imageio.Image) *imageio.Image {
	k := int(math.Floor(math.Sqrt(float64(m.W)*float64(m.H)) / 400))
	if k < 1 {
		return m
	}
	return blur(m, max(3, k)|1)
}

// blur convolves with a Gaussian of k taps, k odd, and the σ that OpenCV gives a window
// of that size. The border is reflected about the centre of the last pixel.
func blur(m *imageio.Image, k int) *imageio.Image {
	taps := blurTaps(k)
	across, out := m.Clone(), m.Clone()
	eachRow(m.H*m.C, func(line int) {
		from := m.Pix[line*m.W : (line+1)*m.W]
		extended := make([]float32, m.W+k-1)
		for x := range extended {
			extended[x] = from[mirror(x-k/2, m.W)]
		}
		weigh(across.Pix[line*m.W:(line+1)*m.W], taps, func(j int) []float32 { return extended[j:] })
	})
	eachRow(m.H*m.C, func(line int) {
		c, y := line/m.H, line%m.H
		from := across.Plane(c)
		weigh(out.Pix[line*m.W:(line+1)*m.W], taps, func(j int) []float32 {
			return from[mirror(y+j-k/2, m.H)*m.W:]
		})
	})
	return out
}

// weigh sums tap j times line j over all taps. The taps are symmetric, so lines are taken
// in pairs from the outside in: an 8K picture takes 7 s on two cores so, 10 s one by one.
func weigh(to []float32, taps []float64, line func(j int) []float32) {
	sums := make([]float64, len(to))
	middle := line(len(taps) / 2)
	for x := range sums {
		sums[x] = taps[len(taps)/2] * float64(middle[x])
	}
	for j, tap := range taps[:len(taps)/2] {
		before, after := line(j)[:len(sums)], line(len(taps) - 1 - j)[:len(sums)]
		for x := range sums {
			sums[x] += float64(tap * (float64(before[x]) + float64(after[x])))
		}
	}
	for x, sum := range sums {
		to[x] = float32(sum)
	}
}

// blurTaps are rounded to float32, which hides that math.Exp differs in the last bit
// from one architecture to another.
func blurTaps(k int) []float64 {
	sigma := float64(0.3*(float64(k-1)*0.5-1)) + 0.8
	taps := make([]float64, k)
	sum := 0.0
	for i := range taps {
		x := (float64(i) - float64(k-1)/2) / sigma
		taps[i] = math.Exp(-x * x / 2)
		sum += taps[i]
	}
	for i := range taps {
		taps[i] = float64(float32(taps[i] / sum))
	}
	return taps
}

// mirror maps an index beyond the border back inside without repeating the last pixel:
// … 2 1 | 0 1 2 … n-1 | n-2 …
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}
