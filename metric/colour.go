package metric

import (
	"math"

	"igs/internal/srgb"
)

// Colours as FLIP sees them: sRGB to the opponent space YCxCz, in which the eye blurs, and
// from there to L*a*b*, in which differences are measured. The white point is that of
// linear RGB 1, 1, 1 (D65).

// matrix takes one triple to another.
type matrix [3][3]float64

func (m *matrix) times(x, y, z float64) (float64, float64, float64) {
	return m[0][0]*x + m[0][1]*y + m[0][2]*z, m[1][0]*x + m[1][1]*y + m[1][2]*z, m[2][0]*x + m[2][1]*y + m[2][2]*z
}

// toXYZ takes linear RGB to XYZ in units of the white point, so that each row sums to 1:
// the primaries of sRGB in exact fractions, as the code of FLIP has them.
var toXYZ = func() (m matrix) {
	m = matrix{
		{10135552, 8788810, 4435075},
		{2613072, 8788810, 887015},
		{1425312, 8788810, 70074185},
	}
	for i, row := range m {
		sum := row[0] + row[1] + row[2]
		for j := range row {
			m[i][j] /= sum
		}
	}
	return m
}()

var toRGB = toXYZ.inverse()

// inverse is by the adjugate.
func (m matrix) inverse() (inv matrix) {
	minor := func(i, j int) float64 { // with its sign: indices go round
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	determinant := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for i := range 3 {
		for j := range 3 {
			inv[j][i] = minor(i, j) / determinant
		}
	}
	return inv
}

// linear undoes the transfer curve of sRGB. What lies outside 0..1 counts as its end.
func linear(v float32) float64 {
	return srgb.Light(min(max(float64(v), 0), 1))
}

// opponent takes linear RGB to YCxCz: luminance, red against green, yellow against blue.
// Its scales and offset (116, 500, 200 and 16) are left out: filters are linear and of sum 1
// or 0, so that seen would only undo them.
func opponent(r, g, b float64) (y, cx, cz float64) {
	x, y, z := toXYZ.times(r, g, b)
	return y, x - y, y - z
}

// seen takes YCxCz to L*a*b* with the chroma made smaller in the dark, as Hunt observed.
// Colours that no screen shows become the nearest on each axis of linear RGB.
func seen(y, cx, cz float64) (l, a, b float64) {
	r, g, bl := toRGB.times(y+cx, y, y-cz)
	x, y, z := toXYZ.times(min(max(r, 0), 1), min(max(g, 0), 1), min(max(bl, 0), 1))
	fx, fy, fz := lightness(x), lightness(y), lightness(z)
	l = 116*fy - 16
	return l, 0.01 * l * 500 * (fx - fy), 0.01 * l * 200 * (fy - fz)
}

// lightness is the compression of CIE 1976.
func lightness(t float64) float64 {
	const delta = 6.0 / 29
	if t > delta*delta*delta {
		return math.Cbrt(t)
	}
	return t/(3*delta*delta) + 4.0/29
}

// hyab is the distance of two such colours: HyAB (Abasi and others 2020), which adds
// lightness and chroma instead of joining them.
func hyab(l1, a1, b1, l2, a2, b2 float64) float64 {
	return math.Abs(l1-l2) + math.Sqrt((a1-a2)*(a1-a2)+(b1-b2)*(b1-b2))
}
