package session

import (
	"fmt"

	"igs/configs"
	"igs/imageio"
	"igs/memory"
	"igs/optim"
	"igs/optim/engine"
	"igs/vk"
)

// place makes the slots in which runs train, and begins to estimate their time.
func (w *Sweep) place() error {
	run := largest(w.runs, w.targets.sizes)
	m := w.targets.sizes[run.Image]
	_, host, err := w.host.place(run, false)
	if err != nil {
		return err
	}
	gpu := true
	var jobs []int // of each device
	for _, d := range w.devices {
		gpu = gpu && d.Info().Kind != vk.CPU
		on, err := w.platform(d, int(samples(m)))
		if err != nil {
			return err
		}
		n, reason := atOnce(w.job, on, m, run)
		if reason != "" {
			w.warn(d.prefix() + reason)
		}
		jobs = append(jobs, n)
	}
	for job := range maxJobs {
		for i, d := range w.devices {
			if n := len(w.slots); job >= jobs[i] || n == len(w.runs) || n > 0 && !w.host.spare(int64(n)*host.memory, host.memory) {
				continue
			}
			w.slots = append(w.slots, &slot{device: d, number: len(w.slots)})
			d.slots++
		}
	}
	if all := min(sum(jobs), len(w.runs)); len(w.slots) < all {
		w.warn(fmt.Sprintf("%d runs train at once: the memory of the host is too small for %d (memory.host_budget)", len(w.slots), all))
	}
	w.pace = newPace(workloads(w.runs, w.targets, gpu), w.job.Output.Report, hostSpeed(w.now), w.now, len(w.slots))
	return nil
}

func sum(list []int) (all int) {
	for _, n := range list {
		all += n
	}
	return all
}

// maxJobs is the greatest number of runs at once on a device (device.jobs).
const maxJobs = 64

// largest is the run with the largest picture.
func largest(runs []configs.Run, sizes map[string]imageio.Size) (most configs.Run) {
	for _, run := range runs {
		m, than := samples(sizes[run.Image]), samples(sizes[most.Image])
		if m > than || m == than && run.Gaussians > most.Gaussians {
			most = run
		}
	}
	return most
}

// smallSamples is the size of a picture up to which two runs train at once on a GPU, when the job leaves the number to igs:
// such a picture does not keep a GPU busy. On a processor the steps of one run use all cores.
const smallSamples = 3 << 20

// atOnce is how many runs train at once on a device, if none is larger than the given one. They must fit together in the
// way in which one alone is trained, so they have the same bits. reason says why they are fewer than asked for.
func atOnce(job *configs.Job, on engine.Platform, m imageio.Size, run configs.Run) (n int, reason string) {
	n = job.Device.Jobs
	if n == 0 && on.Info.Kind != vk.CPU && samples(m) <= smallSamples {
		n = 2
	}
	if n <= 1 {
		return 1, ""
	}
	plan, _, err := optim.PlanFor(on, m.W, m.H, m.C, m.Depth, run)
	bound := boundOf(on.Info, job.Memory.Budget)
	if err != nil || bound == 0 || int64(n)*plan.Bytes() <= bound {
		return n, ""
	}
	fit := max(1, int(bound/plan.Bytes()))
	if job.Device.Jobs > 0 {
		reason = fmt.Sprintf("device.jobs is %d, but only %d of these runs fit at once into %s of device memory (memory.budget)", n, fit, memory.Size(bound))
	}
	return fit, reason
}
