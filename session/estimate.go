package session

import (
	"cmp"
	"fmt"
	"slices"

	"igs/configs"
	"igs/imageio"
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
	"igs/record"
	"igs/vk"
)

// PlannedRun is what one run needs. Sizes are bytes.
type PlannedRun struct {
	Run        configs.Run
	Picture    imageio.Size
	Chosen     PlanCandidate   // when Err is set, the candidate that needs least
	Candidates []PlanCandidate // in the order in which training tries them
	Stages     []PlannedStage  // parts of the run whose steps look at different pixels; nil when all steps look at all pixels
	Why        string          // why Chosen is not what the settings ask for; "" when it is
	Host       int64           // about the memory of the process, without device memory
	Scratch    int64           // disk space of a temporary file that keeps the picture; 0 = it is kept in memory
	Disk       int64           // at most; how well PNG compresses is unknown
	Video      int64           // about what the frames of the training video need; 0 = no video
	Seconds    float64         // 0 = not measured
	Err        error           // no candidate fits
}

// PlannedStage is a part of a run whose steps have the same stride.
type PlannedStage struct {
	Stride, From, To int // From and To are the first and the last step; 0 = evaluations only
	PlanCandidate
}

// PlanCandidate is one way to train a run.
type PlanCandidate struct {
	Name   string
	Bytes  int64 // device memory
	Groups []BufferGroup
	Fits   bool
}

// BufferGroup is the memory of the buffers of one purpose, bytes.
type BufferGroup struct {
	Name  string
	Bytes int64
}

// planOf plans one run for a device.
func planOf(on engine.Platform, m imageio.Size, run configs.Run, host hostPlan) PlannedRun {
	p := PlannedRun{Run: run, Picture: m, Host: host.memory, Scratch: host.scratch, Disk: diskBytes(m, run), Video: videoBytes(m, run)}
	chosen, ladder, err := optim.PlanFor(on, m.W, m.H, m.C, m.Depth, run)
	bound := boundOf(on.Info, run.Memory.Budget)
	p.Chosen, p.Why, p.Err = candidateOf(chosen, bound), chosen.Why, cmp.Or(err, host.err)
	for _, rung := range ladder {
		p.Candidates = append(p.Candidates, candidateOf(rung, bound))
	}
	if stages, _ := optim.StagesFor(on, m, run); len(stages) > 1 {
		before := 0
		for _, s := range stages {
			stage := PlannedStage{s.Stride, before + 1, s.End, candidateOf(s.Plan, bound)}
			if before = s.End; s.End == 0 {
				stage.From = 0
			}
			p.Stages = append(p.Stages, stage)
		}
	}
	return p
}

// candidateOf describes a plan of package memory. A bound of 0 means no bound.
func candidateOf(p memory.Plan, bound int64) PlanCandidate {
	c := PlanCandidate{Name: p.String(), Bytes: p.Bytes(), Fits: bound == 0 || p.Bytes() <= bound}
	for _, g := range p.Groups() {
		c.Groups = append(c.Groups, BufferGroup{g.Name, g.Bytes})
	}
	return c
}

// boundOf is how much device memory a run may use; 0 = unknown.
func boundOf(info vk.Info, budget int64) int64 { return cmp.Or(budget, engine.FreeBytes(info)) }

// Bound is how much device memory a run may use, bytes; 0 = unknown.
func (p *Plan) Bound() int64 { return boundOf(p.Device.Info, p.Budget) }

// Fits reports whether a run fits.
func (p *Plan) Fits() bool {
	return slices.ContainsFunc(p.Runs, func(r PlannedRun) bool { return r.Err == nil }) ||
		slices.ContainsFunc(p.Batches, func(b PlannedBatch) bool { return b.Err == nil })
}

// Unfit is the error of the runs that do not fit, nil when every run fits. Its hint is that of the run that needs most,
// because that hint helps all of them.
func (p *Plan) Unfit() error {
	for _, b := range p.Batches {
		if b.Err != nil {
			return fmt.Errorf("%s: %w", b.Run.Name, b.Err)
		}
	}
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

func samples(m imageio.Size) int64 { return int64(m.W) * int64(m.H) * int64(m.C) }

// Sizes of the files of a run beside model and pictures, bytes.
const (
	recordBytes     = 16 << 10 // run.json, and its share of session.json and job.toml
	evaluationBytes = 400      // a line of metrics.csv, and one of log.txt
)

// diskBytes is an upper bound of the folder of a run: a PNG is never much larger than its samples.
func diskBytes(m imageio.Size, run configs.Run) int64 {
	pixels := int64(m.W) * int64(m.H)
	model := int64(optim.BitsOf(run.Quantize).Bytes(m.C)) * int64(run.Gaussians)
	pictures := 2*samples(m)*int64(m.Depth/8) + samples(m) + pixels // render and target, error, gradient
	evaluations := int64(run.Steps/run.Train.EvalEvery + 1)
	return model + pictures + thumbnailBytes(m) + evaluations*evaluationBytes + recordBytes
}

// thumbnailBytes is an upper bound of the thumbnails of render, target and error: a JPEG of noise takes about a byte for a pixel, and a
// PNG with alpha up to four.
func thumbnailBytes(m imageio.Size) int64 {
	w := int64(record.WidthOfThumbnail(m.W, m.H))
	pixel := int64(2)
	if imageio.HasAlpha(m.C) {
		pixel = 4
	}
	return 3 * pixel * w * (w*int64(m.H)/int64(m.W) + 1)
}

// bytesPerPixel is the average size of a pixel of a photograph in a JPEG of quality 95.
const bytesPerPixel = 0.4

// videoBytes is about the disk space of the frames of a training video.
func videoBytes(m imageio.Size, run configs.Run) int64 {
	v := run.Video
	if !v.Enabled || !v.SaveToDisk {
		return 0
	}
	w, h := v.Panel(m.W, m.H)
	return int64(run.Steps/v.Every+2) * (int64(bytesPerPixel*float64(w*h)) + noteBytes)
}

// noteBytes is the size of the JSON file of a frame.
const noteBytes = 200

// checkpointBytes is the size of a checkpoint: the parameters, two moments for each parameter, and the ages.
func checkpointBytes(m imageio.Size, run configs.Run) int64 {
	return 4 * int64(3*(5+m.C)+1) * int64(run.Gaussians)
}
