package icc

import (
	"math"
	"testing"

	"igs/imageio/icc/icctest"
	"igs/internal/srgb"
)

func parsed(t *testing.T, p icctest.Profile) *Profile {
	t.Helper()
	out := Parse(p.Bytes())
	if out == nil {
		t.Fatal("not taken for a profile")
	}
	return out
}

// The values are those of Little CMS 2.14 (transicc -t1 -c0) for the same profiles, clipped to 0..255.
func TestSamplesAreThoseOfLittleCMS(t *testing.T) {
	p3 := parsed(t, icctest.RGB("P3", icctest.DisplayP3, icctest.SRGBFormula()))
	adobe := parsed(t, icctest.RGB("Adobe", icctest.AdobeRGB, icctest.Gamma(563.0/256)))
	grey := parsed(t, icctest.Grey("grey", icctest.Gamma(1.75)))
	for _, k := range []struct {
		profile  *Profile
		in, want []float64
	}{
		{p3, []float64{200, 100, 50}, []float64{214.9009, 92.6138, 30.9524}},
		{p3, []float64{255, 0, 0}, []float64{255, 0, 0}},
		{p3, []float64{20, 220, 30}, []float64{0, 224.0134, 0}},
		{p3, []float64{128, 128, 128}, []float64{128.0000, 128.0027, 128.0014}},
		{p3, []float64{250, 250, 10}, []float64{249.9991, 250.0015, 0}},
		{p3, []float64{5, 3, 8}, []float64{5.4493, 2.9158, 8.4514}},
		{adobe, []float64{200, 100, 50}, []float64{227.0741, 100.0682, 42.3562}},
		{adobe, []float64{255, 0, 0}, []float64{255, 0, 0.0233}},
		{adobe, []float64{20, 220, 30}, []float64{0, 220.9584, 0}},
		{adobe, []float64{128, 128, 128}, []float64{129.0307, 129.0302, 129.0308}},
		{adobe, []float64{250, 250, 10}, []float64{250.1648, 250.1608, 0}},
		{adobe, []float64{5, 3, 8}, []float64{0.7343, 0.1882, 1.6888}},
		{grey, []float64{10}, []float64{11.3374}},
		{grey, []float64{64}, []float64{84.1566}},
		{grey, []float64{128}, []float64{148.7288}},
		{grey, []float64{200}, []float64{211.3253}},
	} {
		row8, row16 := make([][]uint8, len(k.in)), make([][]uint16, len(k.in))
		for c, v := range k.in {
			row8[c], row16[c] = []uint8{uint8(v)}, []uint16{uint16(257 * v)}
		}
		NewConverter[uint8](k.profile).Row(row8)
		NewConverter[uint16](k.profile).Row(row16)
		for c, want := range k.want {
			if got := float64(row8[c][0]); math.Abs(got-want) > 0.502 {
				t.Errorf("%s %v: channel %d is %g, want %g", k.profile.Name, k.in, c, got, want)
			}
			if got := float64(row16[c][0]); math.Abs(got-257*want) > 0.53 {
				t.Errorf("%s %v: channel %d is %g of 65535, want %g", k.profile.Name, k.in, c, got, 257*want)
			}
		}
	}
}

// lightOf converts linear light of other primaries with white D65 to linear light of sRGB. It uses only the
// chromaticities: no D50, no adaptation, no connection space.
func lightOf(xy [8]float64, v [3]float64) [3]float64 {
	own, ours := toXYZ(xy), toXYZ([8]float64{0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290})
	var xyz [3]float64
	for i := range 3 {
		for k := range 3 {
			xyz[i] += own[i][k] * v[k]
		}
	}
	return solve(ours, xyz)
}

// toXYZ is the matrix of primaries and white, which are given by x and y. The sum of its columns is the white of
// luminance 1.
func toXYZ(xy [8]float64) (m [3][3]float64) {
	column := func(x, y float64) [3]float64 { return [3]float64{x / y, 1, (1 - x - y) / y} }
	for k := range 3 {
		for i, v := range column(xy[2*k], xy[2*k+1]) {
			m[i][k] = v
		}
	}
	share := solve(m, column(xy[6], xy[7]))
	for i := range m {
		for k := range m[i] {
			m[i][k] *= share[k]
		}
	}
	return m
}

