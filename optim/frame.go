package optim

import (
	"fmt"
	"image"

	"igs/event"
	"igs/metric"
	"igs/optim/engine"
)

// Frame is a picture of the splats in the course of training.
type Frame struct {
	Step, Splats  int
	metric.Scores         // of the whole picture
	Loss          float64 // of the step
	Seconds       float64 // of the run so far
	Last          bool    // the run ends here

	Image   *image.RGBA // memory of the device, until
	Release func()      // is called, from any goroutine; a third frame waits for it
}

// frames is when frames are taken and who takes them. The host reads one while the next is drawn; there are never more.
type frames struct {
	take  func(Frame)
	every int // steps
	w, h  int
	free  chan int // places of the engine that nobody reads
}

// OnFrame has take called with a frame of the size of a panel of the run's video: behind the first step, every so many, and behind
// the last. It returns soon.
func (t *Trainer) OnFrame(take func(Frame)) {
	w, h := t.run.Video.Panel(t.target.W, t.target.H)
	t.frames = frames{take: take, every: t.run.Video.Every, w: w, h: h, free: make(chan int, 2)}
	t.frames.free <- 0
	t.frames.free <- 1
}

// next is the first step after the given one that has a frame, or end if that comes sooner.
func (c *frames) next(step, end int) int {
	switch {
	case c.take == nil:
		return end
	case step == 0:
		return min(1, end)
	}
	return min((step/c.every+1)*c.every, end)
}

// drain waits until nobody reads a frame.
func (c *frames) drain() {
	var free []int
	for range cap(c.free) {
		free = append(free, <-c.free)
	}
	for _, place := range free {
		c.free <- place
	}
}

// filming says whether the present step has a frame.
func (t *Trainer) filming() bool {
	return t.frames.take != nil && (t.step == 1 || t.step%t.frames.every == 0 || t.atEnd())
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
	t.layout = t.engine.Plan()
	t.frames.take(Frame{
		Step: t.step, Splats: scores.Splats, Scores: scores.Scores, Loss: scores.TotalLoss, Seconds: t.elapsed().Seconds(), Last: t.atEnd(),
		Image:   &image.RGBA{Pix: pixels, Stride: 4 * t.frames.w, Rect: image.Rect(0, 0, t.frames.w, t.frames.h)},
		Release: func() { t.frames.free <- place },
	})
	return nil
}
