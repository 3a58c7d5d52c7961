package imageio

// Loops over the bytes of large pictures. On amd64 most of a row is done with vectors (bytes_amd64.s), with the same
// results.

// widen writes bytes as samples of 0..1 to dst.
func widen(dst []float32, row []uint8) {
	done := 0
	if vectors {
		if done = len(row) / 8 * 8; done > 0 {
			widenVectors(&dst[0], &row[0], done)
		}
	}
	for x, v := range row[done:] {
		dst[done+x] = from8[v]
	}
}

// interleave rounds the samples of a row to bytes, which follow each other pixel by pixel. line has room for packSlack
// bytes more.
func interleave(line []byte, row [][]float32) {
	channels, w, done := len(row), len(row[0]), 0
	if vectors && channels <= 4 {
		if done = w / 8 * 8; done > 0 {
			packVectors(&line[:len(line)+packSlack][0], &row[0], channels, done, &packConstants[channels-1])
		}
	}
	for c, samples := range row {
		for x, v := range samples[done:] {
			line[(done+x)*channels+c] = byte(step(v, 255))
		}
	}
}

// packSlack is the number of bytes that packVectors may write behind a row.
const packSlack = 16

// packing has the constants of packVectors for a number of channels: the maximum, ½ and 1 in all lanes, and for each
// byte of four pixels its place among four bytes a pixel.
type packing struct {
	top, half [4]float64
	one       [8]float32
	places    [32]uint8
}

var packConstants = func() (all [4]packing) {
	for k := range all {
		channels := k + 1
		p := &all[k]
		for i := range p.top {
			p.top[i], p.half[i] = 255, 0.5
		}
		for i := range p.one {
			p.one[i] = 1
		}
		for i := range p.places {
			p.places[i] = 0x80 // none
			if at := i % 16; at < 4*channels {
				p.places[i] = uint8(at/channels*4 + at%channels)
			}
		}
	}
	return all
}()
