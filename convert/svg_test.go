package convert

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"igs/imageio"
	"igs/splat"
	"igs/splat/reference"
)

// drawing is the part of SVG that encodeSVG uses.
type drawing struct {
	Style     string `xml:"defs>style"`
	Gradients []struct {
		ID     string `xml:"id,attr"`
		Colour string `xml:"stop-color,attr"`
		Stops  []struct {
			Class  string  `xml:"class,attr"`
			Offset float64 `xml:"offset,attr"`
		} `xml:"stop"`
	} `xml:"defs>radialGradient"`
	Filters []struct {
		ID  string `xml:"id,attr"`
		Red struct {
			Exponent float64 `xml:"exponent,attr"`
		} `xml:"feComponentTransfer>feFuncR"`
		Alpha struct {
			Table string `xml:"tableValues,attr"`
		} `xml:"feComponentTransfer>feFuncA"`
	} `xml:"defs>filter"`
	Groups []group `xml:"g"`
	Mask   []group `xml:"defs>mask>g"`
}

// group is one drawing of all splats. The group of a picture with alpha has both drawings in it.
type group struct {
	Filter  string  `xml:"filter,attr"`
	Masked  string  `xml:"mask,attr"`
	Parts   []group `xml:"g"`
	Circles []struct {
		Fill      string `xml:"fill,attr"`
		Opacity   string `xml:"fill-opacity,attr"`
		Transform string `xml:"transform,attr"`
	} `xml:"circle"`
}

// show draws an SVG by the rules of the standard: it composites premultiplied colours of 8 bits, and filters straight
// colours.
func show(t *testing.T, text []byte, w, h int) []float64 {
	var d drawing
	if err := xml.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d.show(t, d.Groups, w, h)
}

// show draws some groups over black.
func (d drawing) show(t *testing.T, groups []group, w, h int) []float64 {
	opacities := map[string]float64{}
	for rule := range strings.SplitSeq(d.Style, "}") {
		name, body, _ := strings.Cut(rule, "{")
		_, value, _ := strings.Cut(body, "stop-opacity:")
		opacities[strings.TrimPrefix(name, ".")], _ = strconv.ParseFloat(value, 64)
	}
	gradients := map[string]int{}
	for i, g := range d.Gradients {
		gradients["url(#"+g.ID+")"] = i
	}
	steps := func(v float64) float64 { return math.Round(v*255) / 255 }
	out := make([]float64, 3*w*h)
	for _, group := range groups {
		sums := make([][4]float64, w*h)
		for _, c := range group.Circles {
			var a, b, e, f, x0, y0 float64
			if n, err := fmt.Sscanf(c.Transform, "matrix(%f %f %f %f %f %f)", &a, &b, &e, &f, &x0, &y0); n != 6 {
				t.Fatal(err)
			}
			g, weight := d.Gradients[gradients[c.Fill]], 1.0
			if c.Opacity != "" {
				weight, _ = strconv.ParseFloat(c.Opacity, 64)
			}
			var rgb [3]int
			if n, err := fmt.Sscanf(g.Colour, "#%02x%02x%02x", &rgb[0], &rgb[1], &rgb[2]); n != 3 {
				t.Fatal(err)
			}
			for i := range sums {
				dx, dy := float64(i%w)+0.5-x0, float64(i/w)+0.5-y0
				r := math.Hypot(f*dx-e*dy, a*dy-b*dx) / math.Abs(a*f-b*e)
				k := 1
				for k < len(g.Stops) && r > g.Stops[k].Offset {
					k++
				}
				if k == len(g.Stops) {
					continue // outside of the circle
				}
				from, to := g.Stops[k-1], g.Stops[k]
				share := (r - from.Offset) / (to.Offset - from.Offset)
				alpha := weight * (opacities[from.Class]*(1-share) + opacities[to.Class]*share)
				for c := range 3 {
					sums[i][c] = steps(sums[i][c]*(1-alpha) + alpha*float64(rgb[c])/255)
				}
				sums[i][3] = steps(sums[i][3]*(1-alpha) + alpha)
			}
		}
		for _, filter := range d.Filters {
			if group.Filter != "url(#"+filter.ID+")" {
				continue
			}
			var table []float64
			for text := range strings.FieldsSeq(filter.Alpha.Table) {
				v, _ := strconv.ParseFloat(text, 64)
				table = append(table, v)
			}
			for i, sum := range sums {
				at := min(sum[3], 1) * float64(len(table)-1)
				k := min(int(at), len(table)-2)
				seen := table[k] + (at-float64(k))*(table[k+1]-table[k])
				for c := range 3 {
					v := min(sum[c]/max(sum[3], 1e-9), 1)
					if filter.Red.Exponent != 0 {
						v = math.Pow(v, filter.Red.Exponent)
					}
					out[c*w*h+i] = out[c*w*h+i]*(1-seen) + v*seen
				}
			}
		}
	}
	return out
}

