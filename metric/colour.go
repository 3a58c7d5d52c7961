package metric

import (
	"math"
)

// FLIP converts sRGB to the opponent space YCxCz, in which the contrast sensitivity of the eye is applied, and from
// there to L*a*b*, in which differences are measured. The white point is linear RGB (1, 1, 1), D65.

// matrix is a linear map of colours.
type matrix [3][3]float64

func (m *matrix) times(x, y, z float64) (float64, float64, float64) {
	return m[0][0]*x + m[0][1]*y + m[0][2]*z, m[1][0]*x + m[1][1]*y + m[1][2]*z, m[2][0]*x + m[2][1]*y + m[2][2]*z
}

// toXYZ converts linear RGB to XYZ in units of the white point, so each row has the sum 1. The primaries of sRGB are
// exact fractions, as in the code of FLIP.
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

// inverse returns the inverse matrix, computed by the adjugate.
func (m matrix) inverse() (inv matrix) {
	minor := func(i, j int) float64 { // the cyclic indices give it the sign of the cofactor
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

// opponent converts linear RGB to YCxCz: luminance, red–green and yellow–blue. It omits the factors and the offset of
// YCxCz (116, 500, 200 and 16). The filters are linear with the sum 1 or 0, so perceived would only undo them.
func opponent(r, g, b float64) (y, cx, cz float64) {
	x, y, z := toXYZ.times(r, g, b)
	return y, x - y, y - z
}

// perceived converts YCxCz to L*a*b* with the Hunt adjustment, which reduces the chroma of dark colours. Linear RGB is
// clamped to the gamut before. Most colours lie inside and stay.
func perceived(y, cx, cz float64) (l, a, b float64) {
	x, z := y+cx, y-cz
	r, g, bl := toRGB.times(x, y, z)
	if !(r >= 0 && r <= 1 && g >= 0 && g <= 1 && bl >= 0 && bl <= 1) {
		x, y, z = toXYZ.times(min(max(r, 0), 1), min(max(g, 0), 1), min(max(bl, 0), 1))
	}
	fx, fy, fz := lightnesses.at(x), lightnesses.at(y), lightnesses.at(z)
	l = 116*fy - 16
	return l, 0.01 * l * 500 * (fx - fy), 0.01 * l * 200 * (fy - fz)
}

// lightnesses holds lightness. Its error is below 2e-6, or 2e-4 of the 100 of L*.
var lightnesses = newTable(8192, lightness)

const delta = 6.0 / 29

// lightness is the function f of CIE 1976 L*a*b*.
func lightness(t float64) float64 {
	if t > delta*delta*delta {
		return math.Cbrt(t)
	}
	return t/(3*delta*delta) + 4.0/29
}

// hyab is the HyAB distance of two L*a*b* colours (Abasi and others 2020): the difference of lightness plus the
// Euclidean distance of chroma.
func hyab(l1, a1, b1, l2, a2, b2 float64) float64 {
	return math.Abs(l1-l2) + math.Sqrt((a1-a2)*(a1-a2)+(b1-b2)*(b1-b2))
}
