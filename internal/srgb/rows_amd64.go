package srgb

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of eight float32.
var vectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// lightVectors computes the first n columns of Lights. n is a multiple of lanes and not 0.
//
//go:noescape
func lightVectors(out, row *float32, n int, constants *[12][lanes]float32)

// addLightVectors computes the first n columns of AddLights. n is a multiple of lanes and not 0.
//
//go:noescape
func addLightVectors(sums, row *float32, n int, weight float32, constants *[12][lanes]float32)
