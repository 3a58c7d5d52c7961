package optim

import (
	"math"

	"igs/configs"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Training for a model file of few bits. What is measured and shown are the parameters as the file will hold them.
//
// With method "settle" training draws them as they are until the last fifth of the steps. Then positions are rounded and stay, a tenth later
// scales and angles, and the others are trained on to make up for it (incremental quantisation: Zhou and others 2017); features are rounded
// behind the last step. With "straight-through" all are drawn rounded from the first step on, and the gradient moves those behind them (Bengio,
// Léonard and Courville 2013): a parameter that belongs between two levels then swings between both, which costs more than it learns. kodim23, 2000 splats of
// 34.5 dB, 200 steps for 9/6/5/6 bits: rounded only 29.7 dB, straight-through 30.6, settled 32.3; for 12/10/8/8 bits 34.3, 34.0, 34.4.

// rounded says which groups of parameters are drawn rounded.
type rounded int

const (
	roundNone   rounded = iota
	roundXY             // positions
	roundShapes         // and scales and angles
	roundAll
)

// settling is when groups are rounded.
type settling struct {
	from, each int  // step behind which positions are rounded, and steps until shapes are, and until the end; each 0: nothing is rounded
	always     bool // all, from the first step
}

// longestSettling is enough for what is left to learn, steps.
const longestSettling = 500

func settlingOf(run configs.Run) settling {
	switch q := run.Quantize; {
	case !q.Enabled:
		return settling{from: run.Steps}
	case q.Method == "straight-through":
		return settling{from: run.Steps, always: true}
	}
	each := min(run.Steps/10, longestSettling)
	return settling{from: run.Steps - 2*each, each: each}
}

// at is what is rounded in a step.
func (s settling) at(step int) rounded {
	switch {
	case s.always:
		return roundAll
	case s.each == 0 || step <= s.from:
		return roundNone
	case step <= s.from+s.each:
		return roundXY
	}
	return roundShapes
}

// next is the first step after the given one that differs from it in what is rounded, or end if that comes sooner.
func (s settling) next(step, end int) int {
	for _, at := range []int{s.from, s.from + s.each} {
		if s.each > 0 && at > step {
			end = min(end, at)
		}
	}
	return end
}

// end is the last step of the run.
func (s settling) end() int { return s.from + 2*s.each }

// settle has the next steps draw what is to be rounded in them.
func (t *Trainer) settle() error {
	if now := t.settling.at(t.step + 1); now != t.setup.rounded {
		t.setup.rounded, t.engine.setup.rounded = now, now
		return t.engine.record()
	}
	return nil
}

// BitsOf is the precision of the model file of a run.
func BitsOf(q configs.Quantize) splat.Bits {
	if !q.Enabled {
		return splat.Lossless
	}
	return splat.Bits{XY: q.PosBits, Scale: q.ScaleBits, Rot: q.RotBits, Feat: q.FeatBits}
}

// quantize rounds the parameters of some groups, and copies the others.
func (c *canvas) quantize(r *vk.Recorder, which rounded) {
	bits := [4]int{c.setup.bits.XY, c.setup.bits.Scale, c.setup.bits.Rot, c.setup.bits.Feat}
	from := [4]rounded{roundXY, roundShapes, roundShapes, roundAll}
	push := shaders.QuantizePush{Splats: uint32(c.splats), Stride: uint32(c.plan.Shape.Splats)}
	for i, b := range bits {
		if b < splat.Exact && which >= from[i] {
			push.Levels[i] = 1<<b - 1
			push.Share[i] = 1 / float32(push.Levels[i])
		}
	}
	steps := float64(int(1) << min(bits[2], splat.Exact))
	push.PerRadian, push.Radians = float32(steps/math.Pi), float32(math.Pi/steps)
	planes := c.plan.Shape.Planes()
	r.Dispatch(c.kernels["quantize_range"], [3]int{planes, 1, 1}, push, c.arg("params"), c.arg("ranges"))
	groups := c.perSplat()
	groups[1] = planes
	r.Dispatch(c.kernels["quantize_round"], groups, push, c.arg("params"), c.arg("ranges"), c.arg("quantized"))
}

// drawn are the parameters that are drawn.
func (c *canvas) drawn() vk.Arg {
	if c.plan.Shape.Quantized {
		return c.arg("quantized")
	}
	return c.arg("params")
}
