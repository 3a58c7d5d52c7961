package session

import "igs/imageio"

// besideRuns is the greatest number of runs whose drawings are in memory while others train: one is written, one waits,
// and one is ready to wait.
const besideRuns = 3

// beside reports whether the files of a run are written while its slot trains another run: there is one, and the host has
// memory for the drawings and the targets of the runs that are not yet written.
func (w *Sweep) beside(t *task) bool {
	if t.run.Target.Downsample > 1 || t.target.OnDisk() { // scores at full size need the device
		return false
	}
	_, p, err := w.host.place(t.run, false)
	if err != nil || !w.host.spare(besideBytes(imageio.Size{W: t.target.W, H: t.target.H, C: t.target.C, Depth: t.target.Depth}), p.memory*int64(len(w.slots))) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.queue.waits()
}

// besideBytes is the memory of the host for runs of which only the files are missing.
func besideBytes(m imageio.Size) int64 {
	return besideRuns * (drawingBytes(samples(m)) + samples(m)*int64(m.Depth/8))
}
