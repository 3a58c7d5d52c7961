package srgb

// Lights writes the linear light of a row of samples to out, which may be the same row. Samples are clamped to 0..1. NaN
// stays. The error is below 2e-6.
func Lights(out, row []float32) {
	done := 0
	if vectors {
		if done = len(row) / lanes * lanes; done > 0 {
			lightVectors(&out[0], &row[0], done, &constants)
		}
		if done < len(row) {
			var rest [lanes]float32
			copy(rest[:], row[done:])
			lightVectors(&rest[0], &rest[0], lanes, &constants)
			copy(out[done:len(row)], rest[:])
		}
		return
	}
	for x, v := range row {
		out[x] = lightAt(v)
	}
}

// AddLights adds the linear light of a row of samples, times a weight, to sums; see Lights.
func AddLights(sums, row []float32, weight float32) {
	done := 0
	if vectors {
		if done = len(row) / lanes * lanes; done > 0 {
			addLightVectors(&sums[0], &row[0], done, weight, &constants)
		}
	}
	for x, v := range row[done:] {
		sums[done+x] += weight * lightAt(v)
	}
}

const lanes = 8

// constants are, each in all lanes of a vector: the end of the linear part, its slope, 1, and the coefficients of a
// polynomial through the rest at the nodes of Chebyshev, from the constant one on.
var constants = func() (all [12][lanes]float32) {
	for i, v := range [...]float32{
		0.04045, 1 / 12.92, 1,
		0.000858165285, 0.0351695827, 0.486915687, 0.854134495, -0.841327597, 0.905310444, -0.691233606, 0.311784524, -0.0616119372,
	} {
		for k := range lanes {
			all[i][k] = v
		}
	}
	return all
}()

// table holds Light at equal steps of 0..1. Between them it is linear, with an error below 1e-8.
var table = func() (t [8193]float32) {
	for i := range t {
		t[i] = float32(Light(float64(i) / float64(len(t)-1)))
	}
	return t
}()

// lightAt is Light from the table.
func lightAt(v float32) float32 {
	const last = len(table) - 1
	if !(v > 0) {
		return 0 * v
	}
	if v >= 1 {
		return 1
	}
	v *= float32(last)
	i := int(v)
	return table[i] + (v-float32(i))*(table[i+1]-table[i])
}
