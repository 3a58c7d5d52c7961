package convert

import (
	"fmt"

	"igs/internal/limits"
	"igs/splat"
)

// array is a tensor of float32 that is not read yet. The last dimension is the fastest.
type array struct {
	shape []int
	read  func() ([]float32, error)
}

// layout is the shapes of the four tensors of a model: n splats with c channels.
type layout struct {
	n, c  int
	parts [4]array // xy, scale, rot, feat
}

// arrange checks that the shapes of the tensors fit together. It reads no values.
func arrange(find func(name string) (array, error)) (layout, error) {
	var l layout
	for i, want := range []struct {
		name string
		each int // values a splat; 0 = any number
	}{{"xy", 2}, {"scale", 2}, {"rot", 1}, {"feat", 0}} {
		a, err := find(want.name)
		if err != nil {
			return l, err
		}
		flat := len(a.shape) == 1 && want.each == 1
		if !flat && len(a.shape) != 2 {
			return l, fmt.Errorf("the tensor %s has the shape %v, of %d dimensions", want.name, a.shape, len(a.shape))
		}
		if want.name == "xy" {
			l.n = a.shape[0]
		}
		if want.name == "feat" {
			want.each, l.c = a.shape[1], a.shape[1]
		}
		if a.shape[0] != l.n || l.n < 0 || !flat && a.shape[1] != want.each {
			return l, fmt.Errorf("the tensor %s has the shape %v; it should be [%d %d]", want.name, a.shape, l.n, want.each)
		}
		l.parts[i] = a
	}
	if l.c < 1 || l.c > limits.Channels {
		return l, fmt.Errorf("%d channels a splat; igs has 1 to %d", l.c, limits.Channels)
	}
	return l, nil
}

// splats reads the tensors.
func (l layout) splats() (*splat.Splats, error) {
	p := &splat.Splats{N: l.n, C: l.c}
	for i, to := range []*[]float32{&p.XY, &p.Scale, &p.Rot, &p.Feat} {
		var err error
		if *to, err = l.parts[i].read(); err != nil {
			return nil, err
		}
	}
	return p, p.Validate()
}
