package optim

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"

	"igs/configs"
	"igs/imageio"
	"igs/splat"
)

// seedSplats makes the first n splats of a run: round and of in.Scale px, on pixel
// centres, in the colour of the target there. In mode "gradient" a share of in.RandomRatio
// is drawn uniformly and the rest in proportion to gradientWeights; in mode "random" all
// are drawn uniformly. No two share a pixel while there are pixels left.
func seedSplats(m *imageio.Image, n int, in configs.Init, rng *rand.Rand) *splat.Splats {
	pixels := m.W * m.H
	uniform := n
	if in.Mode != "random" {
		uniform = int(math.RoundToEven(in.RandomRatio * float64(n)))
	}
	picks := drawUniform(rng, pixels, uniform)
	if guided := n - len(picks); guided > 0 && len(picks) < pixels {
		w := gradientWeights(m)
		for _, taken := range picks {
			w[taken] = -1
		}
		picks = append(picks, drawWeighted(rng, w, guided)...)
	}
	p := plant(m, picks, n, in.Scale, rng)
	p.paint(func(c, pixel int) float32 { return m.Pix[c*pixels+pixel] })
	return p.splats
}

// plants are new splats and the pixel that each stands on.
type plants struct {
	splats *splat.Splats
	pixels []int
}

// plant puts round splats of sigma px on the centres of the picked pixels. Where there
// are fewer picks than splats (more splats than pixels) the others go anywhere: two
// splats that start equal would stay equal for ever.
func plant(m *imageio.Image, picks []int, n int, sigma float64, rng *rand.Rand) plants {
	p := plants{splat.New(n, m.C), make([]int, n)}
	w, h := float64(m.W), float64(m.H)
	for i := range n {
		var x, y float64
		if i < len(picks) {
			x, y = float64(picks[i]%m.W)+0.5, float64(picks[i]/m.W)+0.5
		} else {
			x, y = w*rng.Float64(), h*rng.Float64()
		}
		p.pixels[i] = min(int(y), m.H-1)*m.W + min(int(x), m.W-1)
		p.splats.XY[2*i], p.splats.XY[2*i+1] = float32(x/w), float32(y/h)
		p.splats.Scale[2*i], p.splats.Scale[2*i+1] = float32(1/sigma), float32(1/sigma)
	}
	return p
}

// paint gives each splat the features of its pixel.
func (p plants) paint(feature func(c, pixel int) float32) {
	for i, pixel := range p.pixels {
		for c := range p.splats.C {
			p.splats.Feat[i*p.splats.C+c] = feature(c, pixel)
		}
	}
}

// gradientWeights is (Sobel magnitude / its maximum)² of every pixel, the channels
// joined by their L2 norm; 0 everywhere in a flat picture. Beyond the border the picture
// is reflected about the edge of the last pixel, which for three taps repeats it.
func gradientWeights(m *imageio.Image) []float32 {
	w := make([]float32, m.W*m.H)
	largest := make([]float64, m.H)
	eachRow(m.H, func(row int) {
		squares := make([]float64, m.W)
		for c := range m.C {
			addSobel(squares, m, c, row)
		}
		for column, v := range squares {
			w[row*m.W+column] = float32(v)
			largest[row] = max(largest[row], v)
		}
	})
	norm := 0.0
	for _, v := range largest {
		norm = max(norm, v)
	}
	if norm == 0 {
		return w
	}
	eachRow(m.H, func(row int) {
		for i := row * m.W; i < (row+1)*m.W; i++ {
			w[i] = float32(float64(w[i]) / norm)
		}
	})
	return w
}

// addSobel adds the squared gradient of one row of one channel.
func addSobel(squares []float64, m *imageio.Image, c, row int) {
	line := func(r int) []float32 {
		r = min(max(r, 0), m.H-1)
		return m.Plane(c)[r*m.W : (r+1)*m.W]
	}
	above, here, below := line(row-1), line(row), line(row+1)
	for x := range squares {
		l, r := max(x-1, 0), min(x+1, m.W-1)
		dx := difference(above, l, r) + 2*difference(here, l, r) + difference(below, l, r)
		dy := smooth(below, l, x, r) - smooth(above, l, x, r)
		// Rounded before they are added, so that no machine fuses them.
		squares[x] += float64(dx*dx) + float64(dy*dy)
	}
}

func difference(line []float32, l, r int) float64 { return float64(line[r]) - float64(line[l]) }

func smooth(line []float32, l, x, r int) float64 {
	return float64(line[l]) + 2*float64(line[x]) + float64(line[r])
}

// eachRow runs work on every row, on all cores. A row writes only to what is its own.
func eachRow(rows int, work func(row int)) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), rows)
	for k := range workers {
		wg.Go(func() {
			for row := k; row < rows; row += workers {
				work(row)
			}
		})
	}
	wg.Wait()
}
