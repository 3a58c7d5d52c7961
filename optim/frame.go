package optim

import (
	"fmt"
	"image"

	"igs/event"
	"igs/metric"
	"igs/optim/engine"
)

// Frame is a rendered picture of the splats during training, for the video of the run.
type Frame struct {
	Step, Splats  int
	metric.Scores         // scores of the whole picture
	Loss          float64 // loss of the step
	Seconds       float64 // wall time of the run so far
	Last          bool    // true for the last frame of the run

	Image   *image.RGBA // device memory, valid until Release is called
	Release func()      // must be called once, from any goroutine; at most two frames are not released at any time
}

// frames holds the settings and the buffers of video frames. The host reads one frame while the device renders the
// next.
type frames struct {
	take  func(Frame)
	every int // steps
	w, h  int
	free  chan int // frame buffers of the engine that are not in use
}

// OnFrame sets the function that receives the frames of the run's video: after the first step, every Video.Every steps,
// and after the last step. take must return soon.
func (t *Trainer) OnFrame(take func(Frame)) {
	w, h := t.run.Video.Panel(t.target.W, t.target.H)
	t.frames = frames{take: take, every: t.run.Video.Every, w: w, h: h, free: make(chan int, 2)}
	t.frames.free <- 0
	t.frames.free <- 1
}

// next returns the first later step that has a frame, or end if that is earlier.
func (c *frames) next(step, end int) int {
	switch {
	case c.take == nil:
		return end
	case step == 0:
		return min(1, end)
	}
	return min((step/c.every+1)*c.every, end)
}

// drain waits until all frames are released.
func (c *frames) drain() {
	var free []int
	for range cap(c.free) {
		free = append(free, <-c.free)
	}
	for _, place := range free {
		c.free <- place
	}
}

// frameDue reports whether the present step has a frame.
func (t *Trainer) frameDue() bool {
	return t.frames.take != nil && (t.step == 1 || t.step%t.frames.every == 0 || t.atEnd())
}

// takeFrame renders a frame and hands it over. If the device has no memory for it, takeFrame warns and training
// continues without the frame.
func (t *Trainer) takeFrame() error {
	scores := t.last
	if scores.Step != t.step {
		var err error
		if scores, err = t.score(); err != nil {
			return err
		}
	}
	if err := t.look(1); err != nil {
		return err
	}
	place := <-t.frames.free
	pixels, err := t.engine.RenderFrame(t.frames.w, t.frames.h, place)
	switch {
	case engine.OutOfMemory(err):
		t.frames.free <- place
		t.sink(event.Warned{Text: fmt.Sprintf("no frame of step %d for the video: %s", t.step, err)})
		return nil
	case err != nil:
		t.frames.free <- place
		return err
	}
	t.setLayout(t.engine.Plan())
	t.frames.take(Frame{
		Step: t.step, Splats: scores.Splats, Scores: scores.Scores, Loss: scores.TotalLoss, Seconds: t.elapsed().Seconds(), Last: t.atEnd(),
		Image:   &image.RGBA{Pix: pixels, Stride: 4 * t.frames.w, Rect: image.Rect(0, 0, t.frames.w, t.frames.h)},
		Release: func() { t.frames.free <- place },
	})
	return nil
}
