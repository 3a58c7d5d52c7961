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
	slots    [2]*slot
	measure  *slot
	partials int // of loss_grad, counted while recording
}

// recorder is what verbs record into.
type recorder = vk.Recorder

// slot is what one step in flight needs of its own. Two of them keep the device busy while the host looks at the step before.
type slot struct {
	step, report *vk.Buffer
	seq          *vk.Sequence
}

const stepBytes, reportBytes = 64, 32

// newEngine plans, allocates and builds kernels, and puts target and first splats on the device.
func newEngine(dev *vk.Device, target *imageio.Samples, first *splat.Splats, set setup) (*engine, error) {
	shape := memory.Shape{W: target.W, H: target.H, C: target.C, Depth: target.Depth}
	c, err := newCanvas(dev, shape, first, 1, set)
	if err != nil {
		return nil, err
	}
	e := &engine{canvas: *c}
	if err := e.start(target, first); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

func (e *engine) start(target *imageio.Samples, first *splat.Splats) error {
	for _, s := range []**slot{&e.slots[0], &e.slots[1], &e.measure} {
		*s = &slot{}
		var err error
		if (*s).step, err = e.dev.NewBuffer(vk.BufferSpec{Name: "step", Group: "control", Bytes: stepBytes, Use: vk.Upload}); err != nil {
			return err
		}
		if (*s).report, err = e.dev.NewBuffer(vk.BufferSpec{Name: "report", Group: "control", Bytes: reportBytes, Use: vk.Readback}); err != nil {
			return err
		}
	}
	if err := e.buildTraining(); err != nil {
		return err
	}
	if err := e.upload(target); err != nil {
		return err
	}
	if err := e.zero("moments"); err != nil {
		return err
	}
	if err := e.load(first); err != nil {
		return err
	}
	return e.record()
}

// buildTraining makes the kernels that drawing does not need.
func (e *engine) buildTraining() error {
	deep := flag(e.plan.Shape.Depth == 16)
	for _, k := range []struct {
		name string
		own  []uint32
	}{
		{"blur_moments", []uint32{deep}},
		{"blur_ssim", nil},
		{"rasterize_grad", []uint32{e.setup.tune.split, e.setup.tune.lanes}},
		{"gather_grad", nil},
		{"loss_sum", nil},
		{"project_grad", []uint32{flag(e.setup.keep)}},
	} {
		if err := e.kernel(k.name, k.name, k.own...); err != nil {
			return err
		}
	}
	for group := range div(e.plan.Shape.C, 4) {
		if err := e.kernel(lossGradName(group), "loss_grad", deep, uint32(group)); err != nil {
			return err
		}
	}
	return nil
}

// lossGradName files the variant of loss_grad for channels 4·group and on.
func lossGradName(group int) string { return fmt.Sprintf("loss_grad[%d]", group) }

// upload puts the target on the device as unorm texels of four channels, in tile order, a tile row at a time.
func (e *engine) upload(target *imageio.Samples) error {
	s := e.plan.Shape
	size := s.TargetTileRowBytes()
	rows := make([]byte, size)
	for tileRow := range s.TilesY() {
		clear(rows)
		for y := tileRow * memory.TileSize; y < min((tileRow+1)*memory.TileSize, s.H); y++ {
			for c := range s.C {
				packUnorm(rows, target, c, y)
			}
		}
		if err := e.dev.Write(e.buffers["target"], int64(tileRow)*size, rows); err != nil {
			return err
		}
	}
	return nil
}

// packUnorm writes row y of channel c into the tile row of the target that it belongs to.
func packUnorm(tiles []byte, target *imageio.Samples, c, y int) {
	const tile = memory.TileSize
	groups := div(target.C, 4)
	at := func(x int) int { return (((x/tile*tile+y%tile)*groups+c/4)*tile+x%tile)*4 + c%4 }
	if target.Depth == 16 {
		for x, v := range target.Row16(c, y) {
			binary.LittleEndian.PutUint16(tiles[2*at(x):], v)
		}
		return
	}
	for x, v := range target.Row8(c, y) {
		tiles[at(x)] = v
	}
}

func (e *engine) zero(names ...string) error {
	return e.run(func(r *vk.Recorder) {
		for _, n := range names {
			r.Fill(e.buffers[n], 0, e.buffers[n].Bytes(), 0)
		}
	})
}

// record makes the command buffers anew; needed whenever the number of splats or the length of the lists changes.
func (e *engine) record() error {
	for _, s := range e.slots {
		if err := e.recordSlot(s, e.recordStep); err != nil {
			return err
		}
	}
	return e.recordSlot(e.measure, e.recordMeasure)
}

func (e *engine) recordSlot(s *slot, verbs func(*vk.Recorder, *slot)) error {
	if s.seq != nil {
		s.seq.Free()
		s.seq = nil
	}
	r := e.dev.NewRecorder()
	verbs(r, s)
	seq, err := r.Finish()
	if err != nil {
		return err
	}
	s.seq = seq
	return nil
}

// clear zeroes what the kernels of a step add to.
func (e *engine) clear(r *vk.Recorder) {
	r.Fill(e.buffers["state"], 0, e.buffers["state"].Bytes(), 0)
	e.partials = 0
}

// submit starts the commands of a slot with the given numbers.
func (s *slot) submit(step shaders.Step) error {
	if _, err := binary.Encode(s.step.Mapped(), binary.LittleEndian, &step); err != nil {
		return err
	}
	return s.seq.Submit()
}

// collect waits for the slot and returns what it measured.
func (s *slot) collect() (shaders.Report, error) {
	var report shaders.Report
	if err := s.seq.Wait(); err != nil {
		return report, err
	}
	_, err := binary.Decode(s.report.Mapped(), binary.LittleEndian, &report)
	return report, err
}

// append adds splats behind the present ones.
func (e *engine) append(p *splat.Splats) error {
	stride, n := e.plan.Shape.Splats, e.splats
	flat := planes(p, p.N)
	for k := range e.plan.Shape.Planes() {
		if err := e.dev.Write(e.buffers["params"], int64(4*(k*stride+n)), encode(flat[k*p.N:(k+1)*p.N])); err != nil {
			return err
		}
	}
	e.splats += p.N
	return e.record()
}

// lengthen makes the lists longer after a step that needed more pairs than they hold; that step changed nothing.
func (e *engine) lengthen(needed int) error {
	if err := e.grow(needed); err != nil {
		return err
	}
	return e.record()
}

func (e *engine) close() {
	for _, s := range append(e.slots[:], e.measure) {
		if s == nil {
			continue
		}
		if s.seq != nil {
			s.seq.Free()
		}
		for _, b := range []*vk.Buffer{s.step, s.report} {
			if b != nil {
				b.Free()
			}
		}
	}
	e.canvas.close()
}

func div(n, by int) int { return (n + by - 1) / by }