// solve solves linear equations by Cramer's rule.
func solve(m [3][3]float64, v [3]float64) (x [3]float64) {
	determinant := func(m [3][3]float64) float64 {
		return m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) - m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) + m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
	}
	for k := range x {
		other := m
		for i := range v {
			other[i][k] = v[i]
		}
		x[k] = determinant(other) / determinant(m)
	}
	return x
}

// Conversions by profile are compared with conversions by chromaticities. Columns of published profiles have five
// digits.
func TestSamplesAreThoseOfTheChromaticities(t *testing.T) {
	adobe := [8]float64{0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290}
	p3 := [8]float64{0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290}
	gamma := func(g float64) func(v float64) float64 {
		return func(v float64) float64 { return math.Pow(v, g) }
	}
	for name, k := range map[string]struct {
		profile icctest.Profile
		xy      [8]float64
		light   func(v float64) float64
	}{
		"P3":           {icctest.RGB("P3", icctest.DisplayP3, icctest.SRGBFormula()), p3, srgb.Light},
		"P3, table":    {icctest.RGB("P3", icctest.DisplayP3, icctest.Table(1024, srgb.Light)), p3, srgb.Light},
		"Adobe RGB":    {icctest.RGB("Adobe", icctest.AdobeRGB, icctest.Gamma(563.0/256)), adobe, gamma(563.0 / 256)},
		"formula 0":    {icctest.RGB("0", icctest.DisplayP3, icctest.Formula(0, 1.8)), p3, gamma(1.8)},
		"formula 1":    {icctest.RGB("1", icctest.DisplayP3, icctest.Formula(1, 2, 1.25, -0.25)), p3, func(v float64) float64 { return math.Pow(max(1.25*v-0.25, 0), 2) }},
		"formula 2":    {icctest.RGB("2", icctest.DisplayP3, icctest.Formula(2, 2, 1, -0.25, 0.4375)), p3, func(v float64) float64 { return math.Pow(max(v-0.25, 0), 2) + 0.4375 }},
		"formula 4":    {icctest.RGB("4", icctest.DisplayP3, icctest.Formula(4, 2, 0.75, 0, 0.5, 0.5, 0.4375, 0.0625)), p3, formula4},
		"linear light": {icctest.RGB("linear", icctest.DisplayP3, icctest.Table(2, func(v float64) float64 { return v })), p3, gamma(1)},
		"sRGB, 1.8":    {icctest.RGB("1.8", icctest.SRGB, icctest.Gamma(1.8)), [8]float64{0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290}, gamma(461.0 / 256)},
	} {
		p := parsed(t, k.profile)
		if p.SRGB || p.Channels() != 3 {
			t.Errorf("%s: sRGB %t, %d channels", name, p.SRGB, p.Channels())
			continue
		}
		convert8, convert16 := NewConverter[uint8](p), NewConverter[uint16](p)
		const sides = 16
		for i := range sides * sides * sides {
			at := [3]int{i % sides, i / sides % sides, i / sides / sides}
			var v [3]float64
			row8, row16 := make([][]uint8, 3), make([][]uint16, 3)
			for c, n := range at {
				row8[c], row16[c] = []uint8{uint8(17 * n)}, []uint16{uint16(4369 * n)}
				v[c] = k.light(float64(n) / (sides - 1))
			}
			convert8.Row(row8)
			convert16.Row(row16)
			for c, light := range lightOf(k.xy, v) {
				const digits = 3e-4 // of light; the columns of published profiles are not more exact
				low, high := srgb.Sample(min(max(light-digits, 0), 1)), srgb.Sample(min(max(light+digits, 0), 1))
				if got := float64(row8[c][0]); got < 255*low-0.51 || got > 255*high+0.51 {
					t.Fatalf("%s, %v: channel %d of 8 bits is %g, not within %g and %g", name, at, c, got, 255*low, 255*high)
				}
				if got := float64(row16[c][0]); got < 65535*low-0.6 || got > 65535*high+0.6 {
					t.Fatalf("%s, %v: channel %d of 16 bits is %g, not within %g and %g", name, at, c, got, 65535*low, 65535*high)
				}
			}
		}
	}
}

