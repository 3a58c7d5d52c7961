package report

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"

	"igs/splat"
)

// sigmas is the size of an ellipse in standard deviations of its splat. At 1.5 a Gaussian has a
// third of its height, and the ellipses of neighbours just touch.
const sigmas = 1.5

// ellipses are splats as SVG, in pixels of the picture.
type ellipses struct {
	W, H   int // px
	Shapes template.HTML
	Words  string // how many splats are drawn, and which
}

// ellipsesOf draws at most limit splats. One half are the largest ones, because they show the
// structure of a picture; the other half is an even sample of the others. Large ellipses are
// drawn first, so that they lie below small ones.
func ellipsesOf(m *splat.Model, limit int) *ellipses {
	s := m.Splats
	order := make([]int, 0, s.N)
	reach := 4 * math.Hypot(float64(m.W), float64(m.H))
	for i := range s.N {
		if rx, ry := radii(s, i); rx < reach && ry < reach { // the outline of a larger one is outside of the picture
			order = append(order, i)
		}
	}
	area := func(i int) float64 { rx, ry := radii(s, i); return rx * ry }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(area(b), area(a)) })
	words := fmt.Sprintf("all %d splats", s.N)
	if len(order) > limit {
		large := limit / 2
		rest := order[large:]
		chosen := slices.Clone(order[:large])
		for k := range limit - large {
			chosen = append(chosen, rest[k*len(rest)/(limit-large)])
		}
		order = chosen
		words = fmt.Sprintf("%d of %d splats, the %d largest and an even sample of the others", limit, s.N, large)
	} else if len(order) < s.N {
		words = fmt.Sprintf("%d of %d splats, without those much larger than the picture", len(order), s.N)
	}
	var out []byte
	for _, i := range order {
		out = appendEllipse(out, m, i)
	}
	return &ellipses{m.W, m.H, template.HTML(out), words + fmt.Sprintf(", drawn at %g σ", sigmas)}
}

// radii are the radii of the ellipse in px, +Inf for a scale of 0.
func radii(s *splat.Splats, i int) (rx, ry float64) {
	return sigmas / math.Abs(float64(s.Scale[2*i])), sigmas / math.Abs(float64(s.Scale[2*i+1]))
}

// appendEllipse appends the SVG element of a splat. It writes only numbers into it, so nothing needs
// escaping. In models and in SVG, y points down and angles turn the same way.
func appendEllipse(out []byte, m *splat.Model, i int) []byte {
	s := m.Splats
	rx, ry := radii(s, i)
	x, y := float64(s.XY[2*i])*float64(m.W), float64(s.XY[2*i+1])*float64(m.H)
	turn := math.Mod(float64(s.Rot[i])*180/math.Pi, 180)
	number := func(name string, v float64) {
		out = append(append(out, name...), '"')
		out = append(strconv.AppendFloat(out, math.Round(v*10)/10, 'f', -1, 64), '"')
	}
	number(`<ellipse rx=`, rx)
	number(` ry=`, ry)
	out = append(out, ` transform="translate(`...)
	out = strconv.AppendFloat(out, math.Round(x*10)/10, 'f', -1, 64)
	out = append(out, ' ')
	out = strconv.AppendFloat(out, math.Round(y*10)/10, 'f', -1, 64)
	out = append(out, `) rotate(`...)
	out = strconv.AppendFloat(out, math.Round(turn), 'f', -1, 64)
	rgb := m.Colour(i)
	return append(append(append(out, `)" fill="#`...), hex.EncodeToString(rgb[:])...), `"/>`...)
}
