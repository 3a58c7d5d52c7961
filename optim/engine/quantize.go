package engine

import (
	"math"

	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// Rounded says which groups of parameters are rendered as the model file will hold them.
type Rounded int

const (
	RoundNone   Rounded = iota
	RoundXY             // positions
	RoundShapes         // also scales and angles
	RoundAll
)

// rounding rounds parameters to the precision of the model file. A plan that is not quantized has no buffers of it.
type rounding struct {
	params *parameters
	bits   splat.Bits

	values, ranges *vk.Buffer
	find, round    *vk.Kernel
}

func (q *rounding) declare(p memory.Plan) []owned {
	s := p.Shape
	if !s.Quantized {
		return nil
	}
	planes := int64(s.Planes())
	return []owned{
		{memory.Buffer{Name: "quantized", Group: "parameters", Bytes: 4 * planes * int64(s.Splats)}, vk.DeviceLocal, &q.values},
		{memory.Buffer{Name: "ranges", Group: "parameters", Bytes: 8 * planes}, vk.DeviceLocal, &q.ranges},
	}
}

func (q *rounding) build(m *maker) error {
	if !m.plan.Shape.Quantized {
		return nil
	}
	q.bits = m.setup.Bits
	if err := m.kernel(&q.find, "quantize_range"); err != nil {
		return err
	}
	return m.kernel(&q.round, "quantize_round")
}

// record rounds the parameters of the groups in which, and copies the others.
func (q *rounding) record(r *vk.Recorder, w work, which Rounded) {
	s := w.plan.Shape
	if !s.Quantized {
		return
	}
	bits := [4]int{q.bits.XY, q.bits.Scale, q.bits.Rot, q.bits.Feat}
	from := [4]Rounded{RoundXY, RoundShapes, RoundShapes, RoundAll}
	push := shaders.QuantizePush{Splats: uint32(w.span()), Stride: uint32(s.Splats)}
	for i, b := range bits {
		if b < splat.Exact && which >= from[i] {
			push.Levels[i] = 1<<b - 1
			push.Share[i] = 1 / float32(push.Levels[i])
		}
	}
	steps := float64(int(1) << min(bits[2], splat.Exact))
	push.PerRadian, push.Radians = float32(steps/math.Pi), float32(math.Pi/steps)
	planes := s.Planes()
	r.Dispatch(q.find, [3]int{planes, 1, 1}, push, arg(q.params.values), arg(q.ranges))
	groups := over(q.round, w.span())
	groups[2] = planes
	r.Dispatch(q.round, groups, push, arg(q.params.values), arg(q.ranges), arg(q.values))
}

// rendered returns the argument of the parameters that are rendered: rounded if the plan is quantized.
func (q *rounding) rendered() vk.Arg {
	if q.values != nil {
		return arg(q.values)
	}
	return arg(q.params.values)
}
