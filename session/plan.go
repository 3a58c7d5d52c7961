package session

import (
	"cmp"
	"fmt"
	"slices"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/vk"
)

// Plan is what a whole job needs.
type Plan struct {
	Device     PlanDevice // if there are several, the one with the least memory
	Devices    int
	Jobs       int    // runs that train at once on each device
	AtOnce     int64  // device memory of these, bytes, at most
	Beside     int64  // host memory to write the files of runs while others train, bytes; 0 = they are written one after the other
	Ahead      int64  // host memory to read the picture of a run while the run before trains, bytes; 0 = it is read before its run
	Budget     int64  // bytes; 0 = the free memory of the device
	BudgetFrom string // where the budget is set
	Runs       []PlannedRun
	Batches    []PlannedBatch // in flat layout, instead of Runs
	Unread     int            // pictures in flat layout that cannot be read
	report     bool
}

// PlanDevice is the device that a plan is for.
type PlanDevice struct {
	Info    vk.Info
	Reason  string // why it was chosen
	Missing error  // why there is no device; Info then holds the least that every device offers
}

// NewPlan plans the runs of a job. It returns the errors that New would return, and allocates nothing on the device.
func NewPlan(job *configs.Job, tunings *Tunings) (*Plan, error) {
	runs, err := job.Runs()
	if err != nil {
		return nil, err
	}
	if job.Flat() {
		return newCorpusPlan(job, runs, tunings)
	}
	pictures, err := measure(runs)
	if err != nil {
		return nil, err
	}
	if err := CheckPlace(job.Output, runs...); err != nil {
		return nil, err
	}
	from, err := readSource(job.Init.From)
	if err == nil {
		err = from.check(runs, pictures)
	}
	if err != nil {
		return nil, err
	}
	device, devices, err := findDevices(job.Device.Select)
	if err != nil {
		return nil, err
	}
	host := hostMemoryOf(job)
	p := &Plan{Device: device, Devices: devices, Budget: job.Memory.Budget, BudgetFrom: job.Origin("memory.budget"), report: job.Output.Report}
	for _, run := range runs {
		m := pictures[run.Image]
		on, err := tunings.Platform(device.Info, m.W*m.H*m.C, run.Loss.SSIM != 0)
		if err != nil {
			return nil, err
		}
		_, taken, err := host.place(run, false)
		if err != nil {
			return nil, err
		}
		if host.room(run, run, m, 1).checkpoint {
			taken.memory += stateCopyBytes(run, m)
		}
		p.Runs = append(p.Runs, planOf(on, m, run, taken))
	}
	return p, p.planTogether(job, tunings, host, pictures)
}

// planTogether plans what runs at once take.
func (p *Plan) planTogether(job *configs.Job, tunings *Tunings, host hostMemory, pictures map[string]imageio.Size) error {
	var runs []configs.Run
	for _, r := range p.Runs {
		runs = append(runs, r.Run)
	}
	most := largest(runs, pictures)
	m := pictures[most.Image]
	on, err := tunings.Platform(p.Device.Info, int(samples(m)), most.Loss.SSIM != 0)
	if err != nil {
		return err
	}
	p.Jobs, _ = atOnce(job, on, m, most)
	p.Jobs = min(p.Jobs, (len(runs)+p.Devices-1)/p.Devices)
	for _, r := range p.Runs {
		p.AtOnce = max(p.AtOnce, int64(p.Jobs)*r.Chosen.Bytes)
	}
	_, taken, err := host.place(most, false)
	if err != nil {
		return err
	}
	r := host.room(most, most, m, p.Jobs*p.Devices)
	if len(runs) > 1 && taken.scratch == 0 && r.drawings {
		p.Beside = besideBytes(m)
	}
	if len(pictures) > 1 && r.picture {
		p.Ahead = host.aheadBytes(most)
	}
	return nil
}

// measure reads the headers of the pictures, and gives the runs their largest numbers of splats. Its error lists all pictures that cannot be used.
func measure(runs []configs.Run) (map[string]imageio.Size, error) {
	pictures := map[string]imageio.Size{}
	var mistakes configs.Mistakes
	broken := map[string]bool{}
	for i, run := range runs {
		m, known := pictures[run.Image]
		if !known && !broken[run.Image] {
			var err error
			if m, err = imageio.TargetSize(run.Image, optionsOf(run)); err != nil {
				broken[run.Image] = true
				mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
				continue
			}
			pictures[run.Image] = m
		}
		if broken[run.Image] {
			continue
		}
		var err error
		if runs[i], err = run.For(m.W * m.H); err != nil {
			mistakes = append(mistakes, configs.Mistake{Text: err.Error(), Hint: fault.Hint(err)})
		}
		if pixels := m.W * m.H; runs[i].Gaussians > pixels {
			mistakes = append(mistakes, crowded(run, pixels))
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return pictures, nil
}

// leastBinding is the size of a binding that Vulkan guarantees, bytes.
const leastBinding = 128 << 20

// FindDevice describes the device that training would open; of several, the one with the least memory. When there is no
// device, it gives the limits that Vulkan guarantees. A device that the user asked for must exist.
func FindDevice(asked string) (PlanDevice, error) {
	d, _, err := findDevices(asked)
	return d, err
}

// findDevices is FindDevice with the number of devices.
func findDevices(asked string) (least PlanDevice, n int, err error) {
	infos, err := vk.List()
	if err == nil && !vk.Several(asked) {
		if least.Info, least.Reason, err = vk.Choose(infos, asked); err == nil {
			return least, 1, nil
		}
	} else if err == nil {
		var chosen []vk.Info
		if chosen, err = vk.ChooseSeveral(infos, asked); err == nil {
			least.Info = slices.MinFunc(chosen, func(a, b vk.Info) int { return cmp.Compare(boundOf(a, 0), boundOf(b, 0)) })
			least.Reason = fmt.Sprintf("the one with the least memory of %d", len(chosen))
			return least, len(chosen), nil
		}
	}
	if asked != "auto" || fault.Code(err) != fault.NoVulkan {
		return PlanDevice{}, 0, err
	}
	return PlanDevice{Missing: err, Info: vk.Info{
		Index: -1, Name: "none", MaxStorageRange: leastBinding, MaxAllocation: 1 << 30, MaxTexelElements: leastBinding / 4, Storage16: true, Float16: true,
	}}, 1, nil
}
