package sampling

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"

	"igs/imageio"
	"igs/internal/parallel"
)

// The built-in saliency map: the spectral residual of Hou and Zhang (Saliency Detection: A
// Spectral Residual Approach, CVPR 2007), which needs no network. What the amplitudes of a
// picture have beyond the average of their neighbours in the spectrum is what stands out.
//
// No floor keeps regions from starving: the uniform share of the splats does. A floor of a
// tenth of the map's maximum cost 0.65 dB on kodim23 (2000 splats, 500 steps).

// plane is a small picture in float64.
type plane struct {
	w, h int
	v    []float64
}

func newPlane(w, h int) plane { return plane{w, h, make([]float64, w*h)} }

const (
	residualSide   = 64                // px of the short side of the picture whose spectrum is taken
	residualLong   = 16 * residualSide // at most, of the long side
	residualSpread = 2.5               // σ in these px, by which the map is smoothed
)

// spectralResidual is the map of a picture, grey, 16 bits, its greatest value full: as small as
// the picture was made for the spectrum. Black for a black picture.
//
// The transforms and functions in it may differ in their last bits from one machine to
// another; steps of 16 bits hide that from the draws.
func spectralResidual(m *imageio.Samples) *imageio.Samples {
	p := shrunk(m)
	spectrum := make([]complex128, len(p.v))
	for i, v := range p.v {
		spectrum[i] = complex(v, 0)
	}
	transform(p.w, p.h, spectrum, (*fourier.CmplxFFT).Coefficients)
	residual(p, spectrum)
	transform(p.w, p.h, spectrum, (*fourier.CmplxFFT).Sequence)
	for i, c := range spectrum {
		p.v[i] = real(c)*real(c) + imag(c)*imag(c)
	}
	return smooth(p, residualSpread).samples()
}

// shrunk is the picture in grey, its pixels averaged to residualSide px on the short side.
// A picture that is smaller stays as it is; one that is longer than most is squeezed.
func shrunk(m *imageio.Samples) plane {
	scale := min(1, residualSide/float64(min(m.W, m.H)))
	side := func(n int) int { return min(max(int(math.Round(float64(n)*scale)), 1), residualLong) }
	p := newPlane(side(m.W), side(m.H))
	lines := make([][]float32, parallel.Workers)
	for i := range lines {
		lines[i] = make([]float32, m.W)
	}
	parallel.Each(p.h, func(worker, row int) {
		sums := p.v[row*p.w : (row+1)*p.w]
		top, bottom := row*m.H/p.h, (row+1)*m.H/p.h
		for y := top; y < bottom; y++ {
			for c := range m.C {
				line := m.Row(c, y, lines[worker])
				for i := range sums {
					for _, v := range line[i*m.W/p.w : (i+1)*m.W/p.w] {
						sums[i] += float64(v)
					}
				}
			}
		}
		for i := range sums {
			sums[i] /= float64((bottom - top) * ((i+1)*m.W/p.w - i*m.W/p.w) * m.C)
		}
	})
	return p
}

// transform is a Fourier transform of rows, then of columns, in place.
func transform(w, h int, v []complex128, along func(f *fourier.CmplxFFT, dst, src []complex128) []complex128) {
	f := fourier.NewCmplxFFT(w)
	for y := range h {
		row := v[y*w : (y+1)*w]
		along(f, row, row)
	}
	f = fourier.NewCmplxFFT(h)
	column := make([]complex128, h)
	for x := range w {
		for y := range h {
			column[y] = v[y*w+x]
		}
		along(f, column, column)
		for y := range h {
			v[y*w+x] = column[y]
		}
	}
}

// residual gives each frequency the amplitude exp(log A − mean of log A over 3 x 3 of them)
// and leaves its phase. Beyond its border the spectrum goes round.
func residual(p plane, spectrum []complex128) {
	// Less than a thousandth of a step of 8 bits is noise of the transform, whose phase is
	// anything: in a flat picture there is nothing else.
	noise := float64(len(spectrum)) / 255 / 1000
	logs := newPlane(p.w, p.h)
	for i, c := range spectrum {
		logs.v[i] = math.Log(cmplx.Abs(c) + noise)
	}
	for y := range p.h {
		for x := range p.w {
			mean := 0.0
			for dy := p.h - 1; dy <= p.h+1; dy++ {
				for dx := p.w - 1; dx <= p.w+1; dx++ {
					mean += logs.v[(y+dy)%p.h*p.w+(x+dx)%p.w] / 9
				}
			}
			i := y*p.w + x
			spectrum[i] *= complex(math.Exp(-mean), 0) // e^log A is in it already
		}
	}
}

// smooth blurs by a Gaussian of σ px. Beyond the border the plane goes on as its last row
// or column.
func smooth(p plane, sigma float64) plane {
	reach := int(math.Ceil(3 * sigma))
	weights := make([]float64, 2*reach+1)
	sum := 0.0
	for i := range weights {
		d := float64(i-reach) / sigma
		weights[i] = math.Exp(-d * d / 2)
		sum += weights[i]
	}
	pass := func(from plane, dx, dy int) plane {
		to := newPlane(from.w, from.h)
		for i := range to.v {
			for j, w := range weights {
				x := min(max(i%p.w+dx*(j-reach), 0), p.w-1)
				y := min(max(i/p.w+dy*(j-reach), 0), p.h-1)
				to.v[i] += w / sum * from.v[y*p.w+x]
			}
		}
		return to
	}
	return pass(pass(p, 1, 0), 0, 1)
}

// samples is the plane over its greatest value.
func (p plane) samples() *imageio.Samples {
	m := imageio.New(p.w, p.h, 1)
	greatest := 0.0
	for _, v := range p.v {
		greatest = max(greatest, v)
	}
	for i, v := range p.v {
		if greatest > 0 {
			m.Pix[i] = float32(v / greatest)
		}
	}
	return m.Samples(16)
}
