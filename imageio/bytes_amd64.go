package imageio

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of 32 bytes.
var vectors = cpu.X86.HasAVX2

// widenVectors converts n bytes, a multiple of 8 and not 0.
//
//go:noescape
func widenVectors(dst *float32, row *uint8, n int)

// packVectors converts n pixels, a multiple of 8 and not 0, of up to four channels.
//
//go:noescape
func packVectors(line *byte, row *[]float32, channels, n int, constants *packing)

// filterVectors writes n filtered bytes, a multiple of 16 and not 0. The filter is not 0.
//
//go:noescape
func filterVectors(filter int, out, line, left, up, corner *byte, n int)
