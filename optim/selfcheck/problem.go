package selfcheck

import (
	"math"

	"igs/imageio"
	"igs/memory"
	"igs/optim/engine"
	"igs/splat"
	"igs/splat/reference"
)

// problem is a step that a device and the reference both take: splats, a target and a loss. It keeps the answers of the
// reference, which is slow, because many plans and tunings are compared with one answer.
type problem struct {
	splats  *splat.Splats
	target  *imageio.Image
	weights reference.LossWeights
	answers map[answerKey]*answer
}

// answerKey is all that an answer depends on, beside the problem.
type answerKey struct {
	scene     reference.Scene
	frame     bool
	pointwise bool // without SSIM, which takes long
}

// answer is what the reference says of a step.
type answer struct {
	image     []float64 // channel-major
	means     reference.LossMeans
	gradients *reference.Gradients // by the parameters, or in the frame of each splat by displacement, ln t and angle
	tied      []bool               // for each pixel: float32 rounding decides which splats it has
	ties      int
}

func pose(p *splat.Splats, target *imageio.Image, w reference.LossWeights) *problem {
	return &problem{p, target, w, map[answerKey]*answer{}}
}

// answer returns what the reference says of a step of a given shape.
func (p *problem) answer(s memory.Shape, topK int) *answer {
	_, lattice := latticeOf(s)
	key := answerKey{reference.Scene{W: s.W, H: s.H, K: topK, Cut: engine.Cut, Lattice: lattice}, s.Frame, s.Pointwise}
	if known := p.answers[key]; known != nil {
		return known
	}
	frame := reference.Forward(key.scene, p.splats)
	target := seen(p.target, s, lattice)
	a := &answer{image: frame.Color}
	var gradient []float64
	if s.Pointwise {
		a.means, gradient = reference.SampleLoss(frame, target, p.weights)
	} else {
		_, a.means, gradient = reference.Loss(frame, target, p.weights)
	}
	a.gradients = gradientsOf(key, p.splats, frame, gradient)
	a.tied, a.ties = nearTies(frame)
	p.answers[key] = a
	return a
}

func gradientsOf(key answerKey, p *splat.Splats, f *reference.Frame, gradient []float64) *reference.Gradients {
	if !key.frame {
		return reference.Backward(key.scene, p, f, gradient)
	}
	g := reference.FrameBackward(key.scene, p, f, gradient)
	return &reference.Gradients{XY: g.E, Scale: g.Tau, Rot: g.Theta, Feat: g.Feat}
}

// nearTies marks the pixels whose K-th and next exponent are equal within float32 rounding.
func nearTies(frame *reference.Frame) (tied []bool, count int) {
	tied = make([]bool, len(frame.SK))
	for i, s := range frame.SK {
		if tied[i] = frame.Next[i] <= s*(1+tieBand) && !math.IsInf(s, 0); tied[i] {
			count++
		}
	}
	return tied, count
}
