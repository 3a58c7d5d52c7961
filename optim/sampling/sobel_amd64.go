package sampling

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of four float64.
var vectors = cpu.X86.HasAVX2

// The numbers of columns n are multiples of 4 and not 0.

//go:noescape
func combineRowsVectors(smoothed, different *float64, above, here, below *float32, n int)

//go:noescape
func addSquaresVectors(squares, smoothed, different *float64, n int)
