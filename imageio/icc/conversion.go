package icc

import (
	"math"

	"igs/internal/srgb"
)

// fromXYZ converts XYZ of the connection space, whose white is D50 (0.9642, 1, 0.8249), to linear light of sRGB. It is
// the inverse of the matrix of the primaries of sRGB (IEC 61966-2-1), adapted from D65 to D50 with the Bradford
// transform.
var fromXYZ = [3][3]float64{
	{3.1341864, -1.6172090, -0.4906941},
	{-0.9787485, 1.9161301, 0.0334334},
	{0.0719639, -0.2289939, 1.4057537},
}

// conversion converts samples of a profile to sRGB. It has a curve for each channel and, for colours, a matrix to
// linear light of sRGB.
type conversion struct {
	curves []curve // one for grey, three for colours
	matrix [3][3]float64
}

// newConversion is nil for a profile that cannot be applied. That includes profiles with tables beside curves and a
// matrix, because the tables then have priority (ICC.1:2022, 8.2).
func (p *Profile) newConversion() *conversion {
	switch {
	case p.tag("A2B0") != nil || p.tag("A2B1") != nil || p.tag("D2B0") != nil || p.tag("D2B1") != nil:
		return nil
	case p.space() == greySpace:
		return p.greyConversion()
	case p.space() == rgbSpace && p.connection() == xyzSpace:
		return p.matrixConversion()
	}
	return nil
}

func (p *Profile) greyConversion() *conversion {
	c := readCurve(p.tag("kTRC"))
	if c == nil || c(1) < 1-whiteSlack {
		return nil
	}
	if p.connection() == labSpace {
		lightness := c
		c = func(v float64) float64 { return luminance(lightness(v)) }
	}
	return &conversion{curves: []curve{c}}
}

// luminance is the Y of a lightness of 0..1 (L* / 100 of CIE 1976).
func luminance(lightness float64) float64 {
	f := (100*lightness + 16) / 116
	if f > 6.0/29 {
		return f * f * f
	}
	return 3 * (6.0 / 29) * (6.0 / 29) * (f - 4.0/29)
}

// whiteSlack is the largest difference from the white of sRGB. A profile with a larger one counts as damaged.
const whiteSlack = 0.1

func (p *Profile) matrixConversion() *conversion {
	out := &conversion{}
	for k, tags := range [3][2]string{{"rXYZ", "rTRC"}, {"gXYZ", "gTRC"}, {"bXYZ", "bTRC"}} {
		primary, ok := p.xyz(tags[0])
		c := readCurve(p.tag(tags[1]))
		if !ok || c == nil {
			return nil
		}
		out.curves = append(out.curves, c)
		for i, row := range fromXYZ {
			for j, v := range row {
				out.matrix[i][k] += v * primary[j]
			}
		}
	}
	for _, row := range out.matrix {
		var white float64
		for k, v := range row {
			white += v * out.curves[k](1)
		}
		if math.Abs(white-1) > whiteSlack {
			return nil
		}
	}
	return out
}

// sample converts one pixel to sRGB, without rounding.
func (c *conversion) sample(v [3]float64) [3]float64 {
	if len(c.curves) == 1 {
		grey := srgb.Sample(c.curves[0](v[0]))
		return [3]float64{grey, grey, grey}
	}
	var out [3]float64
	for i, row := range c.matrix {
		for k, m := range row {
			out[i] += m * c.curves[k](v[k])
		}
		out[i] = srgb.Sample(clip(out[i]))
	}
	return out
}

// changesNothing is true when no sample changes by more than a step of 8 bits. Then the profile is sRGB, which programs
// write in many ways. It tests all greys of 8 bits, and colours on a grid.
func (c *conversion) changesNothing() bool {
	still := func(v [3]float64) bool {
		for i, after := range c.sample(v) {
			if math.Abs(after-v[i]) > 1.0/255 {
				return false
			}
		}
		return true
	}
	for i := range 256 {
		v := float64(i) / 255
		if !still([3]float64{v, v, v}) {
			return false
		}
	}
	const sides = 8
	for i := range sides * sides * sides * (len(c.curves) / 3) {
		if !still([3]float64{float64(i%sides) / (sides - 1), float64(i/sides%sides) / (sides - 1), float64(i/sides/sides) / (sides - 1)}) {
			return false
		}
	}
	return true
}
