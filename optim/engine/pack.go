package engine

import (
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// films packs drawn pixels into frames that the host can read. The host reads one frame while the next is drawn.
type films struct {
	in     *rasterization
	frames [2]*vk.Buffer
	kernel *vk.Kernel
	power  float32 // 1/gamma
}

func (f *films) declare(p memory.Plan) []owned {
	bytes := p.Shape.FrameBytes
	if bytes == 0 {
		return nil
	}
	return []owned{
		{memory.Buffer{Name: "film_even", Group: "video", Bytes: bytes}, vk.Readback, &f.frames[0]},
		{memory.Buffer{Name: "film_odd", Group: "video", Bytes: bytes}, vk.Readback, &f.frames[1]},
	}
}

func (f *films) build(m *maker) error {
	if m.plan.Shape.FrameBytes == 0 {
		return nil
	}
	f.power = m.setup.power()
	return m.kernel(&f.kernel, "frame_pack")
}

// record turns the pixels of a band into rows of bytes.
func (f *films) record(r *vk.Recorder, p memory.Plan, b memory.Band, film *vk.Buffer) {
	s := p.Shape
	pixels, base := f.in.colours(p, b)
	r.Dispatch(f.kernel, [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1},
		shaders.FramePackPush{Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), Ring: uint32(p.Ring), Base: base, Shown: f.power},
		pixels, arg(film))
}

// Photograph puts a frame of w × h px into one of two places and returns its bytes, valid until the next frame there. The present splats
// were measured just before: where the device keeps all pixels, a frame of the size of the picture is there already.
func (e *Engine) Photograph(w, h, place int) ([]byte, error) {
	s, film := e.plan.Shape, e.films.frames[place]
	if e.plan.Mode != memory.Stored || w != s.W || h != s.H {
		return film.Mapped(), e.shoot(w, h, film)
	}
	return film.Mapped(), e.run(func(r *vk.Recorder) {
		for _, b := range e.bands {
			e.films.record(r, e.plan, b, film)
		}
	})
}

// shoot draws the present splats at w × h px into a buffer that the host can read. No step is in flight, so that all the memory of
// one is free for it.
func (e *Engine) shoot(w, h int, film *vk.Buffer) error {
	for plan := e.plan.At(w, h); ; {
		needed, err := e.expose(plan, film)
		if err != nil || needed <= plan.Pairs {
			return err
		}
		var narrower bool
		if plan, narrower = plan.Narrow(needed); !narrower {
			err := e.extend(needed)
			if recorded := e.Record(); err == nil { // there are other buffers either way
				err = recorded
			}
			if err != nil {
				return err
			}
			plan = e.plan.At(w, h)
		}
	}
}

// expose draws once, and says how many pairs the fullest band has.
func (e *Engine) expose(plan memory.Plan, film *vk.Buffer) (pairs int, err error) {
	at := work{plan, e.splats, float32(plan.Shape.H) / float32(e.plan.Shape.H)}
	if err := e.run(func(r *vk.Recorder) {
		e.control.clear(r)
		e.round.record(r, at, RoundAll)
		e.project.record(r, at, e.round.drawn())
		for _, b := range plan.Bands() {
			e.bin.record(r, at, b)
			e.raster.record(r, at, b)
			e.films.record(r, plan, b, film)
		}
	}); err != nil {
		return 0, err
	}
	return e.pairsNeeded()
}
