package sampling

import (
	"encoding/binary"
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

func hashOf(planes ...any) string {
	h := fnv.New64a()
	for _, p := range planes {
		if err := binary.Write(h, binary.LittleEndian, p); err != nil {
			panic(err) // a hash takes everything
		}
	}
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
		{90, 70, 3, "948e127da2a46f2d", "4540092c3cfbe985", "f77344fc1e9c049b", "1d6d05eb0446dccc"},
		{90, 70, 1, "f16f1e142b3d6c62", "c6fc343bfd2fc2b1", "3d3e9fc6fefa8b70", "c7dabd5631b613e1"},
		{610, 433, 3, "8f02ae4927bac65e", "ea3f1063a004cf56", "b6889eca8e476ff6", "2394823bec32e83f"},
		{1203, 904, 1, "2d819984c6f679bc", "6461046ce48d1afe", "411a65c78dce4558", "4ff692eec1697873"},
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
