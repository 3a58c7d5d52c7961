package session

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim"
	"igs/optim/selfcheck"
	"igs/record"
	"igs/splat"
	"igs/vk/vktest"
)

// Beside its target a run holds no memory that grows with the picture: while it adds splats, and while it writes its
// results, Go allocates less than one plane of float32, garbage included.
func TestRunHoldsNoPictureButTheTarget(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	const w, h = 320, 4096 // tall, so that a few rows need little
	target := selfcheck.Picture(w, h)
	run := configs.Run{Name: "test", Gaussians: 400, Steps: 2, Settings: configs.Default().Settings}
	run.Progressive.Rule, run.Progressive.AddSteps, run.Progressive.AddTimes, run.Train.EvalEvery = "additions", 1, 1, 2
	run.Quantize.Loss = 0 // the search for the rounding writes many models, of splats alone
	f := &folder{dir: t.TempDir(), render: true, record: &record.Run{Files: map[string]record.File{}}}
	if err := os.Mkdir(filepath.Join(f.dir, "other"), 0o777); err != nil {
		t.Fatal(err)
	}
	// The compressor of model files is made once in a process, and takes 8 MB.
	small := splat.New(1, 3)
	if _, err := splat.FileBytes(&splat.Model{Splats: small, W: 1, H: 1, Layers: splat.Plain(3, 8), Gamma: 1, TopK: 10, Bits: splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16}}); err != nil {
		t.Fatal(err)
	}
	allocated := meter()
	check := func(what string) {
		t.Helper()
		bytes := allocated()
		t.Logf("%s allocates %.1f MB", what, float64(bytes)/1e6)
		if bytes > 4*w*h {
			t.Errorf("%s allocates %d bytes, a plane of float32 has %d", what, bytes, 4*w*h)
		}
	}
	added := 0
	tell := func(e event.Event) {
		if e, ok := bare(e).(event.Densified); ok {
			added += e.Added
		}
	}
	trainer, err := optim.NewFrom(dev, target, run, optim.Start{}, tell)
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	check("seeding")
	if _, err := trainer.Run(context.Background()); err != nil || added == 0 {
		t.Fatalf("%d splats added, %v", added, err)
	}
	check("an addition")
	alone := newSweep(configs.Default(), Options{})
	alone.queue = &runQueue{Sweep: alone} // no other run waits
	if _, err := alone.save(&task{folder: f, run: run, target: target, tell: tell}, trainer, trainer.Rows()); err != nil {
		t.Fatal(err)
	}
	if err := f.notePictures(target, run, tell); err != nil || len(f.record.Files) != 5 {
		t.Fatal(f.record.Files, err)
	}
	thumbnails := uint64(3 * 4 * record.WidthOfThumbnail(w, h) * h) // in full size, since the picture is narrow
	if bytes := allocated() - thumbnails; bytes > 10*w*h {          // three encoders at work, and a few rows for the scores, of which FLIP wants many
		t.Errorf("saving allocates %d bytes", bytes)
	} else {
		t.Logf("saving allocates %.1f MB", float64(bytes)/1e6)
	}
	for name := range f.record.Files {
		if name == record.ModelFile {
			continue
		}
		if m, err := imageio.ReadSamples(filepath.Join(f.dir, name)); err != nil || m.W != w || m.H != h {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// meter gives the bytes that Go allocated since the last call.
func meter() func() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	last := stats.TotalAlloc
	return func() uint64 {
		runtime.ReadMemStats(&stats)
		bytes := stats.TotalAlloc - last
		last = stats.TotalAlloc
		return bytes
	}
}
