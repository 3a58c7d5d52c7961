package report

import (
	"image"
	"math"

	"igs/imageio"
	"igs/internal/srgb"
)

// light and dark convert samples of sRGB to linear light and back. Averages of pixels are
// taken in linear light, because a distant eye averages light. Files count as sRGB.
var (
	light = func() (t [1024]float32) {
		for i := range t {
			t[i] = float32(srgb.Light(float64(i) / 1023))
		}
		return t
	}()
	dark = func() (t [4096]uint8) {
		for i := range t {
			t[i] = uint8(255*srgb.Sample(float64(i)/4095) + 0.5)
		}
		return t
	}()
)

// shrink is a copy of a picture, w px wide, with 8 bits a sample. Each of its pixels is the
// mean of the pixels that it covers. The picture is read row by row, so it never lies in memory
// as floats.
func shrink(m *imageio.Samples, w int) image.Image {
	h := max(1, int(math.Round(float64(m.H)*float64(w)/float64(m.W))))
	grey, colour := image.NewGray(image.Rect(0, 0, w, h)), (*image.RGBA)(nil)
	pix, step := grey.Pix, 1
	if m.C == 3 {
		colour = image.NewRGBA(image.Rect(0, 0, w, h))
		pix, step = colour.Pix, 4
		for i := 3; i < len(pix); i += 4 {
			pix[i] = 255
		}
	}
	line := make([]float32, m.W)
	for c := range m.C {
		if w == m.W {
			for y := range h {
				for x, v := range m.Row(c, y, line) {
					pix[(y*w+x)*step+c] = uint8(255*v + 0.5)
				}
			}
			continue
		}
		shrinkPlane(m, c, w, h, func(x, y int, v float32) { pix[(y*w+x)*step+c] = dark[int(4095*v+0.5)] })
	}
	if colour != nil {
		return colour
	}
	return grey
}

// shrinkPlane computes the pixels of one channel, in linear light.
func shrinkPlane(m *imageio.Samples, c, w, h int, put func(x, y int, v float32)) {
	line, narrow, sum := make([]float32, m.W), make([]float32, w), make([]float32, w)
	last := -1 // index of the row in narrow
	for y := range h {
		clear(sum)
		each(y, h, m.H, func(row int, share float32) {
			if row != last {
				narrowRow(m.Row(c, row, line), narrow)
				last = row
			}
			for x, v := range narrow {
				sum[x] += share * v
			}
		})
		for x, v := range sum {
			put(x, y, min(1, v))
		}
	}
}

// narrowRow sets narrow to the means along a row. It changes line.
func narrowRow(line, narrow []float32) {
	for i, v := range line {
		line[i] = light[int(1023*v+0.5)]
	}
	for x := range narrow {
		var sum float32
		each(x, len(narrow), len(line), func(i int, share float32) { sum += share * line[i] })
		narrow[x] = sum
	}
}

// each divides n samples into m cells. It calls f for each sample that cell i covers, with the
// share of the cell that the sample fills.
func each(i, m, n int, f func(at int, share float32)) {
	from, to := float64(i)*float64(n)/float64(m), float64(i+1)*float64(n)/float64(m)
	for at := int(from); at < n && float64(at) < to; at++ {
		if share := min(to, float64(at+1)) - max(from, float64(at)); share > 1e-9 {
			f(at, float32(share/(to-from)))
		}
	}
}
