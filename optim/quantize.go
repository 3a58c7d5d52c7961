package optim

import (
	"math"

	"igs/configs"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Training for a model file of few bits: what is drawn, measured and differentiated are the parameters as the file will hold them, and the
// gradient moves those behind them (straight-through estimator: Bengio, Léonard and Courville 2013).

// BitsOf is the precision of the model file of a run.
func BitsOf(q configs.Quantize) splat.Bits {
	if !q.Enabled {
		return splat.Lossless
	}
	return splat.Bits{XY: q.PosBits, Scale: q.ScaleBits, Rot: q.RotBits, Feat: q.FeatBits}
}

// quantize rounds the parameters.
func (c *canvas) quantize(r *vk.Recorder) {
	bits := [4]int{c.setup.bits.XY, c.setup.bits.Scale, c.setup.bits.Rot, c.setup.bits.Feat}
	push := shaders.QuantizePush{Splats: uint32(c.splats), Stride: uint32(c.plan.Shape.Splats)}
	for i, b := range bits {
		if b < splat.Exact {
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
