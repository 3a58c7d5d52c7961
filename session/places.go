package session

import (
	"igs/imageio"
	"igs/vk"
)

// place makes the slots in which runs train, and begins to estimate their time.
func (w *Sweep) place() {
	gpu := true
	for _, d := range w.devices {
		gpu = gpu && d.Info().Kind != vk.CPU
		w.slots = append(w.slots, &slot{device: d, number: len(w.slots)})
	}
	w.pace = newPace(workloads(w.runs, w.targets, gpu), w.job.Output.Report, hostSpeed(w.now), w.now, len(w.slots))
}

// besideRuns is the greatest number of runs whose drawings are in memory while others train: one is written, one waits,
// and one is ready to wait.
const besideRuns = 3

// beside reports whether the files of a run are written while the slot trains another run: there is one, and the memory
// of the host suffices for the drawings and the targets of the runs that are not yet written.
func (w *Sweep) beside(t *task) bool {
	if t.run.Target.Downsample > 1 || t.target.OnDisk() { // scores at full size need the device
		return false
	}
	m := imageio.Size{W: t.target.W, H: t.target.H, C: t.target.C, Depth: t.target.Depth}
	_, p, err := w.host.place(t.run, false)
	w.mu.Lock()
	defer w.mu.Unlock()
	return err == nil && w.queue.waits() && w.host.spare(besideBytes(m), p.memory)
}

// besideBytes is the memory of the host for runs of which only the files are missing.
func besideBytes(m imageio.Size) int64 {
	return besideRuns * (drawingBytes(samples(m)) + samples(m)*int64(m.Depth/8))
}
