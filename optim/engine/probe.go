package engine

import (
	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Probe holds the results of one step on the device, for comparison with a reference.
type Probe struct {
	Image     []float64     // planar, not clamped
	Means     shaders.Terms // over samples, without weights
	Gradients *splat.Splats
}

// RequestFor returns the memory request to train the given splats in float32.
func RequestFor(target *imageio.Image, p *splat.Splats) memory.Request {
	shape := memory.Shape{W: target.W, H: target.H, C: target.C, Depth: target.Depth, Splats: max(p.N, 1)}
	return memory.Request{Shape: shape, Pairs: PairsOf(shape, p, 1)}
}

// Probe runs a step with the given weights of the loss that changes no parameter, and reads back its results. The
// engine must be made with KeepGradients.
func (e *Engine) Probe(weights shaders.Terms) (Probe, error) { return e.ProbeAt(weights, Offset{}) }

// ProbeAt is Probe for an engine whose steps are strided. The step looks at the pixels of the offset, and the image holds
// these pixels.
func (e *Engine) ProbeAt(weights shaders.Terms, at Offset) (Probe, error) {
	m, err := e.probeStep(weights, at)
	if err != nil {
		return m, err
	}
	s := e.plan.Shape
	m.Image = make([]float64, s.C*s.H*s.W)
	line := make([]float32, s.W)
	err = e.render(func(v view) error {
		begin, end := v.rows()
		for c := range s.C {
			for y := begin; y < end; y++ {
				v.line(y, c, line)
				for x, value := range line {
					m.Image[(c*s.H+y)*s.W+x] = float64(value)
				}
			}
		}
		return nil
	})
	return m, err
}

// probeStep is ProbeAt without the image.
func (e *Engine) probeStep(weights shaders.Terms, at Offset) (Probe, error) {
	s := e.plan.Shape
	samples := float64(s.W) * float64(s.H) * float64(s.C)
	step := shaders.Step{Weights: weights.Scaled(1, 1), Unscale: float32(1 / samples), Epsilon: 1, Correction1: 1, Correction2: 1, OffsetX: uint32(at.X), OffsetY: uint32(at.Y)}
	var m Probe
	for {
		if err := e.Submit(0, step); err != nil {
			return m, err
		}
		report, err := e.Collect(0)
		if err != nil {
			return m, err
		}
		if int(report.Pairs) <= e.plan.Pairs {
			m.Means = report.Means(samples)
			break
		}
		if err := e.Lengthen(int(report.Pairs)); err != nil {
			return m, err
		}
	}
	flat := make([]byte, 4*s.Planes()*s.Splats)
	if err := e.dev.Read(e.gather.sums, 0, flat); err != nil {
		return m, err
	}
	m.Gradients = FromPlanes(Decode(flat), s.Splats, e.splats, s.C)
	return m, nil
}

// RoundedParameters returns the parameters that the device renders for a model file of few bits. Scales have lost their
// sign.
func (e *Engine) RoundedParameters() (*splat.Splats, error) {
	if err := e.run(func(r *vk.Recorder) { e.projectRounded(r, RoundAll) }); err != nil {
		return nil, err
	}
	s := e.plan.Shape
	flat := make([]byte, 4*s.Planes()*s.Splats)
	if err := e.dev.Read(e.round.values, 0, flat); err != nil {
		return nil, err
	}
	return FromPlanes(Decode(flat), s.Splats, e.splats, s.C), nil
}
