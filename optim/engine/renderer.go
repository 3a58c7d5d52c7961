// Package engine owns the training step on the device: forward, loss, backward, Adam. Each pass is one file, which owns
// its buffers, its kernels and its commands. The package knows steps, not schedules.
//
// Units: pixels, with the centre of pixel (row i, column j) at (j+0.5, i+0.5). The gradient of a pixel is stored times
// the loss scale.
package engine

import (
	"encoding/binary"

	"igs/internal/fault"
	"igs/memory"
	"igs/vk"
)

// Cut is the exponent above which a splat does not count at a pixel. It is at six standard deviations, where the weight
// is 1.5e-8; the denominator starts from 1e-4. Such tails are invisible, but their gradients move splats into the holes
// between them: with 9.2 instead, kodim05 (2500 splats) was 0.16 dB lower after 500 steps, and with 7 holes stayed
// black. rasterize stops early, so the large value costs time only in binning.
const Cut = 18

// work is the input of the passes: a number of splats, rendered at a size.
type work struct {
	plan   memory.Plan
	splats int     // present number of splats of each picture
	at     Offset  // strided steps: the pixels that are rendered
	zoom   float32 // rendered height / training height: multiplies σ
}

// span returns the number of indices of splats up to the last present one. The splats of each picture begin at a multiple
// of the number that a picture has room for.
func (w work) span() int {
	s := w.plan.Shape
	return (s.Pictures()-1)*s.PictureSplats() + w.splats
}

// Renderer renders splats at one size: parameters, projection, lists, pixels. Engine embeds it.
type Renderer struct {
	work
	dev   *vk.Device
	setup Setup
	bands []memory.Band
	maker *maker
	all   []pass

	params  parameters
	control control
	project projection
	bin     binning
	raster  rasterization
	round   rounding
	waiting waitingPairs

	host hostRows
}

// hostRows holds tile rows in host memory, as the device has them, and one of them as rows of samples. All drawings share
// it.
type hostRows struct {
	packed []byte
	rows   [memory.TileSize][][]float32
}

// renderPasses connects the passes of rendering and returns them.
func (c *Renderer) renderPasses() []pass {
	c.wire()
	c.bin.waiting = &c.waiting.pairs
	return []pass{&c.params, &c.project, &c.bin, &c.raster, &c.control, &c.waiting}
}

func (c *Renderer) wire() {
	c.bin.in, c.bin.state = &c.project, &c.control
	c.project.state = &c.control
	c.raster.in = &c.bin
	c.round.params = &c.params
}

// newRenderer makes a Renderer that does not train.
func newRenderer(dev *vk.Device, plan memory.Plan, zoom float32, set Setup) (*Renderer, error) {
	c := &Renderer{}
	if err := c.open(dev, plan, zoom, set, c.renderPasses()); err != nil {
		return nil, err
	}
	return c, nil
}

// open allocates the buffers of the passes and builds their kernels.
func (c *Renderer) open(dev *vk.Device, plan memory.Plan, zoom float32, set Setup, passes []pass) error {
	set.Tuning = readable(set.Tuning, dev.Info(), plan.Shape)
	c.dev, c.setup, c.bands, c.all = dev, set, plan.Bands(), passes
	c.plan, c.zoom = plan, zoom
	c.maker = newMaker(dev, plan, set)
	err := allocate(dev, passes, plan)
	for _, p := range passes {
		if err == nil {
			err = p.build(c.maker)
		}
	}
	if err != nil {
		c.close()
	}
	return err
}

func (c *Renderer) close() {
	release(c.all, c.plan, false)
	c.maker.free()
}

// Plan returns the present plan, which may have lower bands or longer lists than the first one.
func (c *Renderer) Plan() memory.Plan { return c.plan }

// Splats returns the present number of splats.
func (c *Renderer) Splats() int { return c.splats }

// projectRounded projects the splats with some groups of parameters rounded, if the plan is quantized.
func (c *Renderer) projectRounded(r *vk.Recorder, which Rounded) {
	c.round.record(r, c.work, which)
	c.project.record(r, c.work, c.round.rendered())
}

// grow makes room for `needed` pairs in the lists of a band. It uses lower bands, which need no memory, and longer
// lists only if a band already is one tile row. Commands recorded before are invalid after it.
func (c *Renderer) grow(needed int) error {
	if plan, ok := c.plan.Narrow(needed); ok {
		c.plan, c.bands = plan, plan.Bands()
		return nil
	}
	return c.extend(needed)
}

// extend makes longer lists. If the device refuses, it makes lists of the old length and returns the error. Commands
// recorded before are invalid in both cases.
func (c *Renderer) extend(needed int) error {
	plan, err := c.plan.Lengthen(needed+needed/4, c.setup.Limits)
	if err != nil {
		plan, err = c.plan.Lengthen(needed, c.setup.Limits)
	}
	if err != nil {
		return err
	}
	if err := c.replaceLists(plan); err != nil {
		if lost := c.replaceLists(c.plan); lost != nil {
			return lost
		}
		return err
	}
	c.plan = plan
	return nil
}

// replaceLists frees the lists and makes those of the plan.
func (c *Renderer) replaceLists(plan memory.Plan) error {
	release(c.all, plan, true)
	return allocate(c.dev, c.all, plan)
}

// run records commands, runs them once and frees them.
func (c *Renderer) run(record func(r *vk.Recorder)) error {
	r := c.dev.NewRecorder()
	record(r)
	seq, err := r.Finish()
	if err != nil {
		return err
	}
	defer seq.Free()
	return seq.Run()
}

// pairsNeeded returns the number of pairs of the band that needed most in the last run. It fails if a list is too long
// for the device.
func (c *Renderer) pairsNeeded() (int, error) {
	var words [8]byte
	if err := c.dev.Read(c.control.state, 0, words[:]); err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint32(words[:])), c.checkList(int(binary.LittleEndian.Uint32(words[4:])))
}

// longestList is the longest list that all kernels can walk in the 65 535 iterations of lavapipe. rasterize_grad and
// removal_cost take 18 iterations for 8 entries, so 29 126 entries at most. rasterize walks twice, one entry at a time,
// so 32 767 at most. bin_sort can take more than 100 000.
const longestList = 28_000

// checkList returns an error if the kernels cannot walk a list of the given length. Only lavapipe has a limit: it ends
// long loops silently.
func (c *Renderer) checkList(list int) error {
	if c.setup.Limits.Loops == 0 || list <= longestList {
		return nil
	}
	return fault.New(fault.BadInput, "use fewer splats, or a device other than lavapipe", "%d splats reach one tile, but this device can process at most %d", list, longestList)
}

func tooMany(splats, room int) error {
	return fault.New(fault.Failed, "", "%d splats do not fit: there is room for %d", splats, room)
}
