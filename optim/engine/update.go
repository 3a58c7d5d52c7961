package engine

import (
	"math"

	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// update computes the gradient of the parameters from the sums and makes the Adam step, in the coordinates of the model
// or in the frame of each splat.
type update struct {
	params *parameters
	sums   *gathering
	state  *control
	bounds Bounds

	moments *vk.Buffer // planes like the parameters: m, then v; in the frame also one plane of ages
	kernel  *vk.Kernel
}

// Bounds limits the parameters when Adam works in the frame.
type Bounds struct {
	ScaleMin, ScaleMax float64 // 1/px; ScaleMax 0 = no bound
	Aspect             float64 // greatest ratio of the two scales; 0 = no bound
	Margin             float64 // features stay in -Margin .. 1+Margin; 0 = no bound
}

func (u *update) declare(p memory.Plan) []owned {
	s := p.Shape
	planes := 2 * int64(s.Planes())
	if s.Frame {
		planes++
	}
	return []owned{{memory.Buffer{Name: "moments", Group: "adam", Bytes: 4 * planes * int64(s.Splats)}, vk.DeviceLocal, &u.moments}}
}

func (u *update) build(m *maker) error {
	u.bounds = m.setup.Bounds
	if u.bounds.ScaleMax == 0 {
		u.bounds.ScaleMax = math.MaxFloat32
	}
	name := "project_grad"
	if m.plan.Shape.Frame {
		name = "project_grad_frame"
	}
	return m.kernel(&u.kernel, name, flag(m.setup.KeepGradients), flag(m.plan.Shape.Quantized))
}

// record updates the parameters. rendered are the parameters that the step rendered, which may be rounded.
func (u *update) record(r *vk.Recorder, w work, s *stepInFlight, rendered vk.Arg) {
	p := w.plan.Shape
	width, height := p.Target()
	shared := shaders.ProjectGradPush{
		Splats: uint32(w.span()), Stride: uint32(p.Splats), Width: uint32(width), Height: uint32(height), Capacity: uint32(w.plan.Pairs),
		Spacing: float32(p.Spacing()), Present: uint32(w.splats), CellSplats: uint32(p.PictureSplats()),
	}
	var push any = shared
	if p.Frame {
		b := u.bounds
		push = shaders.ProjectGradFramePush{
			Splats: shared.Splats, Stride: shared.Stride, Width: shared.Width, Height: shared.Height, Capacity: shared.Capacity, Spacing: shared.Spacing,
			ScaleMin: float32(b.ScaleMin), ScaleMax: float32(b.ScaleMax), Aspect: float32(b.Aspect), Margin: float32(b.Margin),
			Present: shared.Present, CellSplats: shared.CellSplats,
		}
	}
	r.Dispatch(u.kernel, over(u.kernel, w.span()), push,
		arg(u.sums.sums), s.numbers(), arg(u.state.state), arg(u.params.values), arg(u.moments), rendered)
}
