package engine

import "golang.org/x/sys/cpu"

// vectors reports whether quadVectors can be used. Every CPU with AVX2 converts floats of 16 bits.
var vectors = cpu.X86.HasAVX2

// quadVectors writes the first count values of n quads, clamped to [0,1], to the columns of rows from `at` on. n is a
// multiple of 4 and not 0. The quads are float32, or float16 if half is 1.
//
//go:noescape
func quadVectors(rows *[]float32, count, at int, quads *byte, n, half int)