// formula4 is continuous at 0.5.
func formula4(v float64) float64 {
	if v < 0.5 {
		return 0.5*v + 0.0625
	}
	return 0.75*v*0.75*v + 0.4375
}

func TestGreyIsItsCurve(t *testing.T) {
	for name, k := range map[string]struct {
		profile icctest.Profile
		light   func(v float64) float64
	}{
		"gamma 1.75": {icctest.Grey("", icctest.Gamma(1.75)), func(v float64) float64 { return math.Pow(v, 1.75) }},
		"gamma 2.2":  {icctest.Grey("", icctest.Gamma(2.2)), func(v float64) float64 { return math.Pow(v, 563.0/256) }},
		"lightness": {icctest.Profile{Space: "GRAY", Connection: "Lab ", Tags: map[string][]byte{"kTRC": icctest.Formula(0, 1)}}, func(v float64) float64 {
			if v <= 0.08 { // L* of CIE 1976
				return 100 * v * 27 / 24389
			}
			return math.Pow((v+0.16)/1.16, 3)
		}},
	} {
		p := parsed(t, k.profile)
		if p.Channels() != 1 || p.SRGB {
			t.Errorf("%s: %d channels, sRGB %t", name, p.Channels(), p.SRGB)
			continue
		}
		row := [][]uint16{make([]uint16, 65536)}
		for x := range row[0] {
			row[0][x] = uint16(x)
		}
		NewConverter[uint16](p).Row(row)
		for x, got := range row[0] {
			if want := 65535 * srgb.Sample(k.light(float64(x)/65535)); math.Abs(float64(got)-want) > 0.53 {
				t.Fatalf("%s: %d became %d, want %g", name, x, got, want)
			}
		}
	}
}

func TestKinds(t *testing.T) {
	line := icctest.Gamma(1)
	odd := append([]byte("curv\x00\x00\x00\x00\xff\xff\xff\xff"), 0, 0)
	tables := icctest.RGB("both", icctest.DisplayP3, icctest.Gamma(2.2))
	tables.Tags["A2B0"] = make([]byte, 40)
	wide := icctest.RGB("", icctest.DisplayP3, icctest.Gamma(2.2))
	wide.Tags["desc"] = icctest.WideText("Display P3")
	only := func(space, name string) icctest.Profile {
		return icctest.Profile{Space: space, Tags: map[string][]byte{"desc": icctest.Text(name)}}
	}
	dim := icctest.Primaries{{0.2, 0.1, 0}, {0.2, 0.3, 0.1}, {0.1, 0.1, 0.3}}
	for name, k := range map[string]struct {
		profile  icctest.Profile
		name     string
		channels int
		srgb     bool
	}{
		"sRGB by a formula":        {icctest.RGB("whatever", icctest.SRGB, icctest.SRGBFormula()), "whatever", 3, true},
		"sRGB by a table":          {icctest.RGB("whatever", icctest.SRGB, icctest.Table(1024, srgb.Light)), "whatever", 3, true},
		"sRGB with gamma 2.2":      {icctest.RGB("simple", icctest.SRGB, icctest.Gamma(2.2)), "simple", 3, false},
		"linear sRGB":              {icctest.RGB("sRGB linear", icctest.SRGB, line), "sRGB linear", 3, false},
		"Display P3":               {icctest.RGB("P3", icctest.DisplayP3, icctest.SRGBFormula()), "P3", 3, false},
		"a name of version 4":      {wide, "Display P3", 3, false},
		"grey with the sRGB curve": {icctest.Grey("grey", icctest.Table(4096, srgb.Light)), "grey", 1, true},
		"dot gain":                 {icctest.Grey("Dot Gain 20%", icctest.Gamma(1.7)), "Dot Gain 20%", 1, false},
		"tables and a matrix":      {tables, "both", 0, false},
		"tables named sRGB":        {only("", "sRGB v4 preference"), "sRGB v4 preference", 0, true},
		"tables":                   {only("", "Scanner"), "Scanner", 0, false},
		"inks":                     {only("CMYK", "FOGRA39"), "FOGRA39", 0, false},
		"without a name":           {only("CMYK", ""), "", 0, false},
		"a name of several lines":  {only("CMYK", "a\nb\tc\x80d"), "a?b?c?d", 0, false},
		"a curve beyond its tag":   {icctest.RGB("odd", icctest.SRGB, odd), "odd", 0, false},
		"an unknown formula":       {icctest.RGB("odd", icctest.SRGB, icctest.Formula(5, 1, 1, 1, 1, 1, 1, 1)), "odd", 0, false},
		"too few parameters":       {icctest.RGB("odd", icctest.SRGB, icctest.Formula(4, 1, 1, 1)), "odd", 0, false},
		"black for white":          {icctest.RGB("dark", icctest.SRGB, icctest.Table(3, func(v float64) float64 { return v / 2 })), "dark", 0, false},
		"primaries without white":  {icctest.RGB("dim", dim, icctest.Gamma(2.2)), "dim", 0, false},
		"grey without white":       {icctest.Grey("dim", icctest.Table(2, func(float64) float64 { return 0 })), "dim", 0, false},
	} {
		data := k.profile.Bytes()
		p := Parse(data)
		if p == nil {
			t.Errorf("%s: not taken for a profile", name)
			continue
		}
		if p.Name != k.name || p.Channels() != k.channels || p.SRGB != k.srgb {
			t.Errorf("%s: %q, %d channels, sRGB %t", name, p.Name, p.Channels(), p.SRGB)
		}
		for n := range data { // truncated at any length
			Parse(data[:n])
		}
	}
	if Parse([]byte("hello")) != nil || Parse(make([]byte, 500)) != nil {
		t.Error("other bytes were taken for a profile")
	}
}

