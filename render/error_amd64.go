package render

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of eight float32.
var vectors = cpu.X86.HasAVX2

// errorVectors computes the first n columns of errorLine. n is a multiple of 8 and not 0.
//
//go:noescape
func errorVectors(dst, rendered, target *float32, n int, gain, most float32)
