package session

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/configs"
)

// The picture of the first run is kept, so training starts without reading it again. Mistakes are in the order of the
// runs.
func TestTheFirstPictureIsKept(t *testing.T) {
	dir := t.TempDir()
	var runs []configs.Run
	for i, name := range []string{"a.png", "b.png", "b.png", "c.png"} {
		path := filepath.Join(dir, name)
		file, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(file, image.NewGray(image.Rect(0, 0, 4, 4+i))); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		runs = append(runs, configs.Run{Image: path, Gaussians: 10, Settings: configs.Settings{Target: configs.Target{Gamma: 1, Downsample: 1}}})
	}
	found, err := new(Sweep).readTargets(runs)
	if err != nil {
		t.Fatal(err)
	}
	if found.last != runs[0].Image || found.kept == nil || found.kept.H != 4 {
		t.Errorf("%s is kept, not the picture of the first run", found.last)
	}
	if len(found.hashes) != 3 || found.samples[runs[3].Image] != 28 {
		t.Errorf("hashes of %d pictures, %g samples in the last", len(found.hashes), found.samples[runs[3].Image])
	}
	for _, i := range []int{0, 3} {
		if err := os.WriteFile(runs[i].Image, []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	_, err = new(Sweep).readTargets(runs)
	if err == nil {
		t.Fatal("pictures that cannot be read were read")
	}
	first, last := strings.Index(err.Error(), "a.png"), strings.Index(err.Error(), "c.png")
	if first < 0 || last < first {
		t.Errorf("mistakes in another order: %v", err)
	}
}
