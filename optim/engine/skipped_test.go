package engine

import (
	"math"
	"slices"
	"testing"

	"igs/shaders"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// On a CPU the second walk of rasterization takes only marked entries of a list, and the gradient walks only the halves of rows
// that a splat reaches. Neither leaves out what counts: thin splats have exponents that differ by more
// than one rounding, and each threshold is the exponent of a splat. The lists are longer than what an invocation marks.
func TestWhatCountsIsNotSkipped(t *testing.T) {
	dev := vktest.OpenPlain(t)
	p, target := reference.RandomScene(40, 37, 23, 300, 3)
	for i := range p.N {
		if i%3 > 0 {
			p.Scale[2*i], p.Scale[2*i+1] = 0.02, 6
		}
	}
	request := RequestFor(target, p)
	request.Shape.Pointwise = true
	probe := func(change func(*Tuning)) Probe {
		set := SetupFor(dev.Info(), 10)
		set.KeepGradients, set.Tuning = true, CPU
		change(&set.Tuning)
		m, err := opened(t, dev, target.Samples(8), p, request, set).Probe(shaders.Terms{L2: 1})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	skips := probe(func(*Tuning) {})
	inOrder := probe(func(t *Tuning) { t.Skip = true })
	if !slices.Equal(skips.Image, inOrder.Image) {
		t.Error("another picture than that of every splat in turn")
	}
	got, want := skips.Gradients, probe(func(t *Tuning) { t.Staged = true }).Gradients
	for k, values := range [][2][]float32{{got.XY, want.XY}, {got.Scale, want.Scale}, {got.Rot, want.Rot}, {got.Feat, want.Feat}} {
		most, off := 0.0, 0.0
		for i, v := range values[1] {
			most, off = max(most, math.Abs(float64(v))), max(off, math.Abs(float64(v-values[0][i])))
		}
		if !(off < 1e-5*most) {
			t.Errorf("gradient %d is %.2g off, of at most %.2g", k, off, most)
		}
	}
}
