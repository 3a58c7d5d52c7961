//go:build !amd64

package metric

var vectors = false

func weighVectors(out *float32, n int, rows *[]float32, weights *float32, taps int)                {}
func weighTwiceVectors(out, other *float32, n int, rows *[]float32, weights *[2]float32, taps int) {}
func blurVectors(out, row *float32, n int, constants *eight)                                       {}
func combineVectors(rows *[moments][]float32, a, b *float32, n int)                                {}
func similarityVectors(rows *[moments][]float32, first, n int, constants *eight, sums *[2]eight)   {}
func opponentVectors(rows *[3][]float32, n int, constants *eight)                                  {}
func perceiveVectors(rows *[3][]float32, n int, constants *eight)                                  {}
func compareVectors(errors *float32, n int, reference, test *view, constants *eight)               {}
func squareVectors(a, b *float32, n int, sums *[4]float64)                                         {}
func halveVectors(row, above, below *float32, n int)                                               {}
