package session

import (
	"math"

	"igs/configs"
	"igs/imageio"
	"igs/optim"
)

// besideRuns is the greatest number of runs whose drawings are in memory while others train: one is written, one waits,
// and one is ready to wait.
const besideRuns = 3

// room says what the host keeps beside what the runs need, because it has memory for it.
type room struct {
	checkpoint bool // a state for each slot, which is written while the next steps are taken
	drawings   bool // of runs whose files are written while others train
	picture    bool // that is read while the run before trains
}

// room is for slots that train a run like this one each. next is the run whose picture comes next. What comes first gets the
// memory first.
func (h hostMemory) room(run, next configs.Run, m imageio.Size, slots int) (r room) {
	_, p, err := h.place(run, false)
	if err != nil {
		return r
	}
	used := int64(0)
	for _, kept := range []struct {
		bytes int64
		fits  *bool
	}{
		{stateCopyBytes(run, m) * int64(slots), &r.checkpoint},
		{besideBytes(m), &r.drawings},
		{h.aheadBytes(next), &r.picture},
	} {
		if *kept.fits = h.spare(used+kept.bytes, p.memory*int64(slots)); *kept.fits {
			used += kept.bytes
		}
	}
	return r
}

// stateCopyBytes is the memory of the host for a checkpoint that is being written: what was read from the device, the state
// and the file.
func stateCopyBytes(run configs.Run, m imageio.Size) int64 {
	return 3 * checkpointBytes(m, run)
}

// besideBytes is the memory of the host for runs of which only the files are missing.
func besideBytes(m imageio.Size) int64 {
	return besideRuns * (drawingBytes(samples(m)) + samples(m)*int64(m.Depth/8))
}

// aheadBytes is the memory of the host for a picture that is read ahead. One that would go to the disk is not.
func (h hostMemory) aheadBytes(run configs.Run) int64 {
	o, _, err := h.place(run, false)
	if err != nil || o.OnDisk {
		return math.MaxInt64 / 4
	}
	needs, _ := imageio.TargetNeeds(run.Image, o)
	return max(needs.Memory, needs.Samples)
}

// room is what the host keeps while the run of a task trains.
func (w *Sweep) room(t *task, next configs.Run) room {
	size, _ := t.target.Form()
	return w.host.room(t.run, next, size, len(w.slots))
}

// readNext reads the picture of the run that comes next and places its first splats, while this one trains. It must be
// another picture, and a new run: the picture of one that goes on may be on the disk.
func (w *Sweep) readNext(t *task) {
	w.mu.Lock()
	next, ok := w.queue.ahead(t.slot)
	ok = ok && next.Image != t.run.Image
	w.mu.Unlock()
	if ok && w.room(t, next).picture {
		w.targets.readAhead(t.ctx, next, w.from == nil && next.Init.Mode != configs.InitSaliency) // a map takes more memory than a row
	}
}

// takeCheckpoints writes the checkpoints of a trainer, while it takes the next steps if the host has memory for that.
func (w *Sweep) takeCheckpoints(t *task, trainer *optim.Trainer) {
	keep := func(s *optim.State) error { return t.folder.keep(s, t.tell) }
	if w.room(t, t.run).checkpoint {
		trainer.OnCheckpointBeside(keep)
	} else {
		trainer.OnCheckpoint(keep)
	}
}

// beside reports whether the files of a run are written while its slot trains another run: there is one, and the host has
// memory for the drawings and the targets of the runs that are not yet written.
func (w *Sweep) beside(t *task) bool {
	if t.run.Target.Downsample > 1 || t.target.OnDisk() || !w.room(t, t.run).drawings { // scores at full size need the device
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.queue.waits()
}
