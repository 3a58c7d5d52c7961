package convert

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"igs/imageio"
	"igs/internal/fault"
	"igs/splat"
)

// SVG has no normalised blending, but its filters can do the division. Splats that lie over each other with low opacity
// nearly add up: the result is the sum Σ α c with the opacity Σ α. SVG filters work on colours divided by their opacity,
// so a filter that makes the sum opaque leaves Σ α c / Σ α, which is the picture.
//
// Opacity has 8 bits, which hold α down to s = 6 only. But splats with s up to 18 fill the holes between splats. So the
// splats are written twice. The lower copies are larger by √wider: their gradients reach s = 18, with weights
// exp(−s/wider), which are too even but prefer the same splats. The upper copies have the right size, and are shown where
// their sum is large enough to be exact.
const (
	mostForSVG = 20_000 // splats; 12 MB
	opacity    = 0.4    // of a splat at its centre: low, so that the order hardly matters, and high enough for 8 bits
	reach      = 3.5    // radius of a gradient, σ
	stops      = 10     // of a gradient
	wider      = 3
	holeBelow  = 0.02 // sum of opacities below which only the lower drawing is seen
	exactFrom  = 0.1  // from which only the upper is
)

// encodeSVG writes a model of one picture.
func encodeSVG(m *splat.Model) ([]byte, error) {
	p, most, alpha := m.Splats, mostForSVG, len(m.Layers) == 1 && m.Layers[0].Alpha
	if alpha {
		most /= 2 // all splats are drawn again for the mask
	}
	switch {
	case p.N > most:
		return nil, fault.New(fault.BadInput, "igs render writes it as a PNG", "the model has %d splats; programs cannot show an SVG of more than %d", p.N, most)
	case alpha && m.Gamma != 1:
		return nil, fault.New(fault.BadInput, "igs render writes it as a PNG", "an SVG cannot show a model with alpha and gamma %g", m.Gamma)
	case len(m.Layers) == 1 && !alpha && p.C != 1 && p.C != 3:
		return nil, fault.New(fault.BadInput, "igs render --layers writes each channel", "an SVG shows grey or RGB, and the model has %d channels", p.C)
	case len(m.Layers) != 1:
		return nil, fault.New(fault.BadInput, "igs render --layers writes each picture of a stack", "an SVG shows one picture, and the model has %d", len(m.Layers))
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n<defs>\n<style>", m.W, m.H, m.W, m.H)
	for k := range stops + 1 {
		fmt.Fprintf(&out, ".s%d{stop-color:inherit;stop-opacity:%.4f}", k, stopOpacity(k))
	}
	out.WriteString("</style>\n")
	filter(&out, "below", m, func(float64) float64 { return 1 })
	filter(&out, "above", m, func(sum float64) float64 { return (sum - holeBelow) / (exactFrom - holeBelow) })
	order := largestFirst(p)
	if !alpha {
		shown := coat{p, nil, "g"}
		shown.gradients(&out, order)
		out.WriteString("</defs>\n")
		shown.drawings(&out, m, order)
		out.WriteString("</svg>\n")
		return out.Bytes(), nil
	}
	shown, mask := coatsOf(p)
	shown.gradients(&out, order)
	mask.gradients(&out, order)
	fmt.Fprintf(&out, "<mask id=\"alpha\" maskUnits=\"userSpaceOnUse\" x=\"0\" y=\"0\" width=\"%d\" height=\"%d\">\n", m.W, m.H)
	mask.drawings(&out, m, order)
	out.WriteString("</mask>\n</defs>\n<g mask=\"url(#alpha)\">\n")
	shown.drawings(&out, m, order)
	out.WriteString("</g>\n</svg>\n")
	return out.Bytes(), nil
}

// coat is the colours in which splats are drawn.
type coat struct {
	*splat.Splats
	weight []float64 // factor of the opacity of each splat; nil: 1
	id     string    // of its gradients, before the number of a splat
}

// coatsOf divides splats with alpha into straight colours and a grey mask. A splat of colour p, multiplied by α, has the
// colour p/α and the weight α. So the normalised sum of the colours is Σ p / Σ α, and the mask multiplies it by Σ α.
func coatsOf(p *splat.Splats) (shown, mask coat) {
	n := p.C - 1
	colours, alphas := *p, *p
	colours.C, colours.Feat = n, make([]float32, n*p.N)
	alphas.C, alphas.Feat = 1, make([]float32, p.N)
	shown = coat{&colours, make([]float64, p.N), "g"}
	for i := range p.N {
		row := imageio.NewRow(p.C, 1)
		for c := range row {
			row[c][0] = p.Feat[i*p.C+c]
		}
		imageio.Unmix(row)
		for c := range n {
			colours.Feat[i*n+c] = row[c][0]
		}
		alphas.Feat[i], shown.weight[i] = row[n][0], float64(row[n][0])
	}
	return shown, coat{&alphas, nil, "m"}
}

func (c coat) gradients(out *bytes.Buffer, order []int) {
	for _, i := range order {
		fmt.Fprintf(out, `<radialGradient id="%s%d" stop-color="%s">`, c.id, i, colour(c.Splats, i))
		for k := range stops + 1 {
			fmt.Fprintf(out, `<stop class="s%d" offset="%.1f"/>`, k, float64(k)/stops)
		}
		out.WriteString("</radialGradient>\n")
	}
}

// drawings are both drawings of the splats, over black.
func (c coat) drawings(out *bytes.Buffer, m *splat.Model, order []int) {
	out.WriteString("<rect width=\"100%\" height=\"100%\"/>\n")
	c.draw(out, m, order, "below", math.Sqrt(wider))
	c.draw(out, m, order, "above", 1)
}

// stopOpacity is the opacity of stop k of a gradient: a Gaussian, and 0 at its end.
func stopOpacity(k int) float64 {
	if k == stops {
		return 0
	}
	r := reach * float64(k) / stops
	return opacity * math.Exp(-r*r/2)
}

// filter maps the sum of opacities by seen, and undoes the gamma of the training in the colours. It uses a table, because
// some programs do not limit a linear function to 1.
func filter(out *bytes.Buffer, name string, m *splat.Model, seen func(sum float64) float64) {
	fmt.Fprintf(out, `<filter id="%s" filterUnits="userSpaceOnUse" x="0" y="0" width="%d" height="%d" color-interpolation-filters="sRGB"><feComponentTransfer>`, name, m.W, m.H)
	if m.Gamma != 1 {
		for _, c := range "RGB" {
			fmt.Fprintf(out, `<feFunc%c type="gamma" exponent="%.4f"/>`, c, 1/m.Gamma)
		}
	}
	out.WriteString(`<feFuncA type="table" tableValues="`)
	const steps = 50 // of 0.02
	for k := range steps + 1 {
		fmt.Fprintf(out, "%.3g ", min(max(seen(float64(k)/steps), 0), 1))
	}
	out.WriteString("\"/></feComponentTransfer></filter>\n")
}

// largestFirst is the order of the ellipses. A later ellipse counts a little more.
func largestFirst(p *splat.Splats) []int {
	order := make([]int, p.N)
	for i := range order {
		order[i] = i
	}
	area := func(i int) float64 { return deviation(p.Scale[2*i]) * deviation(p.Scale[2*i+1]) }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(area(j), area(i)) })
	return order
}

