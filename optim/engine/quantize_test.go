package engine

import (
	"reflect"
	"testing"

	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

func TestSignOfAScaleMeansNothing(t *testing.T) {
	dev := vktest.Open(t)
	p, target := reference.RandomScene(3, 60, 40, 100, 3)
	bits := splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16}
	q := p.Clone()
	for i := range q.Scale {
		q.Scale[i] = -q.Scale[i]
	}
	var gradients [2]*splat.Splats
	for i, s := range []*splat.Splats{p, q} {
		set, request := SetupFor(dev.Info(), 10), RequestFor(target, s)
		set.Bits, set.KeepGradients, request.Shape.Quantized = bits, true, true
		e := opened(t, dev, target.Samples(8), s, request, set)
		if err := e.SetRounded(RoundAll); err != nil {
			t.Fatal(err)
		}
		got, err := e.Probe(shaders.Terms{L1: 1, SSIM: 0.1})
		if err != nil {
			t.Fatal(err)
		}
		gradients[i] = got.Gradients
	}
	for i, g := range gradients[0].Scale {
		if g != -gradients[1].Scale[i] {
			t.Fatalf("scale %d: %v, and with the other sign %v", i, g, gradients[1].Scale[i])
		}
	}
	if !reflect.DeepEqual(gradients[0].XY, gradients[1].XY) || !reflect.DeepEqual(gradients[0].Rot, gradients[1].Rot) {
		t.Error("the other gradients differ")
	}
}
