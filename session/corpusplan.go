package session

import (
	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/vk"
)

// PlannedBatch is what the pictures of one size need in flat layout. Sizes are bytes.
type PlannedBatch struct {
	Picture  imageio.Size
	Run      configs.Run // the first one
	Pictures int
	Together int   // pictures that are trained together; 1 = one after the other
	Bytes    int64 // device memory of all batches that are trained at once
	Disk     int64 // at most, of all models
	Seconds  float64
	Err      error // not even one picture fits
}

// newCorpusPlan is NewPlan in flat layout.
func newCorpusPlan(job *configs.Job, runs []configs.Run, tunings *Tunings) (*Plan, error) {
	if err := CheckPlace(job.Output); err != nil {
		return nil, err
	}
	device, devices, err := findDevices(job.Device.Select)
	if err != nil {
		return nil, err
	}
	p := &Plan{Device: device, Devices: devices, Jobs: 1, Budget: job.Memory.Budget, BudgetFrom: job.Origin("memory.budget")}
	return p, p.planCorpus(runs, tunings, hostMemoryOf(job))
}

// planCorpus plans the runs of a job in flat layout.
func (p *Plan) planCorpus(runs []configs.Run, tunings *Tunings, host hostMemory) error {
	sizes := sizesOf(runs)
	if err := forPictures(runs, sizes); err != nil {
		return err
	}
	groups, order := grouped(runs, sizes)
	for _, g := range order {
		of := groups[g]
		if g.W == 0 {
			p.Unread += len(of)
			continue
		}
		on, err := tunings.Platform(p.Device.Info, int(samples(g.Size)), of[0].Loss.SSIM != 0)
		if err != nil {
			return err
		}
		b := PlannedBatch{Picture: g.Size, Run: of[0], Pictures: len(of), Together: 1}
		if n, plan := optim.BatchPlan(on, g.Size, of[0], host.together(g.Size, of[0].Gaussians, len(of), p.Devices)); n > 1 {
			parts := batchesOf(len(of), n, p.Devices)
			b.Together, b.Bytes = (len(of)+parts-1)/parts, plan.Bytes()*int64(min(parts, optim.BatchesAtOnce))
		} else {
			plan, _, err := optim.PlanFor(on, g.W, g.H, g.C, g.Depth, of[0])
			b.Bytes, b.Err = plan.Bytes(), err
		}
		b.Disk = int64(len(of)) * int64(optim.BitsOf(of[0].Quantize).Bytes(g.C)) * int64(of[0].Gaussians)
		p.Batches = append(p.Batches, b)
	}
	return nil
}

// time estimates the time of all pictures with a few steps of some of them.
func (b *PlannedBatch) time(dev *vk.Device, tunings *Tunings) error {
	const most = 16 // more pictures would take longer to measure and tell no more
	n := min(b.Together, most)
	l := newWorkload(b.Run, b.Picture, dev.Info().Kind != vk.CPU)
	factor, err := l.calibrate(dev, tunings)
	if n > 1 && err == nil {
		var took float64
		if took, err = l.measureBatch(dev, tunings, n); err == nil {
			factor = took / float64(n) / l.step(float64(l.run.Gaussians))
		}
	}
	for what, s := range l.whole(false) {
		if part(what).onDevice() {
			b.Seconds += s * factor * float64(b.Pictures)
		}
	}
	return err
}

// measureBatch is the time of a step of n pictures with all splats, s.
func (l workload) measureBatch(dev *vk.Device, tunings *Tunings, n int) (float64, error) {
	on, err := tunings.Platform(dev.Info(), int(samples(l.Size)), l.run.Loss.SSIM != 0)
	if err != nil {
		return 0, err
	}
	run := l.run
	run.Progressive.Enabled, run.Steps = false, max(run.Steps, calibratedSteps+2)
	targets, runs := make([]*imageio.Samples, n), make([]configs.Run, n)
	for i := range n {
		targets[i], runs[i] = picture(l.Size), run
	}
	b, err := optim.NewBatch(dev, targets, runs, optim.Start{Tuning: &on.Tuning}, func(event.Event) {})
	if err != nil {
		return 0, err
	}
	defer b.Close()
	return stepTime(b)
}
