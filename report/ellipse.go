package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"igs/splat"
)

const (
	mostEllipses = 2500    // of a run: more make a picture black
	allEllipses  = 200_000 // of a page, at some 90 bytes: more make it slow
)

// ellipses draws splats at one standard deviation, as SVG elements in px of the picture.
// Of many it draws every k-th: they lie in the order of their tiles, so that every part of
// the picture has its share. drawn of them are there.
func ellipses(m *splat.Model, most int) (elements template.HTML, drawn int) {
	k := (m.Splats.N + most - 1) / most
	var b strings.Builder
	p := m.Splats
	for i := 0; i < p.N; i += max(k, 1) {
		x, y := float64(p.XY[2*i])*float64(m.W), float64(p.XY[2*i+1])*float64(m.H)
		rx, ry := sigma(p.Scale[2*i], m), sigma(p.Scale[2*i+1], m)
		fmt.Fprintf(&b, `<ellipse rx="%.4g" ry="%.4g" transform="translate(%.5g %.5g)rotate(%.4g)"/>`, rx, ry, x, y, float64(p.Rot[i])*180/math.Pi)
		drawn++
	}
	return template.HTML(b.String()), drawn
}

// sigma is 1/|t|, but no more than the picture is large: a splat may be a stripe.
func sigma(t float32, m *splat.Model) float64 {
	return 1 / max(math.Abs(float64(t)), 1/float64(m.W+m.H))
}
