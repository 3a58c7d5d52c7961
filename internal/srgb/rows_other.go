//go:build !amd64

package srgb

var vectors = false

func lightVectors(out, row *float32, n int, constants *[12][lanes]float32)                     {}
func addLightVectors(sums, row *float32, n int, weight float32, constants *[12][lanes]float32) {}
