package engine

import (
	"igs/memory"
	"igs/splat"
	"igs/vk"
)

// parameters holds the splats: planes of float32, see planes.go.
type parameters struct {
	values *vk.Buffer
}

func (p *parameters) declare(plan memory.Plan) []owned {
	s := plan.Shape
	return []owned{{memory.Buffer{Name: "params", Group: "parameters", Bytes: 4 * int64(s.Planes()) * int64(s.Splats)}, vk.DeviceLocal, &p.values}}
}

func (p *parameters) build(*maker) error { return nil }

// control holds the counters and flags of a step: the number of pairs of the band that needs most, the length of the
// longest list, the offset of a strided step (splat_project), and for each picture whether an update was not finite and
// whether gradients overflowed.
type control struct {
	state *vk.Buffer
}

const (
	offsetAt   = 8  // of the offset
	faultsAt   = 16 // of the flags of the first picture
	faultBytes = 8  // of the flags of one picture
)

func stateBytes(p memory.Plan) int64 { return faultsAt + faultBytes*int64(p.Shape.Pictures()) }

func (c *control) declare(plan memory.Plan) []owned {
	return []owned{
		{memory.Buffer{Name: "state", Group: "control", Bytes: stateBytes(plan)}, vk.DeviceLocal, &c.state},
		{memory.Buffer{Name: "staging", Group: "staging", Bytes: vk.StagingBytes, Windowed: true}, vk.DeviceLocal, nil},
	}
}

func (c *control) build(*maker) error { return nil }

// clear starts a step: it sets the state to zero.
func (c *control) clear(r *vk.Recorder, p memory.Plan) { r.Fill(c.state, 0, stateBytes(p), 0) }

// setOffset sets the offset of strided commands, after clear.
func (c *control) setOffset(r *vk.Recorder, at Offset) {
	r.Fill(c.state, offsetAt, 4, uint32(at.X))
	r.Fill(c.state, offsetAt+4, 4, uint32(at.Y))
}

// Load replaces the splats on the device. It fails if the plan has no room for them.
func (c *Renderer) Load(p *splat.Splats) error {
	stride := c.plan.Shape.Splats
	if p.N > stride {
		return tooMany(p.N, stride)
	}
	c.splats = p.N
	return c.dev.Write(c.params.values, 0, Encode(Planes(p, stride)))
}

// Unload reads the splats from the device.
func (c *Renderer) Unload() (*splat.Splats, error) {
	s := c.plan.Shape
	flat := make([]byte, 4*s.Planes()*s.Splats)
	if err := c.dev.Read(c.params.values, 0, flat); err != nil {
		return nil, err
	}
	return FromPlanes(Decode(flat), s.Splats, c.splats, s.C), nil
}
