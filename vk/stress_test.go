package vk_test

import (
	"os"
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"

	"igs/vk"
	"igs/vk/vktest"
)

// stressTime is one second, or the duration in IGS_STRESS ("10m").
func stressTime(t *testing.T) time.Duration {
	text := os.Getenv("IGS_STRESS")
	if text == "" {
		return time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestCollector uses everything in the device layer while the garbage collector runs in a loop and other goroutines
// allocate. Code that gives the driver memory that Go may free crashes here; the binding does so in dozens of places.
// The test runs in its own process, so that a crash is one failed test, and so that glibc can be set to overwrite freed
// memory.
func TestCollector(t *testing.T) {
	vktest.Long(t)
	if os.Getenv("IGS_STRESS_CHILD") == "1" {
		stress(t)
		return
	}
	vktest.OpenWith(t, vk.Options{}) // skips or fails if there is no device
	command := []string{os.Args[0], "-test.run=^TestCollector$", "-test.v", "-test.timeout=0"}
	if under := os.Getenv("IGS_TEST_EXEC"); under != "" { // the program of go test -exec, for example another C library
		command = append([]string{under}, command...)
	}
	child := exec.Command(command[0], command[1:]...)
	child.Env = append(os.Environ(), "IGS_STRESS_CHILD=1", "MALLOC_PERTURB_=165")
	out, err := child.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out[:min(len(out), 4000)])
	}
	t.Logf("%s", out[max(len(out)-300, 0):])
}

func stress(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	end := time.Now().Add(stressTime(t))
	var wg sync.WaitGroup
	background := func(work func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(end) && !t.Failed() {
				work()
			}
		}()
	}
	background(runtime.GC)
	background(func() {
		var keep [64][]byte
		for i := range 2048 {
			keep[i%len(keep)] = make([]byte, 16+i%512)
		}
		runtime.KeepAlive(keep)
	})
	background(func() { // opens and closes instances
		if _, err := vk.List(); err != nil {
			t.Error(err)
		}
	})
	background(func() { // pipelines
		k, err := d.NewKernel(parse(t, "saxpy"), 64)
		if err != nil {
			t.Error(err)
		}
		k.Free()
	})
	k, b := kernel(t, d, "shift"), buffer(t, d, "b", 1024, vk.DeviceLocal)
	background(func() { // recordings, a barrier before each dispatch
		r := d.NewRecorder()
		for range 256 {
			r.Dispatch(k, [3]int{1, 1, 1}, shiftPush{64, 1}, vk.Arg{Buffer: b, Bytes: 512}, vk.Arg{Buffer: b, Offset: 512})
			r.Fill(b, 0, 512, 1)
		}
		s, err := r.Finish()
		if err != nil {
			t.Error(err)
			return
		}
		s.Free()
	})
	var rounds [2]int
	for worker := range rounds {
		background(func() {
			everything(t, d)
			rounds[worker]++
		})
	}
	wg.Wait()
	t.Logf("%v rounds", rounds)
	if now := d.Usage().Now; now > 8<<20 {
		t.Errorf("%d bytes are still held", now)
	}
}

// everything builds pipelines, buffers and sequences, runs them several times, checks the results and frees everything.
func everything(t *testing.T, d *vk.Device) {
	const n, links = 4096, 6
	shift, err := d.NewKernel(parse(t, "shift"))
	if err != nil {
		t.Error(err)
		return
	}
	defer shift.Free()
	texel, err := d.NewKernel(parse(t, "texel"), 1)
	if err != nil {
		t.Error(err)
		return
	}
	defer texel.Free()
	var b [3]*vk.Buffer
	for i := range b {
		if b[i], err = d.NewBuffer(vk.BufferSpec{Name: "b", Group: "stress", Bytes: 16 * n}); err != nil {
			t.Error(err)
			return
		}
		defer b[i].Free()
	}
	r := d.NewRecorder()
	r.Fill(b[0], 0, 16*n, 5)
	for i := range links {
		r.Dispatch(shift, [3]int{n / 64, 1, 1}, shiftPush{n, 1000}, vk.Arg{Buffer: b[i%2]}, vk.Arg{Buffer: b[(i+1)%2], Bytes: 4 * n})
	}
	r.Dispatch(texel, [3]int{n / 64, 1, 1}, struct{ Count uint32 }{n / 4},
		vk.Arg{Buffer: b[links%2], Format: vk.RGBA32F}, vk.Arg{Buffer: b[2]})
	r.Copy(b[2], 8*n, b[2], 0, n)
	s, err := r.Finish()
	if err != nil {
		t.Error(err)
		return
	}
	defer s.Free()
	for range 3 {
		if err := s.Run(); err != nil {
			t.Error(err)
			return
		}
	}
	for _, off := range []int64{0, 8 * n} {
		got := make([]byte, n)
		if err := d.Read(b[2], off, got); err != nil {
			t.Error(err)
			return
		}
		for i := 0; i < n; i += 4 {
			// As a float 5 + links is a denormal, which a device may flush to zero.
			if got[i] != 5+links && got[i] != 0 || got[i+1] != 0 {
				t.Errorf("byte %d at %d is %d", i, off, got[i])
				return
			}
		}
	}
}
