package optim

import (
	"fmt"
	"image"

	"igs/event"
	"igs/memory"
	"igs/shaders"
	"igs/vk"
)

// Frame is a picture of the splats in the course of training.
type Frame struct {
	Step, Splats int
	PSNR, SSIM   float64 // of the whole picture
	Loss         float64 // of the step
	Seconds      float64 // of the run so far
	Last         bool    // the run ends here

	Image   *image.RGBA // memory of the device, until
	Release func()      // is called, from any goroutine; a third frame waits for it
}

// camera takes frames. The host reads one while the next is drawn; there are never more.
type camera struct {
	take  func(Frame)
	every int // steps
	w, h  int
	films chan string // buffers of the engine that are free
}

// OnFrame has take called with a frame of the size of a panel of the run's video: behind the first step, every so many, and behind
// the last. It returns soon.
func (t *Trainer) OnFrame(take func(Frame)) {
	w, h := t.run.Video.Panel(t.target.W, t.target.H)
	t.camera = camera{take: take, every: t.run.Video.Every, w: w, h: h, films: make(chan string, 2)}
	t.camera.films <- "film_even"
	t.camera.films <- "film_odd"
}

// next is the first step after the given one that has a frame, or end if that comes sooner.
func (c *camera) next(step, end int) int {
	switch {
	case c.take == nil:
		return end
	case step == 0:
		return min(1, end)
	}
	return min((step/c.every+1)*c.every, end)
}

// settle waits until nobody reads a frame.
func (c *camera) settle() {
	var free []string
	for range cap(c.films) {
		free = append(free, <-c.films)
	}
	for _, name := range free {
		c.films <- name
	}
}

// filming says whether the present step has a frame.
func (t *Trainer) filming() bool {
	return t.camera.take != nil && (t.step == 1 || t.step%t.camera.every == 0 || t.atEnd())
}

// film takes a frame. Where the device has no room for it there is none, and training goes on.
func (t *Trainer) film() error {
	scores := t.last
	if scores.Step != t.step {
		var err error
		if scores, err = t.score(); err != nil {
			return err
		}
	}
	free := <-t.camera.films
	buffer := t.engine.buffers[free]
	switch err := t.engine.photograph(t.camera.w, t.camera.h, buffer); {
	case outOfMemory(err):
		t.camera.films <- free
		t.sink(event.Warned{Text: fmt.Sprintf("no frame of step %d for the video: %s", t.step, err)})
		return nil
	case err != nil:
		t.camera.films <- free
		return err
	}
	t.layout = t.engine.plan
	t.camera.take(Frame{
		Step: t.step, Splats: scores.Splats, PSNR: scores.PSNR, SSIM: scores.SSIM, Loss: scores.TotalLoss, Seconds: t.elapsed().Seconds(), Last: t.atEnd(),
		Image:   &image.RGBA{Pix: buffer.Mapped(), Stride: 4 * t.camera.w, Rect: image.Rect(0, 0, t.camera.w, t.camera.h)},
		Release: func() { t.camera.films <- free },
	})
	return nil
}

// photograph puts a frame of w × h px into a buffer that the host can read. The present splats were measured just before: where the
// device keeps all pixels, a frame of the size of the picture is there already.
func (e *engine) photograph(w, h int, film *vk.Buffer) error {
	s := e.plan.Shape
	if e.plan.Mode != memory.Stored || w != s.W || h != s.H {
		return e.shoot(w, h, film)
	}
	return e.run(func(r *vk.Recorder) {
		for _, b := range e.bands {
			e.pack(r, b, film)
		}
	})
}

// shoot draws the present splats at w × h px into a buffer that the host can read. No step is in flight, so that all the memory of
// one is free for it.
func (e *engine) shoot(w, h int, film *vk.Buffer) error {
	for plan := e.plan.At(w, h); ; {
		needed, err := e.expose(plan, film)
		if err != nil || needed <= plan.Pairs {
			return err
		}
		var narrower bool
		if plan, narrower = plan.Narrow(needed); !narrower {
			err := e.extend(needed)
			if recorded := e.record(); err == nil { // there are other buffers either way
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
func (e *engine) expose(plan memory.Plan, film *vk.Buffer) (pairs int, err error) {
	c := e.canvas
	c.plan, c.zoom = plan, float32(plan.Shape.H)/float32(e.plan.Shape.H)
	if err := c.run(func(r *vk.Recorder) {
		r.Fill(c.buffers["state"], 0, c.buffers["state"].Bytes(), 0)
		c.project(r)
		for _, b := range plan.Bands() {
			c.bin(r, b)
			c.rasterize(r, b)
			c.pack(r, b, film)
		}
	}); err != nil {
		return 0, err
	}
	return c.pairsNeeded()
}

// pack turns the pixels of a band into rows of bytes.
func (c *canvas) pack(r *vk.Recorder, b memory.Band, film *vk.Buffer) {
	s := c.plan.Shape
	pixels, base := c.pixels(b)
	r.Dispatch(c.kernels["frame_pack"], [3]int{s.TilesX(), b.DrawEnd - b.DrawBegin, 1},
		shaders.FramePackPush{Width: uint32(s.W), Height: uint32(s.H), RowBegin: uint32(b.DrawBegin), Ring: uint32(c.plan.Ring), Base: base, Shown: c.setup.power},
		pixels, vk.Arg{Buffer: film})
}
