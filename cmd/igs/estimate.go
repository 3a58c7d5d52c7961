package main

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"os"

	"igs/configs"
	"igs/memory"
	"igs/optim"
	"igs/vk"
)

// planned is what one run would take. Sizes are bytes.
type planned struct {
	run     configs.Run
	picture pictureSize
	chosen  way    // when err is set, the one that needs least
	ways    []way  // in the order in which they are tried
	why     string // why chosen is not what was asked for; "" when it is
	host    int64
	disk    int64   // at most: PNG makes of a picture what it can
	video   int64   // of the frames of a training video, if there were one
	seconds float64 // 0 = not timed
	err     error   // no way fits
}

// way is one way to train a run.
type way struct {
	name   string
	bytes  int64 // of the device
	groups []group
	fits   bool
}

type group struct {
	name  string
	bytes int64
}

// planOf plans one run on a device with these facts.
func planOf(info vk.Info, m pictureSize, run configs.Run) planned {
	p := planned{run: run, picture: m, host: hostBytes(m), disk: diskBytes(m, run), video: videoBytes(m, run.Steps)}
	chosen, ladder, err := optim.PlanFor(info, m.w, m.h, m.c, m.bits, run)
	bound := boundOf(info, run.Memory.Budget)
	p.chosen, p.why, p.err = wayOf(chosen, bound), chosen.Why, err
	for _, rung := range ladder {
		p.ways = append(p.ways, wayOf(rung, bound))
	}
	return p
}

// wayOf is a plan of the room memory. A bound of 0 is none.
func wayOf(p memory.Plan, bound int64) way {
	w := way{name: p.String(), bytes: p.Bytes(), fits: bound == 0 || p.Bytes() <= bound}
	for _, g := range p.Groups() {
		w.groups = append(w.groups, group{g.Name, g.Bytes})
	}
	return w
}

// boundOf is what a run may take of the device, 0 when nothing is known. A device that does not
// tell what is free is taken for nine tenths free, as training takes it.
func boundOf(info vk.Info, budget int64) int64 {
	return cmp.Or(budget, info.FreeBytes, info.LocalBytes/10*9)
}

func (s *jobPlan) bound() int64 { return boundOf(s.device.info, s.budget) }

// unfit is the error of the run that needs most of those that fit in no way, because its
// hint helps all of them. It is nil when every run fits.
func (s *jobPlan) unfit() error {
	var worst planned
	n := 0
	for _, r := range s.runs {
		if r.err == nil {
			continue
		}
		if n++; n == 1 || r.chosen.bytes > worst.chosen.bytes {
			worst = r
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s: %w", worst.run.Name, worst.err)
	}
	return fmt.Errorf("%d of %d runs do not fit, the largest is %s: %w", n, len(s.runs), worst.run.Name, worst.err)
}

// hostBytes is the memory of the process for a picture: target, render and their error as
// float32 when the results are written.
func hostBytes(m pictureSize) int64 { return 3 * 4 * m.samples() }

func (m pictureSize) samples() int64 { return int64(m.w) * int64(m.h) * int64(m.c) }

// Files of a run beside model and pictures.
const (
	recordBytes     = 16 << 10 // run.json, and its share of session.json and job.toml
	evaluationBytes = 400      // a line of metrics.csv, and one of log.txt
)

// diskBytes is the most that the folder of a run takes: PNG never adds much to what it
// cannot compress.
func diskBytes(m pictureSize, run configs.Run) int64 {
	pixels := int64(m.w) * int64(m.h)
	model := 4 * int64(5+m.c) * int64(run.Gaussians)                 // five numbers of place and shape, and the colour
	pictures := 2*m.samples()*int64(m.bits/8) + m.samples() + pixels // render and target, error, gradient
	evaluations := int64(run.Steps/run.Train.EvalEvery + 1)
	return model + pictures + evaluations*evaluationBytes + recordBytes
}

// A training video: a frame shows target and render side by side.
const (
	videoEvery     = 50
	videoWidth     = 1920
	bytesPerSample = 0.4 // of a pixel of a photograph as JPEG of quality 95, on average
)

// videoBytes is about what the frames of a training video would take.
func videoBytes(m pictureSize, steps int) int64 {
	w := min(2*m.w, videoWidth)
	h := max(m.h*w/(2*m.w), 1)
	return int64(steps/videoEvery+1) * int64(bytesPerSample*float64(w*h))
}

// bitsOf is the depth of a picture as training keeps it: 16 for a PNG of 16 bits, else 8.
// What cannot be read counts as 8, because reading the picture says what is wrong with it.
func bitsOf(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 8
	}
	defer f.Close()
	if c, _, err := image.DecodeConfig(f); err == nil {
		switch c.ColorModel {
		case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
			return 16
		}
	}
	return 8
}
