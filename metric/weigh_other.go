//go:build !amd64

package metric

var vectors = false

func weighVectors(out *float64, n int, rows *[size]*float64, weights *[size]float64) {}
