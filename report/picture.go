package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"

	"igs/imageio"
)

// Pictures are embedded, so that a report is one file. They are made smaller by whole
// factors: target, render and error of a run then cover each other pixel by pixel.
const (
	widest      = 1200     // px
	lossless    = 400      // px: up to this width as PNG
	jpegQuality = 88       //
	reportBytes = 32 << 20 // that all pictures together may take, about
	bytesAPixel = 0.6      // of a JPEG of this quality, in base64: photographs take less
)

// shrink is the factor by which pictures are made smaller when so many of them, each of
// w × h px, share a report; 0 when there is no room for them at all.
func shrink(w, h, count int) int {
	k := (w + widest - 1) / widest
	for ; float64(count)*bytesAPixel*float64(w/k)*float64(h/k) > reportBytes; k++ {
		if w/(k+1) < 100 && w > 100 {
			return 0
		}
	}
	return k
}

// inline reads a picture and gives it as a data URI, k times smaller.
func inline(path string, k int) (template.URL, error) {
	m, err := imageio.ReadSamples(path)
	if err != nil {
		return "", err
	}
	if m.C != 1 && m.C != 3 {
		return "", fmt.Errorf("%s has %d channels", path, m.C)
	}
	small := reduced(m, k)
	var data bytes.Buffer
	kind := "jpeg"
	if small.Rect.Dx() <= lossless {
		kind = "png"
		err = png.Encode(&data, small)
	} else {
		err = jpeg.Encode(&data, small, &jpeg.Options{Quality: jpegQuality})
	}
	return template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data.Bytes())), err
}

// reduced is the mean of k × k pixels for each, fewer at the right and lower edge.
func reduced(m *imageio.Samples, k int) *image.RGBA {
	w, h := (m.W+k-1)/k, (m.H+k-1)/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	line := make([]float32, m.W)
	sums := make([]float32, w*m.C)
	for y := range h {
		clear(sums)
		rows := min(k, m.H-y*k)
		for c := range m.C {
			for i := range rows {
				for x, v := range m.Row(c, y*k+i, line) {
					sums[x/k*m.C+c] += v
				}
			}
		}
		for x := range w {
			n := float32(rows * min(k, m.W-x*k))
			at := func(c int) uint8 { return uint8(math.Round(float64(255 * sums[x*m.C+c%m.C] / n))) }
			out.SetRGBA(x, y, color.RGBA{at(0), at(1), at(2), 255})
		}
	}
	return out
}
