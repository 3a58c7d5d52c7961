package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// frames packs rendered pixels into frames that the host can read. The host reads one frame while the next is rendered.
type frames struct {
	in      *rasterization
	buffers [2]*vk.Buffer
	kernel  *vk.Kernel
	power   float32 // 1/gamma
}

func (f *frames) declare(p memory.Plan) []owned {
	bytes := p.Shape.FrameBytes
	if bytes == 0 {
		return nil
	}
	return []owned{
		{memory.Buffer{Name: "film_even", Group: "video", Bytes: bytes}, vk.Readback, &f.buffers[0]},
		{memory.Buffer{Name: "film_odd", Group: "video", Bytes: bytes}, vk.Readback, &f.buffers[1]},
	}
}

func (f *frames) build(m *maker) error {
	if m.plan.Shape.FrameBytes == 0 {
		return nil
	}
	f.power = m.setup.power()
	return m.kernel(&f.kernel, "frame_pack")
}

// record packs the pixels of a band into rows of bytes.
func (f *frames) record(r *vk.Recorder, p memory.Plan, b memory.Band, frame *vk.Buffer) {
	s := p.Shape
	pixels, base := f.in.colours(p, b)
	r.Dispatch(f.kernel, [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1},
		shaders.FramePackPush{Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), Ring: uint32(p.Ring), Base: base, Shown: f.power},
		pixels, arg(frame))
}

// RenderFrame writes a frame of w × h px into one of two buffers and returns its bytes: RGBA, 8 bits per channel, valid
// until the next frame in that buffer. The caller has just evaluated the present splats. So if the device keeps all
// pixels and the frame has the size of the picture, the pixels are not rendered again.
func (e *Engine) RenderFrame(w, h, place int) ([]byte, error) {
	s, frame := e.plan.Shape, e.frames.buffers[place]
	if e.plan.Mode != memory.Stored || w != s.W || h != s.H {
		return frame.Mapped(), e.renderFrame(w, h, frame)
	}
	return frame.Mapped(), e.run(func(r *vk.Recorder) {
		for _, b := range e.bands {
			e.frames.record(r, e.plan, b, frame)
		}
	})
}

// renderFrame renders the present splats at w × h px into a buffer that the host can read. No step is in flight, so it
// uses the memory of a step.
func (e *Engine) renderFrame(w, h int, frame *vk.Buffer) error {
	for plan := e.plan.At(w, h); ; {
		needed, err := e.renderFrameOnce(plan, frame)
		if err != nil || needed <= plan.Pairs {
			return err
		}
		var narrower bool
		if plan, narrower = plan.Narrow(needed); !narrower {
			err := e.extend(needed)
			if recorded := e.Record(); err == nil { // the lists are new buffers in both cases
				err = recorded
			}
			if err != nil {
				return err
			}
			plan = e.plan.At(w, h)
		}
	}
}

// renderFrameOnce renders once, and returns the number of pairs of the band that has most.
func (e *Engine) renderFrameOnce(plan memory.Plan, frame *vk.Buffer) (pairs int, err error) {
	at := work{plan: plan, splats: e.splats, zoom: float32(plan.Shape.H) / float32(e.plan.Shape.H)}
	if err := e.run(func(r *vk.Recorder) {
		e.control.clear(r, e.plan)
		e.round.record(r, at, RoundAll)
		e.project.record(r, at, e.round.rendered())
		for _, b := range plan.Bands() {
			e.bin.record(r, at, b)
			e.raster.record(r, at, b)
			e.frames.record(r, plan, b, frame)
		}
	}); err != nil {
		return 0, err
	}
	return e.pairsNeeded()
}
