package metric

import "golang.org/x/sys/cpu"

// vectors reports whether weighVectors can be used: the CPU has vectors of four float64.
var vectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// weighVectors computes the first n columns of weigh. n is a multiple of 8 and not 0.
//
//go:noescape
func weighVectors(out *float64, n int, rows *[size]*float64, weights *[size]float64)
