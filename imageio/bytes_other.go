//go:build !amd64

package imageio

var vectors = false

func widenVectors(dst *float32, row *uint8, n int)                                {}
func packVectors(line *byte, row *[]float32, channels, n int, constants *packing) {}
func filterVectors(filter int, out, line, left, up, corner *byte, n int)          {}
