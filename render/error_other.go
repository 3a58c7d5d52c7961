//go:build !amd64

package render

var vectors = false

func errorVectors(dst, rendered, target *float32, n int, gain, most float32) {}