// For any bytes, a profile that is applied gives samples and takes bounded time: 2 tables of 65536 entries for each
// channel.
func FuzzProfile(f *testing.F) {
	for _, p := range []icctest.Profile{
		icctest.RGB("Adobe RGB (1998)", icctest.AdobeRGB, icctest.Gamma(2.2)),
		icctest.RGB("P3", icctest.DisplayP3, icctest.SRGBFormula()),
		icctest.RGB("sRGB", icctest.SRGB, icctest.Table(64, srgb.Light)),
		icctest.RGB("odd", icctest.SRGB, icctest.Formula(4, 2.4, 1, 0, 1, 0.5, 0, 0)),
		icctest.Grey("grey", icctest.Gamma(1.8)),
	} {
		f.Add(p.Bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := Parse(data)
		if p == nil {
			return
		}
		if len(p.Name) > 4*maxName {
			t.Fatalf("a name of %d bytes", len(p.Name))
		}
		for _, r := range p.Name {
			if r < ' ' || r == 0x7f {
				t.Fatalf("%q", p.Name)
			}
		}
		if p.Channels() == 0 {
			return
		}
		c := NewConverter[uint8](p)
		row := make([][]uint8, p.Channels())
		for i := range row {
			row[i] = []uint8{0, 1, 127, 254, 255, uint8(i)}
			for at, light := range c.light[i] {
				if !(light >= 0 && light <= 1) {
					t.Fatalf("light of %d is %g", at, light)
				}
			}
		}
		c.Row(row)
		for _, v := range p.conversion.sample([3]float64{0, 0.5, 1}) {
			if !(v >= 0 && v <= 1+1e-9) {
				t.Fatalf("a sample of %g", v)
			}
		}
	})
}

// The table of the sRGB curve is exact enough for 16 bits.
func TestEncodingTable(t *testing.T) {
	table, worst := encoding(), 0.0
	for i := range 1_000_000 {
		light := float32(i) / 1_000_000
		worst = max(worst, math.Abs(float64(table.at(light))-srgb.Sample(float64(light))))
	}
	if steps := 65535 * worst; steps > 0.04 {
		t.Errorf("off by %.3f steps of 16 bits", steps)
	}
}

func BenchmarkRow(b *testing.B) {
	c := NewConverter[uint8](Parse(icctest.RGB("P3", icctest.DisplayP3, icctest.SRGBFormula()).Bytes()))
	row := [][]uint8{make([]uint8, 4096), make([]uint8, 4096), make([]uint8, 4096)}
	for x := range row[0] {
		row[0][x], row[1][x], row[2][x] = uint8(x), uint8(x*7), uint8(x*13)
	}
	b.SetBytes(4096 * 3)
	for b.Loop() {
		c.Row(row)
	}
}
