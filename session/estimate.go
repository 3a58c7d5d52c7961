package session

import (
	"cmp"
	"fmt"

	"igs/configs"
	"igs/imageio"
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
	"igs/vk"
)

// PlannedRun is what one run would take. Sizes are bytes.
type PlannedRun struct {
	Run        configs.Run
	Picture    imageio.Size
	Chosen     PlanCandidate   // when Err is set, the one that needs least
	Candidates []PlanCandidate // in the order in which they are tried
	Why        string          // why Chosen is not what was asked for; "" when it is
	Host       int64
	Disk       int64   // at most, because PNG compresses
	Video      int64   // of the frames of the training video; 0 = there is none
	Seconds    float64 // 0 = not timed
	Err        error   // no candidate fits
}

// PlanCandidate is one way to train a run.
type PlanCandidate struct {
	Name   string
	Bytes  int64 // of the device
	Groups []BufferGroup
	Fits   bool
}

// BufferGroup is what buffers of one purpose take, bytes.
type BufferGroup struct {
	Name  string
	Bytes int64
}

// planOf plans one run on a device with these facts.
func planOf(on engine.Platform, m imageio.Size, run configs.Run) PlannedRun {
	p := PlannedRun{Run: run, Picture: m, Host: hostBytes(m), Disk: diskBytes(m, run), Video: videoBytes(m, run)}
	chosen, ladder, err := optim.PlanFor(on, m.W, m.H, m.C, m.Depth, run)
	bound := boundOf(on.Info, run.Memory.Budget)
	p.Chosen, p.Why, p.Err = candidateOf(chosen, bound), chosen.Why, err
	for _, rung := range ladder {
		p.Candidates = append(p.Candidates, candidateOf(rung, bound))
	}
	return p
}

// candidateOf is a plan of the room memory. A bound of 0 is none.
func candidateOf(p memory.Plan, bound int64) PlanCandidate {
	c := PlanCandidate{Name: p.String(), Bytes: p.Bytes(), Fits: bound == 0 || p.Bytes() <= bound}
	for _, g := range p.Groups() {
		c.Groups = append(c.Groups, BufferGroup{g.Name, g.Bytes})
	}
	return c
}

// boundOf is what a run may take of the device, 0 when nothing is known.
func boundOf(info vk.Info, budget int64) int64 { return cmp.Or(budget, engine.FreeBytes(info)) }

// Bound is what a run may take of the device, bytes; 0 when nothing is known.
func (p *Plan) Bound() int64 { return boundOf(p.Device.Info, p.Budget) }

// Unfit is the error of the run that needs most of those that do not fit, because its hint helps all of them. It is nil when every
// run fits.
func (p *Plan) Unfit() error {
	var worst PlannedRun
	n := 0
	for _, r := range p.Runs {
		if r.Err == nil {
			continue
		}
		if n++; n == 1 || r.Chosen.Bytes > worst.Chosen.Bytes {
			worst = r
		}
	}
	switch n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s: %w", worst.Run.Name, worst.Err)
	}
	return fmt.Errorf("%d of %d runs do not fit, the largest is %s: %w", n, len(p.Runs), worst.Run.Name, worst.Err)
}

// hostBytes is about the memory of the process beside that of the device: the target as its
// file has it, and the program with a driver (65 MB with lavapipe).
func hostBytes(m imageio.Size) int64 {
	const program = 65_000_000
	return int64(m.Depth/8)*samples(m) + program
}

func samples(m imageio.Size) int64 { return int64(m.W) * int64(m.H) * int64(m.C) }

// Files of a run beside model and pictures.
const (
	recordBytes     = 16 << 10 // run.json, and its share of session.json and job.toml
	evaluationBytes = 400      // a line of metrics.csv, and one of log.txt
)

// diskBytes is the most that the folder of a run takes: PNG never adds much to what it
// cannot compress.
func diskBytes(m imageio.Size, run configs.Run) int64 {
	pixels := int64(m.W) * int64(m.H)
	model := int64(optim.BitsOf(run.Quantize).Bytes(m.C)) * int64(run.Gaussians)
	pictures := 2*samples(m)*int64(m.Depth/8) + samples(m) + pixels // render and target, error, gradient
	evaluations := int64(run.Steps/run.Train.EvalEvery + 1)
	return model + pictures + evaluations*evaluationBytes + recordBytes
}

// bytesPerPixel is what a pixel of a photograph takes as JPEG of quality 95, on average.
const bytesPerPixel = 0.4

// videoBytes is about what the frames of a training video take of the disk until it is made.
func videoBytes(m imageio.Size, run configs.Run) int64 {
	v := run.Video
	if !v.Enabled || !v.SaveToDisk {
		return 0
	}
	w, h := v.Panel(m.W, m.H)
	return int64(run.Steps/v.Every+2) * (int64(bytesPerPixel*float64(w*h)) + noteBytes)
}

// noteBytes is the JSON file of a frame.
const noteBytes = 200

// checkpointBytes is a checkpoint: parameters and two moments of each.
func checkpointBytes(m imageio.Size, run configs.Run) int64 {
	return 3 * 4 * int64(5+m.C) * int64(run.Gaussians)
}
