package sampling

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of four float64 or eight float32.
var vectors = cpu.X86.HasAVX2

// The numbers of columns n are multiples of 4, or of 8 in raiseVectors, and not 0.

//go:noescape
func combineRowsVectors(smoothed, different *float64, above, here, below *float32, n int)

//go:noescape
func addSquaresVectors(squares, smoothed, different *float64, n int)

// raiseVectors raises numbers to the power 1.5. Numbers that are not above 0 become 0.
//
//go:noescape
func raiseVectors(row *float32, n int)
