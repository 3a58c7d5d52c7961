package selfcheck

import (
	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat/reference"
)

// latticeOf returns the offset with which strided steps are checked, and the pixels that they look at. The greatest
// offset is taken, which reaches furthest beyond the edges of the picture.
func latticeOf(s memory.Shape) (engine.Offset, reference.Lattice) {
	n := s.Spacing()
	if n == 1 {
		return engine.Offset{}, reference.Lattice{}
	}
	w, h := s.Target()
	at := engine.Offset{X: n - 1, Y: n / 2}
	return at, reference.Lattice{Spacing: n, X: at.X, Y: at.Y, W: w, H: h}
}

// seen returns the pixels of a picture that a step looks at. The edge of the picture is repeated.
func seen(m *imageio.Image, s memory.Shape, l reference.Lattice) *imageio.Image {
	if l.Spacing == 0 {
		return m
	}
	part := imageio.New(s.W, s.H, m.C)
	for c := range m.C {
		for y := range s.H {
			row := m.Plane(c)[min(l.Spacing*y+l.Y, m.H-1)*m.W:]
			for x := range s.W {
				part.Plane(c)[y*s.W+x] = row[min(l.Spacing*x+l.X, m.W-1)]
			}
		}
	}
	return part
}
