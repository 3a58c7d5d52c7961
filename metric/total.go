package metric

// total returns the sum.
func total(sums []float64) float64 {
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return sum
}
