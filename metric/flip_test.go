package metric

import (
	"math"
	"testing"

	"igs/imageio"
)

// flat is a picture of one colour.
func flat(r, g, b float32) *imageio.Image {
	m := imageio.New(12, 12, 3)
	for c, v := range []float32{r, g, b} {
		for i := range m.Plane(c) {
			m.Plane(c)[i] = v
		}
	}
	return m
}

// FLIP is computed in float32. Where both pictures are nearly flat, rounding shows most, because FLIP takes the square
// root of the difference of features.
const (
	tolerance      = 1e-5 // of a mean
	pixelTolerance = 5e-5
)

// The expected values come from an independent Python program: numpy and scipy.ndimage.correlate(mode='nearest') with
// the two-dimensional filters of the paper in float64, YCxCz with all its factors, and numpy.linalg.inv for the matrix.
// The repository does not contain the pictures for which NVlabs/flip publishes a mean.
func TestFLIPAgainstOthers(t *testing.T) {
	for _, c := range []struct {
		w, h, c     int
		mean        float64
		inner, last float64 // FLIP at row 5, column 3, and at the last pixel
	}{
		{60, 47, 3, 0.22046821576569353, 0.107731298744113, 0.40699038532185217},
		{9, 33, 3, 0.2175087990371887, 0.10878811029599227, 0.23463300287562777},
		{60, 47, 1, 0.12626014416493528, 0, 0},
	} {
		a, b := formula(c.w, c.h, c.c)
		if got := FLIP(a, b); math.Abs(got-c.mean) > tolerance {
			t.Errorf("%d x %d x %d: %.12f, want %.12f", c.w, c.h, c.c, got, c.mean)
		}
		if m := FLIPMap(a, b); c.c == 3 &&
			(math.Abs(float64(m.At(0, 5, 3))-c.inner) > pixelTolerance || math.Abs(float64(m.At(0, c.h-1, c.w-1))-c.last) > pixelTolerance) {
			t.Errorf("%d x %d: %v and %v, want %v and %v", c.w, c.h, m.At(0, 5, 3), m.At(0, c.h-1, c.w-1), c.inner, c.last)
		}
	}
	white, black := flat(1, 1, 1), flat(0, 0, 0)
	red, green, blue := flat(1, 0, 0), flat(0, 1, 0), flat(0, 0, 1)
	for _, c := range []struct {
		a, b *imageio.Image
		want float64
	}{
		{green, blue, 1}, {white, black, 0.9673797622257}, {red, green, 0.9866622752617388},
		{flat(.5, .5, .5), flat(.6, .6, .6), 0.2850130056667865},
	} {
		if got := FLIP(c.a, c.b); math.Abs(got-c.want) > tolerance {
			t.Errorf("%v against %v: %.12f, want %.12f", c.a.Pix[0], c.b.Pix[0], got, c.want)
		}
	}
}

// naiveFLIP computes the map by the formulas of the paper, with the constants of its authors' code, some of which are
// rounded to nine digits. Filters are two-dimensional, and YCxCz, XYZ and L*a*b* have their usual units.
func naiveFLIP(reference, test *imageio.Image) []float64 {
	const ppd = 67.0206432765823
	w, h := reference.W, reference.H
	r, t := naiveSee(reference, ppd), naiveSee(test, ppd)
	hyab := func(p, q [3]float64) float64 { return math.Abs(p[0]-q[0]) + math.Hypot(p[1]-q[1], p[2]-q[2]) }
	cmax := math.Pow(hyab(naiveLab([3]float64{0, 1, 0}), naiveLab([3]float64{0, 0, 1})), 0.7)
	errors := make([]float64, w*h)
	for i := range errors {
		e := math.Pow(hyab(r[i].lab, t[i].lab), 0.7)
		if e < 0.4*cmax {
			e *= 0.95 / (0.4 * cmax)
		} else {
			e = 0.95 + (e-0.4*cmax)/(cmax-0.4*cmax)*0.05
		}
		f := math.Max(math.Abs(r[i].edge-t[i].edge), math.Abs(r[i].point-t[i].point))
		errors[i] = math.Pow(e, 1-math.Pow(f/math.Sqrt(2), 0.5))
	}
	return errors
}

type seenPixel struct {
	lab         [3]float64
	edge, point float64
}

var naiveWhite = [3]float64{0.950428545, 1, 1.088900371}

func naiveXYZ(c [3]float64) [3]float64 {
	return [3]float64{
		(10135552*c[0] + 8788810*c[1] + 4435075*c[2]) / 24577794,
		(2613072*c[0] + 8788810*c[1] + 887015*c[2]) / 12288897,
		(1425312*c[0] + 8788810*c[1] + 70074185*c[2]) / 73733382,
	}
}

