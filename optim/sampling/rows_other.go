//go:build !amd64

package sampling

var vectors = false

func combineRowsVectors(smoothed, different *float64, above, here, below *float32, n int) {}
func addSquaresVectors(squares, smoothed, different *float64, n int)                      {}
func raiseVectors(row *float32, n int)                                                    {}
