//go:build !amd64

package engine

var vectors = false

func quadVectors(rows *[]float32, count, at int, quads *byte, n, half int) {}
