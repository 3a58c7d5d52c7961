package optim

import (
	"encoding/binary"
	"fmt"

	"igs/imageio"
	"igs/memory"
	"igs/shaders"
	"igs/splat"
	"igs/vk"
)

// engine is a canvas that trains: it adds the target, the loss, the gradients and Adam. It knows steps, not schedules.
type engine struct {
	canvas
	target   *imageio.Samples
	slots    [2]*slot
	measure  *slot
	readers  [2]*vk.Sequence            // who read each of the two buffers of a streamed target last
	partials struct{ ssim, errors int } // sums of the loss, counted while recording
}

// newEngine allocates the plan, builds the kernels, and puts target and first splats on the device. Without splats it waits for
// restore.
func newEngine(dev *vk.Device, target *imageio.Samples, first *splat.Splats, plan memory.Plan, set setup) (*engine, error) {
	c, err := newCanvas(dev, plan, 1, set)
	if err != nil {
		return nil, err
	}
	e := &engine{canvas: *c, target: target}
	if err := e.start(first); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *engine) start(first *splat.Splats) error {
	for _, s := range []**slot{&e.slots[0], &e.slots[1], &e.measure} {
		*s = &slot{}
		var err error
		if (*s).step, err = e.dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: memory.StepBytes, Use: vk.Upload}); err != nil {
			return err
		}
		if (*s).report, err = e.dev.NewBuffer(vk.BufferSpec{Name: "report", Group: "control", Bytes: memory.ReportBytes, Use: vk.Readback}); err != nil {
			return err
		}
	}
	if err := e.buildTraining(); err != nil {
		return err
	}
	if !e.plan.Streamed {
		if err := e.upload(); err != nil {
			return err
		}
	}
	if err := e.zero("moments"); err != nil {
		return err
	}
	if first == nil { // restore will bring them
		return nil
	}
	if err := e.load(first); err != nil {
		return err
	}
	return e.record()
}

// buildTraining makes the kernels that drawing does not need.
func (e *engine) buildTraining() error {
	deep, gamma := flag(e.plan.Shape.Depth == 16), flag(e.setup.power != 1)
	for _, k := range []struct {
		name string
		own  []uint32
	}{
		{"blur_moments", []uint32{deep, gamma}},
		{"blur_ssim", nil},
		{"rasterize_grad", []uint32{e.setup.tune.split, e.setup.tune.lanes}},
		{"gather_grad", nil},
		{"loss_sum", nil},
		{"project_grad", []uint32{flag(e.setup.keep), flag(e.plan.Shape.Quantized)}},
	} {
		if err := e.kernel(k.name, k.name, k.own...); err != nil {
			return err
		}
	}
	if e.plan.Shape.Quantized {
		for _, name := range []string{"quantize_range", "quantize_round"} {
			if err := e.kernel(name, name); err != nil {
				return err
			}
		}
	}
	if e.plan.Shape.Film > 0 {
		if err := e.kernel("frame_pack", "frame_pack"); err != nil {
			return err
		}
	}
	for group := range div(e.plan.Shape.C, 4) {
		if err := e.kernel(lossGradName(group), "loss_grad", deep, gamma, uint32(group)); err != nil {
			return err
		}
	}
	return nil
}

// lossGradName files the variant of loss_grad for channels 4·group and on.
func lossGradName(group int) string { return fmt.Sprintf("loss_grad[%d]", group) }

func (e *engine) zero(names ...string) error {
	return e.run(func(r *vk.Recorder) {
		for _, n := range names {
			r.Fill(e.buffers[n], 0, e.buffers[n].Bytes(), 0)
		}
	})
}

// clear zeroes what the kernels of a step add to.
func (e *engine) clear(r *vk.Recorder) {
	r.Fill(e.buffers["state"], 0, e.buffers["state"].Bytes(), 0)
	e.partials.ssim, e.partials.errors = 0, 0
}

// append adds splats behind the first n.
func (e *engine) append(p *splat.Splats, n int) error {
	stride := e.plan.Shape.Splats
	flat := planes(p, p.N)
	for k := range e.plan.Shape.Planes() {
		if err := e.dev.Write(e.buffers["params"], int64(4*(k*stride+n)), encode(flat[k*p.N:(k+1)*p.N])); err != nil {
			return err
		}
	}
	e.splats = n + p.N
	return e.record()
}

// lengthen makes room for more pairs after a step that needed more than the lists hold; that step changed nothing.
func (e *engine) lengthen(needed int) error {
	if err := e.grow(needed); err != nil {
		return err
	}
	return e.record()
}

// learned is what training has made so far: the state of the device that outlives its buffers.
type learned struct {
	splats          int
	params, moments []byte // planes, as the device keeps them
}

// splatsOf are the splats of a picture of the given shape.
func (l learned) splatsOf(s memory.Shape) *splat.Splats {
	return fromPlanes(decode(l.params), s.Splats, l.splats, s.C)
}

// save reads what was learned.
func (e *engine) save() (learned, error) {
	l := learned{e.splats, make([]byte, e.buffers["params"].Bytes()), make([]byte, e.buffers["moments"].Bytes())}
	if err := e.dev.Read(e.buffers["params"], 0, l.params); err != nil {
		return l, err
	}
	return l, e.dev.Read(e.buffers["moments"], 0, l.moments)
}

// restore goes on from what an engine of the same shape had learned.
func (e *engine) restore(l learned) error {
	if err := e.dev.Write(e.buffers["params"], 0, l.params); err != nil {
		return err
	}
	if err := e.dev.Write(e.buffers["moments"], 0, l.moments); err != nil {
		return err
	}
	e.splats = l.splats
	return e.record()
}

func (e *engine) close() {
	for _, s := range append(e.slots[:], e.measure) {
		if s != nil {
			s.free()
		}
	}
	e.canvas.close()
}

func div(n, by int) int { return (n + by - 1) / by }

// submit starts the commands of a slot with the given numbers.
func (e *engine) submit(s *slot, step shaders.Step) error {
	if _, err := binary.Encode(s.step.Mapped(), binary.LittleEndian, &step); err != nil {
		return err
	}
	for _, p := range s.parts {
		if p.streams {
			if err := e.feed(p); err != nil {
				return err
			}
		}
		if err := p.seq.Submit(); err != nil {
			return err
		}
	}
	return nil
}

// collect waits for the slot and returns what it measured.
func (s *slot) collect() (shaders.Report, error) {
	var report shaders.Report
	if err := s.parts[len(s.parts)-1].seq.Wait(); err != nil {
		return report, err
	}
	_, err := binary.Decode(s.report.Mapped(), binary.LittleEndian, &report)
	return report, err
}
