package metric

import "math"

// polynomial returns the coefficients, from the constant one on, of the polynomial through a function at the Chebyshev
// nodes of low..high. Its largest error is little above that of the best polynomial of this degree.
func polynomial(f func(float64) float64, low, high float64, degree int) []float64 {
	nodes, divided := make([]float64, degree+1), make([]float64, degree+1) // Newton's divided differences
	for i := range nodes {
		nodes[i] = (low+high)/2 + (high-low)/2*math.Cos(math.Pi*(float64(i)+0.5)/float64(degree+1))
		divided[i] = f(nodes[i])
	}
	for step := 1; step <= degree; step++ {
		for i := degree; i >= step; i-- {
			divided[i] = (divided[i] - divided[i-1]) / (nodes[i] - nodes[i-step])
		}
	}
	all := make([]float64, degree+1)
	for i := degree; i >= 0; i-- { // all = all·(x − node) + divided
		for k := degree; k > 0; k-- {
			all[k] = all[k-1] - nodes[i]*all[k]
		}
		all[0] = divided[i] - nodes[i]*all[0]
	}
	return all
}

// logarithms are the constants of the binary logarithm and power: where its fraction begins, 1, the polynomials, and the
// least exponent.
var logarithms = func() []eight {
	over := func(m float64) float64 { // log2(1+m)/m
		if m == 0 {
			return math.Log2E
		}
		return math.Log1p(m) * math.Log2E / m
	}
	all := spread(math.Sqrt2/2, 1)
	all = append(all, spread(polynomial(over, math.Sqrt2/2-1, math.Sqrt2-1, 7)...)...)
	return append(append(all, spread(-126)...), spread(polynomial(math.Exp2, -0.5, 0.5, 5)...)...)
}()

// opponentConstants are the matrix of opponent.
var opponentConstants = columnsOf(opponent)

// columnsOf are the coefficients of a linear map of colours, by row.
func columnsOf(f func(a, b, c float64) (x, y, z float64)) []eight {
	var m matrix
	for i := range 3 {
		var unit [3]float64
		unit[i] = 1
		m[0][i], m[1][i], m[2][i] = f(unit[0], unit[1], unit[2])
	}
	return append(append(spread(m[0][:]...), spread(m[1][:]...)...), spread(m[2][:]...)...)
}

// perceivedConstants are: the logarithms, the maps from YCxCz to RGB and from there to XYZ, and the numbers of
// lightness and L*a*b*.
var perceivedConstants = func() []eight {
	toRGB := func(y, cx, cz float64) (float64, float64, float64) { return toRGB.times(y+cx, y, y-cz) }
	all := append(append(logarithms[:len(logarithms):len(logarithms)], columnsOf(toRGB)...), columnsOf(toXYZ.times)...)
	return append(all, spread(delta*delta*delta, 1/(3*delta*delta), 4.0/29, 1.0/3, 116, -16, 5, 2)...)
}()

// comparedConstants are: the logarithms, the bits of a magnitude, and the numbers of the error of colours.
var comparedConstants = func() []eight {
	magnitude := float64(math.Float32frombits(1<<31 - 1))
	all := append(logarithms[:len(logarithms):len(logarithms)], spread(magnitude, 1/math.Sqrt2, colourPower)...)
	for k := range lanes {
		all[len(logarithms)][k] = math.Float32frombits(1<<31 - 1) // a NaN, whose bits a conversion may change
	}
	return append(all, spread(math.Log2(bend), math.Log2(share/bend), bend, (1-share)/(farthest-bend), share, 1e-30, -1e30, leastFeature)...)
}()
