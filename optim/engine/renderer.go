// Package engine owns the step on the device: forward, loss, backward, Adam. Each pass of it is one file, which owns its buffers, its
// kernels and what it records. It knows steps, not schedules.
//
// Units: pixels, with the centre of pixel (row i, column j) at (j+0.5, i+0.5). The gradient of a pixel is carried times the loss scale.
package engine

import (
	"encoding/binary"

	"igs/internal/fault"
	"igs/memory"
	"igs/vk"
)

// Cut is the exponent beyond which a splat does not count at a pixel: six standard deviations, where a weight is 1.5e-8 against the
// 1e-4 that the denominator starts from. Tails that are too faint to be seen still pull splats into the holes between them: with
// 9.2 in its place kodim05 (2500 splats) was 0.16 dB lower after 500 steps, and with 7 holes stayed black. rasterize stops early, so
// the width costs time in binning only.
const Cut = 18

// work is what the passes record for: splats at a size.
type work struct {
	plan   memory.Plan
	splats int     // splats there are now
	zoom   float32 // drawn height / training height: multiplies σ
}

// Renderer draws splats at one size: parameters, projection, lists, pixels. Training builds on it.
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
}

// drawing wires the passes of drawing and lists them.
func (c *Renderer) drawing() []pass {
	c.wire()
	c.bin.waiting = &c.waiting.pairs
	return []pass{&c.params, &c.project, &c.bin, &c.raster, &c.control, &c.waiting}
}

func (c *Renderer) wire() {
	c.bin.in, c.bin.state = &c.project, &c.control
	c.raster.in = &c.bin
	c.round.params = &c.params
}

// newRenderer makes what drawing needs.
func newRenderer(dev *vk.Device, plan memory.Plan, zoom float32, set Setup) (*Renderer, error) {
	c := &Renderer{}
	if err := c.open(dev, plan, zoom, set, c.drawing()); err != nil {
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

// Plan is how the work lies on the device now.
func (c *Renderer) Plan() memory.Plan { return c.plan }

// Splats counts the splats there are.
func (c *Renderer) Splats() int { return c.splats }

// projectRounded projects the splats with some groups of parameters rounded, where the model file will have few bits.
func (c *Renderer) projectRounded(r *vk.Recorder, which Rounded) {
	c.round.record(r, c.work, which)
	c.project.record(r, c.work, c.round.drawn())
}

// grow makes room for `needed` pairs in the lists of a band: by lower bands, which take no memory, and only where a band is one
// tile row already by longer lists. What was recorded before is void.
func (c *Renderer) grow(needed int) error {
	if plan, ok := c.plan.Narrow(needed); ok {
		c.plan, c.bands = plan, plan.Bands()
		return nil
	}
	return c.extend(needed)
}

// extend makes longer lists, or when the device refuses them as long as they were. What was recorded before is void either way.
func (c *Renderer) extend(needed int) error {
	plan, err := c.plan.Lengthen(needed+needed/4, c.setup.Limits)
	if err != nil {
		plan, err = c.plan.Lengthen(needed, c.setup.Limits)
	}
	if err != nil {
		return err
	}
	if err := c.exchangeLists(plan); err != nil {
		if lost := c.exchangeLists(c.plan); lost != nil {
			return lost
		}
		return err
	}
	c.plan = plan
	return nil
}

// exchangeLists makes the lists anew, as a plan wants them.
func (c *Renderer) exchangeLists(plan memory.Plan) error {
	release(c.all, plan, true)
	return allocate(c.dev, c.all, plan)
}

// run records commands, runs them once and forgets them.
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

// pairsNeeded is the number of pairs that the fullest band of the last work had. It fails when a list is too long for the device.
func (c *Renderer) pairsNeeded() (int, error) {
	var words [stateBytes]byte
	if err := c.dev.Read(c.control.state, 0, words[:]); err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint32(words[:])), c.walkable(int(binary.LittleEndian.Uint32(words[12:])))
}

// longestList is what all kernels can walk in the 65 535 iterations of lavapipe. rasterize_grad and removal_cost, 8 entries at a time, take 18
// for them: up to 29 126 entries; rasterize, one by one in two walks, up to 32 767; bin_sort more than 100 000.
const longestList = 28_000

// walkable says whether the kernels can walk a list of so many pairs. Only lavapipe has a limit: it ends loops and says nothing.
func (c *Renderer) walkable(list int) error {
	if c.setup.Limits.Loops == 0 || list <= longestList {
		return nil
	}
	return fault.New(fault.BadInput, "use fewer splats, or a device other than lavapipe", "%d splats crowd in one tile, this device can walk %d", list, longestList)
}

func tooMany(splats, room int) error {
	return fault.New(fault.Failed, "", "%d splats do not fit room for %d", splats, room)
}
