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

// Of a splat the page shows the ellipse at this many standard deviations: at 1.5 a
// Gaussian has a third of its height left, and neighbours just meet.
const sigmas = 1.5

// ellipses are splats as SVG, in pixels of the picture.
type ellipses struct {
	W, H   int // px
	Shapes template.HTML
	Words  string // how many there are, and which
}

// ellipsesOf draws at most limit splats: the largest half of them, since they are the
// structure of a picture, and an even sample of the others. Large ones come first, so
// that they lie below.
func ellipsesOf(m *splat.Model, limit int) *ellipses {
	s := m.Splats
	order := make([]int, 0, s.N)
	reach := 4 * math.Hypot(float64(m.W), float64(m.H))
	for i := range s.N {
		if rx, ry := radii(s, i); rx < reach && ry < reach { // larger ones, flat fills, have no outline to see
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

// radii of the ellipse, px; +Inf for a scale of 0.
func radii(s *splat.Splats, i int) (rx, ry float64) {
	return sigmas / math.Abs(float64(s.Scale[2*i])), sigmas / math.Abs(float64(s.Scale[2*i+1]))
}

// appendEllipse writes numbers and nothing else, so that nothing needs escaping. y points
// down in models as in SVG, and angles turn the same way.
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
