package sampling

import (
	"fmt"
	"hash/fnv"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/splat"
)

// moire is a picture with detail everywhere. It is the same on every machine.
func moire(w, h, c, phase int) *imageio.Samples {
	m := imageio.NewSamples(w, h, c, 8)
	for ch := range c {
		for y := range h {
			for x := range w {
				m.Row8(ch, y)[x] = uint8((x*x/3 + y*(5+ch) + x*y/7 + phase) / 4)
			}
		}
	}
	return m
}

func hashOf(v ...any) string {
	h := fnv.New64a()
	fmt.Fprint(h, v...)
	return fmt.Sprintf("%016x", h.Sum64())
}

func hashOfSplats(p *splat.Splats) string { return hashOf(p.XY, p.Scale, p.Rot, p.Feat) }

// First and added splats have the same bits as an implementation that keeps all weights and the blurred target in
// memory. The pictures have several blocks of rows. The targets are blurred from the third picture on.
func TestSplatsDoNotDependOnHowRowsAreCut(t *testing.T) {
	for _, k := range []struct {
		w, h, c                      int
		seeded, grown, spare, shades string
	}{
		{90, 70, 3, "346d0208a33c04fa", "7bbc05302831eb3a", "7b5809de55f29a12", "eeb7481b004d054a"},
		{90, 70, 1, "344405c9ceddcec2", "33137081b22851cc", "323ea963d3b01de6", "253674f339ef0b17"},
		{610, 433, 3, "33db4c1e72db7a8e", "191a8c74d733073a", "d818008a4ffcc193", "fe1d9cb6d5e8c00b"},
		{2010, 1603, 1, "db176638ebd5c226", "ee685d80f7ba6b5c", "b5e2f3409bba386f", "f1b97d396fbd33cb"},
	} {
		m, render := moire(k.w, k.h, k.c, 0), moire(k.w, k.h, k.c, 9).Image()
		for i, v := range m.Image().Pix {
			if i%5 < 3 {
				render.Pix[i] = v
			}
		}
		if got := hashOfSplats(Seed(m, 500, configs.Init{Mode: "gradient", RandomRatio: 0.3, Scale: 5}, nil, random(1))); got != k.seeded {
			t.Errorf("%+v: seeded %s", k, got)
		}
		target := BlurTarget(m)
		p, err := Grow(target, rowsOf(render), 500, 5, random(2))
		if got := hashOfSplats(p); err != nil || got != k.grown {
			t.Errorf("%+v: grown %s, %v", k, got, err)
		}
		perfect := imageio.New(k.w, k.h, k.c)
		for y := range k.h {
			for c, line := range target.row(y) {
				copy(perfect.Plane(c)[y*k.w:], line)
			}
		}
		p, err = Grow(target, rowsOf(perfect), 500, 5, random(3)) // all weights are 0
		if got := hashOfSplats(p); err != nil || got != k.spare {
			t.Errorf("%+v: grown without an error %s, %v", k, got, err)
		}
		shades, row := imageio.New(k.w, k.h, 1), GradientRows(m)
		for y := range k.h {
			if err := row(y, [][]float32{shades.Pix[y*k.w : (y+1)*k.w]}); err != nil {
				t.Fatal(err)
			}
		}
		if got := hashOf(shades.Pix); got != k.shades {
			t.Errorf("%+v: gradient %s", k, got)
		}
	}
}