func TestSVGLooksRight(t *testing.T) {
	for n, gamma := range map[int]float64{120: 1, 60: 2.2, 30: 1} { // with 30 there are holes
		p, _ := reference.RandomScene(11, w, h, n, 3)
		for i, v := range p.Feat {
			p.Feat[i] = min(max(v, 0), 1)
		}
		m := &splat.Model{Splats: p, W: w, H: h, TopK: 10, Layers: splat.Plain(3, 8), Gamma: gamma, Bits: splat.Lossless}
		data, err := encodeSVG(m)
		if err != nil {
			t.Fatal(err)
		}
		want := reference.Forward(reference.Scene{W: w, H: h, K: 10, Cut: 18}, p).Color
		for i, v := range want {
			want[i] = math.Pow(v, 1/gamma)
		}
		if got := psnr(show(t, data, w, h), want); got < 22 {
			t.Errorf("%d splats, gamma %g: %.2f dB between SVG and igs", n, gamma, got)
		} else {
			t.Logf("%d splats, gamma %g: %.2f dB", n, gamma, got)
		}
	}
}

// An SVG of a picture with alpha has its colours and its alpha: over a colour it looks like the picture over it.
func TestSVGOfAlpha(t *testing.T) {
	p, _ := reference.RandomScene(11, w, h, 120, 4)
	for i := range p.N {
		row := imageio.NewRow(4, 1)
		for c := range row {
			row[c][0] = p.Feat[4*i+c]
		}
		row[3][0] = min(max(2*p.XY[2*i]-0.5, 0), 1) // from left to right
		imageio.Mix(row)
		for c := range row {
			p.Feat[4*i+c] = row[c][0]
		}
	}
	layers := []imageio.Layer{{C: 4, Depth: 8, High: 1, Alpha: true}}
	m := &splat.Model{Splats: p, W: w, H: h, TopK: 10, Layers: layers, Gamma: 1, Bits: splat.Lossless}
	data, err := encodeSVG(m)
	if err != nil {
		t.Fatal(err)
	}
	var d drawing
	if err := xml.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Groups) != 1 || d.Groups[0].Masked != "url(#alpha)" {
		t.Fatalf("%d groups", len(d.Groups))
	}
	colours, mask := d.show(t, d.Groups[0].Parts, w, h), d.show(t, d.Mask, w, h)
	drawn := reference.Forward(reference.Scene{W: w, H: h, K: 10, Cut: 18}, p).Color
	row, over := imageio.NewRow(4, w*h), imageio.NewRow(3, w*h)
	for c := range row {
		for i := range row[c] {
			row[c][i] = float32(drawn[c*w*h+i])
		}
	}
	for _, grey := range []float32{0, 1} {
		imageio.Matte(row, grey, over)
		var want, got []float64
		for c := range over {
			for i, v := range over[c] {
				a := mask[i]
				want, got = append(want, float64(v)), append(got, colours[c*w*h+i]*a+float64(grey)*(1-a))
			}
		}
		if db := psnr(got, want); db < 22 {
			t.Errorf("over %g: %.2f dB between SVG and igs", grey, db)
		} else {
			t.Logf("over %g: %.2f dB", grey, db)
		}
	}
	m.Gamma = 2
	if _, err := encodeSVG(m); err == nil || !strings.Contains(err.Error(), "gamma") {
		t.Errorf("with gamma: %v", err)
	}
}

func TestSVGIsRefused(t *testing.T) {
	m := model()
	if _, err := encodeSVG(m); err == nil || !strings.Contains(err.Error(), "one picture") {
		t.Errorf("a stack: %v", err)
	}
	m.Splats, m.Layers = splat.New(5, 2), []imageio.Layer{{C: 2, Depth: 8, High: 1}}
	if _, err := encodeSVG(m); err == nil || !strings.Contains(err.Error(), "2 channels") {
		t.Errorf("a picture of two channels: %v", err)
	}
	m.Splats, m.Layers = splat.New(mostForSVG+1, 3), splat.Plain(3, 8)
	if _, err := encodeSVG(m); err == nil || !strings.Contains(err.Error(), "20001 splats") {
		t.Errorf("too many: %v", err)
	}
}

func TestGreyAndEndlessSplats(t *testing.T) {
	m := &splat.Model{Splats: splat.New(2, 1), W: 8, H: 8, TopK: 10, Layers: splat.Plain(1, 8), Gamma: 1, Bits: splat.Lossless}
	m.Splats.Feat[0], m.Splats.Feat[1] = 0.5, -3
	data, err := encodeSVG(m)
	if err != nil || !strings.Contains(string(data), "#808080") || !strings.Contains(string(data), "#000000") || strings.Contains(string(data), "Inf") {
		t.Errorf("%v\n%s", err, data)
	}
}