// deviation is σ in px, at most a million, because the σ of a splat may be infinite.
func deviation(t float32) float64 { return 1 / max(math.Abs(float64(t)), 1e-6) }

func colour(p *splat.Splats, i int) string {
	var c [3]int
	for k := range c {
		v := p.Feat[i*p.C+min(k, p.C-1)]
		c[k] = int(math.Round(255 * float64(min(max(v, 0), 1))))
	}
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2])
}

// draw writes the ellipses of all splats, enlarged by a factor, in a group with a filter.
func (c coat) draw(out *bytes.Buffer, m *splat.Model, order []int, filter string, larger float64) {
	fmt.Fprintf(out, "<g filter=\"url(#%s)\">\n", filter)
	for _, i := range order {
		p, weight := c.Splats, ""
		if c.weight != nil {
			if c.weight[i] < 1./255 {
				continue
			}
			weight = fmt.Sprintf(` fill-opacity="%.3f"`, c.weight[i])
		}
		sin, cos := math.Sincos(float64(p.Rot[i]))
		r1, r2 := larger*reach*deviation(p.Scale[2*i]), larger*reach*deviation(p.Scale[2*i+1])
		x, y := float64(p.XY[2*i])*float64(m.W), float64(p.XY[2*i+1])*float64(m.H)
		fmt.Fprintf(out, "<circle r=\"1\" fill=\"url(#%s%d)\"%s transform=\"matrix(%.3f %.3f %.3f %.3f %.2f %.2f)\"/>\n", c.id, i, weight, r1*cos, r1*sin, -r2*sin, r2*cos, x, y)
	}
	out.WriteString("</g>\n")
}
