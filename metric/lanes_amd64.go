package metric

import "golang.org/x/sys/cpu"

// vectors reports whether the CPU has vectors of eight float32.
var vectors = cpu.X86.HasAVX2 && cpu.X86.HasFMA

// The numbers of columns n are multiples of lanes and not 0.

//go:noescape
func weighVectors(out *float32, n int, rows *[]float32, weights *float32, taps int)

//go:noescape
func weighTwiceVectors(out, other *float32, n int, rows *[]float32, weights *[2]float32, taps int)

//go:noescape
func blurVectors(out, row *float32, n int, constants *eight)

//go:noescape
func combineVectors(rows *[moments][]float32, a, b *float32, n int)

//go:noescape
func similarityVectors(rows *[moments][]float32, first, n int, constants *eight, sums *[2]eight)

//go:noescape
func opponentVectors(rows *[3][]float32, n int, constants *eight)

//go:noescape
func perceiveVectors(rows *[3][]float32, n int, constants *eight)

//go:noescape
func compareVectors(errors *float32, n int, reference, test *view, constants *eight)

//go:noescape
func squareVectors(a, b *float32, n int, sums *[4]float64)

//go:noescape
func halveVectors(row, above, below *float32, n int)
