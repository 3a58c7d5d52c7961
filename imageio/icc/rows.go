package icc

import (
	"sync"

	"igs/internal/srgb"
)

// Converter converts rows of samples of one depth to sRGB. Several goroutines may use it at the same time.
type Converter[T uint8 | uint16] struct {
	light  [][]float32 // a table for each channel: the linear light of each sample
	matrix [3][3]float32
	top    float32
}

// NewConverter makes the tables of a profile. Its Channels must not be 0.
func NewConverter[T uint8 | uint16](p *Profile) *Converter[T] {
	c := &Converter[T]{top: float32(^T(0))}
	for _, curve := range p.conversion.curves {
		table := make([]float32, int(^T(0))+1)
		for i := range table {
			table[i] = float32(curve(float64(i) / float64(c.top)))
		}
		c.light = append(c.light, table)
	}
	for i, row := range p.conversion.matrix {
		for k, v := range row {
			c.matrix[i][k] = float32(v)
		}
	}
	return c
}

// Row converts a row to sRGB in place. The row has a slice of samples for each of the Channels of the profile.
func (c *Converter[T]) Row(row [][]T) {
	shown := encoding()
	if len(c.light) == 1 {
		for x, v := range row[0] {
			row[0][x] = T(shown.at(c.light[0][v])*c.top + 0.5)
		}
		return
	}
	reds, greens, blues := row[0], row[1][:len(row[0])], row[2][:len(row[0])]
	m := &c.matrix
	for x := range reds {
		r, g, b := c.light[0][reds[x]], c.light[1][greens[x]], c.light[2][blues[x]]
		reds[x] = T(shown.at(sum(m[0][0]*r, m[0][1]*g, m[0][2]*b))*c.top + 0.5)
		greens[x] = T(shown.at(sum(m[1][0]*r, m[1][1]*g, m[1][2]*b))*c.top + 0.5)
		blues[x] = T(shown.at(sum(m[2][0]*r, m[2][1]*g, m[2][2]*b))*c.top + 0.5)
	}
}

// sum adds products in a fixed order and rounds each. Without that, processors with fused multiply-add would give other
// samples.
func sum(a, b, c float32) float32 { return float32(float32(float32(a)+float32(b)) + float32(c)) }

// encodingSteps is the length of the table of the sRGB curve. With linear interpolation, the largest error is 0.03 of a
// step of 16 bits.
const encodingSteps = 1 << 16

// encodingTable is the sRGB curve from linear light to samples.
type encodingTable [encodingSteps + 1]float32

var encoding = sync.OnceValue(func() *encodingTable {
	var t encodingTable
	for i := range t {
		t[i] = float32(srgb.Sample(float64(i) / encodingSteps))
	}
	return &t
})

// at is the sample for light, which is clamped to 0..1.
func (t *encodingTable) at(light float32) float32 {
	if !(light > 0) {
		return 0
	}
	if light >= 1 {
		return 1
	}
	place := light * encodingSteps
	i := int(place)
	return t[i] + float32((t[i+1]-t[i])*(place-float32(i)))
}
