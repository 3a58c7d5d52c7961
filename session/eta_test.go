//go:build unix

package session

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim/selfcheck"
)

// cpuClock counts the CPU time of this process and of the children that have ended. On a machine that other programs
// use too, wall time says nothing about an estimate.
func cpuClock() time.Time {
	var sum int64
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var u unix.Rusage
		if unix.Getrusage(who, &u) == nil {
			sum += u.Utime.Nano() + u.Stime.Nano()
		}
	}
	return time.Unix(0, sum)
}

// etaCases are runs that spend their time in different ways.
var etaCases = []struct {
	w, h int
	set  string
}{
	{64, 64, "sweep.gaussians=200 sweep.steps=1000"},
	{64, 48, "sweep.gaussians=400 sweep.steps=700 recipe=paper train.early_stop=false progressive.add_steps=100 progressive.post_min_steps=200"},
	{128, 96, "sweep.gaussians=1000 sweep.steps=500 video.enabled=true video.every=10"},
	{200, 150, "sweep.gaussians=2000 sweep.steps=300 memory.use_gradient_checkpointing=true"},
	{256, 256, "sweep.gaussians=3000 sweep.steps=200"},
	{256, 192, "sweep.gaussians=1500 sweep.steps=200 recipe=balanced train.eval_every=10"},
	{320, 240, "sweep.gaussians=4000 sweep.steps=100 video.enabled=true video.every=5 video.format=webm"},
	{384, 256, "sweep.gaussians=5000 sweep.steps=150 quantize.enabled=true"},
	{512, 384, "sweep.gaussians=8000 sweep.steps=60"},
	{768, 512, "sweep.gaussians=10000 sweep.steps=60"},
	{192, 128, "stack sweep.gaussians=2000 sweep.steps=200"},
	{512, 512, "input.downsample=2 sweep.gaussians=3000 sweep.steps=150 train.checkpoint_every=5"},
}

// TestETA trains runs and prints what was shown after a quarter of each: IGS_ETA=cpu go test ./session -run TestETA -v.
// IGS_ETA=wall counts wall time, for a machine that does nothing else.
func TestETA(t *testing.T) {
	clocks := map[string]func() time.Time{"cpu": cpuClock, "wall": time.Now}
	name, only, _ := strings.Cut(os.Getenv("IGS_ETA"), ":")
	now := clocks[name]
	if now == nil {
		t.Skip("takes minutes: IGS_ETA=cpu or IGS_ETA=wall")
	}
	fmt.Printf("%-9s %-95s %8s %8s %8s %7s %s\n", "picture", "settings", "run", "ETA", "truth", "error", "factors")
	for i, c := range etaCases {
		if only != "" && only != fmt.Sprint(i+1) {
			continue
		}
		sweep := etaSweep(t, c.w, c.h, c.set, now)
		began := now()
		var at, shown []float64
		told := ""
		sweep.Sink = func(e event.Event) {
			eta, whole, ok := 0., 0., true
			switch e := bare(e).(type) {
			case event.Stepped:
				eta, whole = e.ETA, e.SweepETA
			case event.Scoring:
				eta, whole = e.ETA, e.SweepETA
			case event.Assembling:
				eta, whole = e.ETA, e.SweepETA
			case event.Estimated:
				told = fmt.Sprintf("told %.1f s", e.Seconds)
				ok = false
			default:
				ok = false
			}
			if ok {
				if only != "" {
					fmt.Printf("%.2f %.2f %+v\n", now().Sub(began).Seconds(), eta, e)
				}
				at, shown = append(at, now().Sub(began).Seconds()), append(shown, eta)
			}
			if whole < eta {
				t.Errorf("%s: the sweep ends in %g s, the run in %g s", c.set, whole, eta)
			}
		}
		if _, err := sweep.Train(context.Background()); err != nil {
			t.Fatal(err)
		}
		took := now().Sub(began).Seconds()
		quarter := 0
		for i := range at {
			if at[i] <= took/4 {
				quarter = i
			}
		}
		truth := took - at[quarter]
		wrong := shown[quarter]/truth - 1
		p := sweep.pace.speeds[0]
		factors := told
		for part := range parts {
			if p.expected[part] > 0 {
				factors += fmt.Sprintf(" %d:%.2f(%.1fs)", part, p.factor(part), p.taken[part])
			}
		}
		fmt.Printf("%-9s %-95s %7.1fs %7.1fs %7.1fs %6.0f%% host %.2f, %s\n", fmt.Sprintf("%d×%d", c.w, c.h), c.set, took, shown[quarter], truth, 100*wrong, p.host, factors)
		if math.Abs(wrong) > 0.25 {
			t.Errorf("%s: %.0f %% off", c.set, 100*wrong)
		}
	}
}

// etaSweep is a run of the built-in picture; with the word stack, of two such pictures.
func etaSweep(t *testing.T, w, h int, settings string, now func() time.Time) *Sweep {
	t.Helper()
	dir := t.TempDir()
	input, names := filepath.Join(dir, "picture"), []string{"a.png"}
	settings, stack := strings.CutPrefix(settings, "stack ")
	if stack {
		names = append(names, "b.png")
	}
	if err := os.Mkdir(input, 0o777); err != nil {
		t.Fatal(err)
	}
	m := selfcheck.Picture(w, h)
	for _, name := range names {
		if err := imageio.WriteRows(filepath.Join(input, name), imageio.Spec{W: w, H: h, C: 3, Depth: 8}, func(y int, dst [][]float32) error {
			for c := range dst {
				m.Row(c, y, dst[c])
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(names) == 1 {
		input = filepath.Join(input, names[0])
	}
	job := configs.Default()
	err := job.SetImages([]string{input}, "test")
	for _, entry := range strings.Fields(settings) {
		key, value, _ := strings.Cut(entry, "=")
		err = configs.Gather(err, job.Set(key, value, "test"))
	}
	err = configs.Gather(err, job.Set("output.dir", filepath.Join(dir, "out"), "test"))
	if err = configs.Gather(err, job.FillRecipe()); err != nil {
		t.Fatal(err)
	}
	sweep, err := New(job, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sweep.now = now
	return sweep
}
