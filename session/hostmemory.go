package session

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"runtime/metrics"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/process"
	"igs/optim"
)

// hostMemory is how much memory a job may use on the host, and where the rows of larger pictures go.
type hostMemory struct {
	budget int64  // bytes that the job allows; 0 = nothing is said
	free   int64  // bytes that are free; 0 = unknown
	folder string // for scratch files
}

func hostMemoryOf(job *configs.Job) hostMemory {
	return hostMemory{budget: job.Memory.Host, free: process.FreeMemory(), folder: existing(job.Output.Dir)}
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
	programBytes = 95_000_000 // the program, a driver (lavapipe) and its kernels, most of it LLVM
	encoderBytes = 80_000_000 // rows that wait for the encoders, and what Go has not collected yet
	rowBytes     = 1000       // for a sample of the width of a picture: the windows of the scores, rows of the files
	readBytes    = 25_000_000 // the program while it reads a picture: no driver is loaded yet
)

// workBytes is about the memory of the process beside the target, while it trains and writes files.
func workBytes(m imageio.Size) int64 {
	return programBytes + encoderBytes + rowBytes*int64(m.W)*int64(m.C)
}

// hostPlan is what a run takes of the host, bytes.
type hostPlan struct {
	memory, scratch int64
	err             error // it does not fit
}

// place decides how the picture of a run is kept. onDisk keeps it on the disk in any case. Without a budget, a picture
// goes to the disk when it needs more than half of the free memory, and none is refused.
func (h hostMemory) place(run configs.Run, onDisk bool) (o imageio.Options, p hostPlan, err error) {
	o = optionsOf(run)
	fromHeader := o
	fromHeader.Alpha = imageio.Alpha{Drop: true}
	m, err := imageio.TargetSize(run.Image, fromHeader)
	if err != nil {
		return o, p, err
	}
	needs, err := imageio.TargetNeeds(run.Image, o)
	if err != nil {
		return o, p, err
	}
	for _, s := range run.Stages(m.W * m.H) {
		o.Stride = max(o.Stride, s.Stride)
	}
	o.Scratch = h.folder
	p.memory = max(needs.Memory+readBytes, needs.Samples+workBytes(m))
	o.OnDisk = onDisk || h.budget > 0 && p.memory > h.budget || h.budget == 0 && h.free > 0 && needs.Memory > h.free/2
	if o.OnDisk {
		p.memory, p.scratch = max(needs.Scratch+readBytes, needs.Reduced+workBytes(m)), needs.Disk
	}
	if h.budget > 0 {
		o.Host = max(h.budget-readBytes, 1)
		if p.err = needs.Unfit(run.Image, o); p.err == nil && p.memory > h.budget {
			p.err = fault.New(fault.OutOfMemory, fmt.Sprintf("allow %d MiB with memory.host_budget", p.memory>>20+1),
				"training %s takes about %d MiB of memory of the host, and %d MiB are allowed", oneline.Text(run.Image), p.memory>>20+1, h.budget>>20)
		}
	}
	return o, p, nil
}

// spare reports whether the host has memory for some bytes beside those that a run takes. Without a budget they may be a
// quarter of the free memory.
func (h hostMemory) spare(bytes, run int64) bool {
	if h.budget > 0 {
		return run+bytes <= h.budget
	}
	return h.free == 0 || bytes <= h.free/4
}

// together is how many pictures of one size, at most n, the host can hold in one of the batches that are trained at once on
// some devices.
func (h hostMemory) together(m imageio.Size, splats, n, devices int) int {
	if h.budget == 0 {
		return n
	}
	const (
		shownBytes = 4   // for a sample of the rendered model
		splatBytes = 500 // for a splat: parameters and moments as the device has them, as they were before rounding, and as a model
	)
	each := samples(m)*int64(m.Depth/8+shownBytes) + int64(splats)*splatBytes
	return int(max(1, min(int64(n), (h.budget-workBytes(m))/(each*optim.BatchesAtOnce*int64(devices)))))
}

// read reads the picture of a run.
func (h hostMemory) read(run configs.Run, onDisk bool) (*imageio.Samples, error) {
	o, p, err := h.place(run, onDisk)
	if err = cmp.Or(err, p.err); err != nil {
		return nil, err
	}
	return imageio.ReadTarget(run.Image, o)
}

// settle keeps the memory of Go within what the rest of the process leaves of the budget. The rest is known when all kernels
// have run. device is the memory of a device that is the processor, which does not count.
func (h hostMemory) settle(device int64) {
	resident := process.ResidentMemory()
	if h.budget == 0 || resident == 0 {
		return
	}
	held := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(held)
	rest := resident - device - int64(held[0].Value.Uint64()-held[1].Value.Uint64())
	debug.SetMemoryLimit(max(h.budget-max(rest, programBytes), 32<<20))
}

// limit keeps the memory of Go within the budget. The returned function undoes that.
func (h hostMemory) limit() (undo func()) {
	if h.budget == 0 {
		return func() {}
	}
	before := debug.SetMemoryLimit(max(h.budget-programBytes, 32<<20))
	return func() { debug.SetMemoryLimit(before) }
}

// Garbage that may gather while runs train: a share of the live memory, percent. Pictures hold no pointers, so collections
// of a large heap cost nearly nothing, while Go's default of 100 would double it. Of a small heap they take longer than the
// work of the host, when they come as often.
const (
	leastGarbage = 5         // of large pictures
	mostGarbage  = 400       // of small ones; Go then collects when there are 16 MB
	garbageBytes = 5_000_000 // between the two
)

// garbageShare is the share for pictures with a number of samples.
func garbageShare(samples int64) int {
	return int(min(mostGarbage, max(leastGarbage, 100*garbageBytes/max(samples, 1))))
}
