package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// update carries the sums to the parameters and takes the step of Adam.
type update struct {
	params *parameters
	sums   *gathering
	state  *control

	moments *vk.Buffer // planes as of the parameters: m, then v
	kernel  *vk.Kernel
}

func (u *update) declare(p memory.Plan) []owned {
	s := p.Shape
	return []owned{{memory.Buffer{Name: "moments", Group: "adam", Bytes: 8 * int64(s.Planes()) * int64(s.Splats)}, vk.DeviceLocal, &u.moments}}
}

func (u *update) build(m *maker) error {
	return m.kernel(&u.kernel, "project_grad", flag(m.setup.KeepGradients), flag(m.plan.Shape.Quantized))
}

// record updates the parameters. drawn are the parameters that the step drew, rounded perhaps.
func (u *update) record(r *vk.Recorder, w work, s *slot, drawn vk.Arg) {
	p := w.plan.Shape
	push := shaders.ProjectGradPush{
		Splats: uint32(w.splats), Stride: uint32(p.Splats), Width: uint32(p.W), Height: uint32(p.H), Capacity: uint32(w.plan.Pairs),
	}
	r.Dispatch(u.kernel, over(u.kernel, w.splats), push,
		arg(u.sums.sums), arg(s.step), arg(u.state.state), arg(u.params.values), arg(u.moments), drawn)
}
