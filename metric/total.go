package metric

// total returns the sum.
func total(sums []float64) float64 {
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return sum
}

// sum returns the sum of float32 values. It has four parts, so that an addition need not wait for the one before.
func sum(values []float32) float64 {
	var sums [4]float64
	for ; len(values) >= 4; values = values[4:] {
		sums[0], sums[1] = sums[0]+float64(values[0]), sums[1]+float64(values[1])
		sums[2], sums[3] = sums[2]+float64(values[2]), sums[3]+float64(values[3])
	}
	for _, v := range values {
		sums[0] += float64(v)
	}
	return sums[0] + sums[1] + sums[2] + sums[3]
}
