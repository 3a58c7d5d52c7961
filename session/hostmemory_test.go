//go:build linux

package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/record"
	"igs/vk/vktest"
)

// tightJob trains a picture of 256 × 256 px, which the memory that the job allows cannot hold, for 8 strided steps.
func tightJob(t *testing.T, out string) *configs.Job {
	t.Helper()
	job := shortJob(t, "sweep.steps=8", "train.eval_every=8", "train.checkpoint_every=2", "train.stride=4:4,1", "progressive.until=0.9", "output.rounding_loss=0", "output.dir="+out)
	path := job.Input.Images[0]
	err := imageio.WriteRows(path, imageio.Spec{W: 256, H: 256, C: 3, Depth: 8}, func(y int, dst [][]float32) error {
		for c := range dst {
			for x := range dst[c] {
				dst[c][x] = float32((x*(c+1)+y)%256) / 256
			}
		}
		return nil
	})
	if err == nil {
		err = job.Set("memory.host_budget", fmt.Sprint(workBytes(size(256, 256, 3, 8))+100_000), "test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// A picture that the host cannot hold is trained, drawn and scored from a scratch file. The plan says so before. Another
// process that goes on keeps to that way even when it may use more memory.
func TestPictureLargerThanTheHostBudget(t *testing.T) {
	dev := vktest.OpenPlain(t)
	job := tightJob(t, t.TempDir())
	plan, err := NewPlan(job, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := plan.Runs[0]; r.Scratch != 256*256*3 || r.Host > job.Memory.Host || r.Err != nil {
		t.Errorf("planned %d bytes of scratch and %d of memory, %v; want %d and at most %d", r.Scratch, r.Host, r.Err, 256*256*3, job.Memory.Host)
	}
	whole := trained(t, dev, job)
	r := whole.Session.Runs["dot-40-8"]
	if r.Result == nil || r.Result.FLIP == nil || r.Result.PSNR < 10 || !r.Image.OnDisk || !strings.Contains(strings.Join(r.Image.Notes, " "), "128 x 128") {
		t.Errorf("%+v, %+v", r.Result, r.Image)
	}
	kept, err := imageio.ReadSamples(filepath.Join(whole.Session.Dir, "dot-40-8", record.TargetFile))
	given, failed := imageio.ReadSamples(job.Input.Images[0])
	if err != nil || failed != nil || kept.W != 256 || kept.H != 256 {
		t.Fatal(err, failed)
	}
	for y := range 256 {
		if string(kept.Row8(1, y)) != string(given.Row8(1, y)) {
			t.Fatalf("row %d of the target is another one", y)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(job.Output.Dir, ".igs*")); len(left) > 0 {
		t.Errorf("%s is left", left[0])
	}

	ctx, cancel := context.WithCancel(context.Background())
	again := tightJob(t, t.TempDir())
	sweep, err := New(again, Options{Devices: on(dev), Sink: func(e event.Event) {
		if e, ok := bare(e).(event.Checkpointed); ok && e.Step == 2 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	part, _ := sweep.Train(ctx)
	rest, err := changed(context.Background(), t, part.Session.Dir, Changes{Set: []string{"memory.host_budget=8GiB"}}, Options{Devices: on(dev)})
	if err != nil {
		t.Fatal(err)
	}
	want, got := files(t, whole, "dot-40-8"), files(t, rest, "dot-40-8")
	for file := range want {
		if got[file] != want[file] {
			t.Errorf("other %s after an interruption", file)
		}
	}

	again.Output.Session = "other"
	run, err := again.Runs()
	for free, onDisk := range map[int64]bool{0: false, 400_000: true, 1_000_000: false} {
		o, p, failed := hostMemory{free: free}.place(run[0], false)
		if err != nil || failed != nil || p.err != nil || o.OnDisk != onDisk || o.Host != 0 || (p.scratch > 0) != onDisk {
			t.Errorf("%d bytes are free: %+v, %+v, %v", free, o, p, failed)
		}
	}
	err = again.Set("memory.host_budget", fmt.Sprint(workBytes(size(256, 256, 3, 8))), "test")
	if plan, failed := NewPlan(again, nil); err != nil || failed != nil || fault.Code(plan.Unfit()) != fault.OutOfMemory || !strings.Contains(fault.Hint(plan.Unfit()), "memory.host_budget") {
		t.Errorf("the plan of a budget that is too small: %v, %v", failed, plan)
	}
	if _, err := New(again, Options{Devices: on(dev)}); fault.Code(err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), "memory.host_budget") {
		t.Errorf("a budget that is too small: %v, code %d", err, fault.Code(err))
	}
}

// When the disk has no room for the scratch file, a session does not begin, and one that goes on stays as it is. With
// room it goes on.
func TestScratchDiskIsFull(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	disk := t.TempDir()
	if err := syscall.Mount("igs", disk, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer syscall.Unmount(disk, 0)
	filler := filepath.Join(disk, "filler")
	fill := func() {
		var s syscall.Statfs_t
		if err := syscall.Statfs(disk, &s); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filler, make([]byte, int64(s.Bavail)*s.Bsize-100_000), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	full := func(err error) bool {
		return errors.Is(err, syscall.ENOSPC) && fault.Code(err) == fault.Failed && strings.Contains(err.Error(), "scratch file")
	}
	out := filepath.Join(disk, "out")
	job := tightJob(t, out)
	fill()
	if _, err := New(job, Options{Devices: on(dev)}); !full(err) {
		t.Fatalf("a full disk: %v, code %d", err, fault.Code(err))
	}
	if left, _ := os.ReadDir(disk); len(left) != 1 {
		t.Fatalf("%d files on the disk", len(left))
	}
	os.Remove(filler)
	ctx, cancel := context.WithCancel(context.Background())
	sweep, err := New(job, Options{Devices: on(dev), Sink: func(e event.Event) {
		if e, ok := bare(e).(event.Checkpointed); ok && e.Step == 2 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	part, _ := sweep.Train(ctx)
	fill()
	if _, err := changed(context.Background(), t, part.Session.Dir, Changes{}, Options{Devices: on(dev)}); !full(err) {
		t.Fatalf("a full disk when the session goes on: %v", err)
	}
	os.Remove(filler)
	rest, err := changed(context.Background(), t, part.Session.Dir, Changes{}, Options{Devices: on(dev)})
	if err != nil || rest.Session.Runs["dot-40-8"].Status != record.Done {
		t.Fatalf("%v, %+v", err, rest)
	}
}