func naiveLab(rgb [3]float64) [3]float64 {
	q := naiveXYZ(rgb)
	for i := range q {
		if q[i] /= naiveWhite[i]; q[i] > math.Pow(6.0/29, 3) {
			q[i] = math.Pow(q[i], 1.0/3)
		} else {
			q[i] = q[i]*29*29/(3*36) + 4.0/29
		}
	}
	l := 116*q[1] - 16
	return [3]float64{l, 0.01 * l * 500 * (q[0] - q[1]), 0.01 * l * 200 * (q[1] - q[2])}
}

func naiveSee(m *imageio.Image, ppd float64) []seenPixel {
	ycc := make([][3]float64, m.W*m.H)
	for i := range ycc {
		var rgb [3]float64
		for c := range rgb {
			if rgb[c] = float64(m.Plane(c)[i]); rgb[c] > 0.04045 {
				rgb[c] = math.Pow((rgb[c]+0.055)/1.055, 2.4)
			} else {
				rgb[c] /= 12.92
			}
		}
		q := naiveXYZ(rgb)
		x, y, z := q[0]/naiveWhite[0], q[1]/naiveWhite[1], q[2]/naiveWhite[2]
		ycc[i] = [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
	}
	csf := func(a1, b1, a2, b2 float64) func(x, y float64) float64 {
		return func(x, y float64) float64 {
			z := (x*x + y*y) / (ppd * ppd)
			return a1*math.Sqrt(math.Pi/b1)*math.Exp(-math.Pi*math.Pi*z/b1) + a2*math.Sqrt(math.Pi/b2)*math.Exp(-math.Pi*math.Pi*z/b2)
		}
	}
	wide := int(math.Ceil(3 * math.Sqrt(0.04/(2*math.Pi*math.Pi)) * ppd))
	var eye [3][]float64
	for c, f := range []func(x, y float64) float64{csf(1, 0.0047, 0, 1e-5), csf(1, 0.0053, 0, 1e-5), csf(34.1, 0.04, 13.5, 0.025)} {
		eye[c] = naiveFilter(m, ycc, c, wide, f)
	}
	sd := 0.5 * 0.082 * ppd
	narrow := int(math.Ceil(3 * sd))
	gauss := func(x, y float64) float64 { return math.Exp(-(x*x + y*y) / (2 * sd * sd)) }
	edge := func(x, y float64) float64 { return -x * gauss(x, y) }
	point := func(x, y float64) float64 { return (x*x/(sd*sd) - 1) * gauss(x, y) }
	turned := func(f func(x, y float64) float64) func(x, y float64) float64 {
		return func(x, y float64) float64 { return f(y, x) }
	}
	ex, ey := naiveFilter(m, ycc, 0, narrow, edge), naiveFilter(m, ycc, 0, narrow, turned(edge))
	px, py := naiveFilter(m, ycc, 0, narrow, point), naiveFilter(m, ycc, 0, narrow, turned(point))
	out := make([]seenPixel, len(ycc))
	for i := range out {
		y := (eye[0][i] + 16) / 116
		x, z := (y+eye[1][i]/500)*naiveWhite[0], (y-eye[2][i]/200)*naiveWhite[2]
		rgb := [3]float64{
			3.241003275*x - 1.537398934*y - 0.498615861*z,
			-0.969224334*x + 1.875930071*y + 0.041554224*z,
			0.055639423*x - 0.204011202*y + 1.057148933*z,
		}
		for c := range rgb {
			rgb[c] = math.Min(math.Max(rgb[c], 0), 1)
		}
		out[i] = seenPixel{naiveLab(rgb), math.Hypot(ex[i], ey[i]) / 116, math.Hypot(px[i], py[i]) / 116}
	}
	return out
}

// naiveFilter normalises the positive weights to the sum 1 and the negative weights to the sum −1. Beyond the border it
// uses the nearest pixel.
func naiveFilter(m *imageio.Image, ycc [][3]float64, c, reach int, f func(x, y float64) float64) []float64 {
	positive, negative := 0.0, 0.0
	var weights []float64 // row by row
	for j := -reach; j <= reach; j++ {
		for i := -reach; i <= reach; i++ {
			v := f(float64(i), float64(j))
			weights = append(weights, v)
			positive += math.Max(v, 0)
			negative += math.Max(-v, 0)
		}
	}
	clamp := func(v, n int) int { return min(max(v, 0), n-1) }
	out := make([]float64, len(ycc))
	for at := range out {
		for j := -reach; j <= reach; j++ {
			for i := -reach; i <= reach; i++ {
				v := weights[(j+reach)*(2*reach+1)+i+reach]
				if v < 0 {
					v /= negative
				} else {
					v /= positive
				}
				out[at] += v * ycc[clamp(at/m.W+j, m.H)*m.W+clamp(at%m.W+i, m.W)][c]
			}
		}
	}
	return out
}

func TestFLIPAgainstItsDefinition(t *testing.T) {
	for _, s := range [][2]int{{1, 1}, {1, 30}, {25, 2}, {31, 26}} {
		a := noise(1, s[0], s[1], 3)
		for _, share := range []float32{0.05, 1} {
			b := mixed(a, noise(2, s[0], s[1], 3), share)
			got, want := FLIPMap(a, b), naiveFLIP(a, b)
			if got.W != s[0] || got.H != s[1] || got.C != 1 {
				t.Fatalf("a map of %d x %d x %d for %v", got.W, got.H, got.C, s)
			}
			mean := 0.0
			for i, v := range want {
				mean += v / float64(len(want))
				if math.Abs(float64(got.Pix[i])-v) > pixelTolerance {
					t.Fatalf("%v, share %v: pixel %d is %v, the definition gives %v", s, share, i, got.Pix[i], v)
				}
			}
			if got := FLIP(a, b); math.Abs(got-mean) > tolerance {
				t.Errorf("%v, share %v: mean %v, the definition gives %v", s, share, got, mean)
			}
		}
	}
}

// The windows have the reach of the paper, ⌈3σ⌉.
func TestReachOfTheEye(t *testing.T) {
	if want := math.Ceil(3 * math.Sqrt(0.04/2) / math.Pi * pixelsPerDegree); filterReach != want {
		t.Errorf("the filters reach %v px, want %v", filterReach, want)
	}
	if want := math.Ceil(3 * 0.082 / 2 * pixelsPerDegree); featureReach != want {
		t.Errorf("features reach %v px, want %v", featureReach, want)
	}
}

func TestFLIPProperties(t *testing.T) {
	a, b := noise(3, 50, 41, 3), noise(4, 50, 41, 3)
	if got := FLIP(a, a); got != 0 {
		t.Errorf("of equal pictures: %v", got)
	}
	if math.Abs(FLIP(a, b)-FLIP(b, a)) > 1e-12 {
		t.Error("not symmetric")
	}
	for i, v := range FLIPMap(flat(0, 1, 0), flat(0, 0, 1)).Pix {
		if !(v >= 0 && v <= 1) {
			t.Fatalf("pixel %d: %v", i, v)
		}
	}
	grey := imageio.New(50, 41, 3)
	for c := range 3 {
		copy(grey.Plane(c), a.Plane(0))
	}
	one := &imageio.Image{W: 50, H: 41, C: 1, Pix: a.Plane(0)}
	dark := imageio.New(50, 41, 1)
	if got, want := FLIP(one, dark), FLIP(grey, imageio.New(50, 41, 3)); got != want {
		t.Errorf("grey %v, as three channels %v", got, want)
	}
	// A picture of several columns: the first and the last column have the values that they have alone.
	wide, other := noise(5, 1100, 3, 3), noise(6, 1100, 3, 3)
	whole := FLIPMap(wide, other)
	for _, left := range []int{0, 1024 - 30, 1100 - 90} {
		part := FLIPMap(columns(wide, left, 90), columns(other, left, 90))
		for i, v := range part.Pix {
			x, y := i%90, i/90
			if cut := x < 10 && left > 0 || x >= 80 && left+90 < 1100; !cut && v != whole.At(0, y, left+x) {
				t.Fatalf("row %d, column %d: %v, in a narrow picture %v", y, left+x, whole.At(0, y, left+x), v)
			}
		}
	}
	beyond := flat(1.5, -0.5, 1)
	if got, want := FLIP(beyond, flat(0, 1, 0)), FLIP(flat(1, 0, 1), flat(0, 1, 0)); got != want {
		t.Errorf("outside of 0..1: %v, at its ends %v", got, want)
	}
	if FLIPMap(a, one) != nil || !math.IsNaN(FLIP(a, one)) {
		t.Error("unlike pictures have a difference")
	}
	b.Pix[40] = float32(math.NaN())
	if !math.IsNaN(FLIP(a, b)) {
		t.Error("a NaN sample went unnoticed")
	}
}

func columns(m *imageio.Image, left, w int) *imageio.Image {
	out := imageio.New(w, m.H, m.C)
	for i := range out.Pix {
		out.Pix[i] = m.Pix[i/w*m.W+left+i%w]
	}
	return out
}

func BenchmarkFLIP(b *testing.B) {
	x, y := noise(1, 1024, 1024, 3), noise(2, 1024, 1024, 3)
	b.SetBytes(int64(len(x.Pix)))
	for b.Loop() {
		FLIP(x, y)
	}
}
