package session

import (
	"os"
	"path/filepath"
	"runtime/debug"

	"igs/configs"
	"igs/imageio"
	"igs/internal/process"
)

// hostMemory is how much memory a job may use on the host, and where the rows of larger pictures go.
type hostMemory struct {
	budget int64  // bytes; 0 = unknown, and then as much as is needed
	folder string // for scratch files
}

func hostMemoryOf(job *configs.Job) hostMemory {
	h := hostMemory{budget: job.Memory.Host, folder: existing(job.Output.Dir)}
	if h.budget == 0 {
		h.budget = process.FreeMemory() / 2
	}
	return h
}

// existing is the nearest folder above a path that exists.
func existing(path string) string {
	path, err := filepath.Abs(path)
	for err == nil && path != filepath.Dir(path) {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		path = filepath.Dir(path)
	}
	return os.TempDir()
}

// Host memory beside the target, bytes.
const (
	programBytes = 65_000_000 // the program and a driver (lavapipe), most of it LLVM
	encoderBytes = 60_000_000 // rows that wait for the encoders, and what Go has not collected yet
	rowBytes     = 400        // a sample of the width of a picture: the windows of the scores, rows of the files
)

// workBytes is about the memory of the process beside the target.
func workBytes(m imageio.Size) int64 {
	return programBytes + encoderBytes + rowBytes*int64(m.W)*int64(m.C)
}

// options is how the picture of a run is read within the budget. m is its size.
func (h hostMemory) options(run configs.Run, m imageio.Size) imageio.Options {
	o := optionsOf(run)
	if h.budget > 0 {
		o.Host = max(h.budget-workBytes(m), 1)
	}
	for _, s := range run.Stages(m.W * m.H) {
		o.Stride = max(o.Stride, s.Stride)
	}
	return o
}

// read reads the picture of a run. onDisk keeps it on the disk in any case.
func (h hostMemory) read(run configs.Run, onDisk bool) (*imageio.Samples, error) {
	fromHeader := optionsOf(run)
	fromHeader.Alpha = imageio.Alpha{Drop: true}
	m, err := imageio.TargetSize(run.Image, fromHeader)
	if err != nil {
		return nil, err
	}
	o := h.options(run, m)
	o.OnDisk, o.Scratch = onDisk, h.folder
	return imageio.ReadTarget(run.Image, o)
}

// hostPlan is what a run takes of the host, bytes.
type hostPlan struct {
	memory, scratch int64
	err             error // it does not fit
}

// plan says what the picture of a run takes.
func (h hostMemory) plan(run configs.Run, m imageio.Size) (p hostPlan, err error) {
	o := h.options(run, m)
	needs, err := imageio.TargetNeeds(run.Image, o)
	if err != nil {
		return p, err
	}
	p.memory = workBytes(m) + needs.Memory
	if o.Host > 0 && needs.Memory > o.Host {
		p.memory, p.scratch, p.err = workBytes(m)+needs.Scratch, needs.Disk, needs.Unfit(run.Image, o.Host)
	}
	return p, nil
}

// limit keeps the memory of Go within the budget. The returned function undoes that.
func (h hostMemory) limit() (undo func()) {
	if h.budget == 0 {
		return func() {}
	}
	before := debug.SetMemoryLimit(max(h.budget-programBytes, 32<<20))
	return func() { debug.SetMemoryLimit(before) }
}
