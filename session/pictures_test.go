package session

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/splat"
	"igs/vk"
)

// The target and the error of a huge picture are small. Those of other pictures are whole.
func TestFilesOfHugePictures(t *testing.T) {
	f := &folder{dir: "run"}
	for _, c := range []struct {
		h    int
		huge bool
	}{{metric.Huge / 32768, true}, {metric.Huge/32768 - 1, false}} {
		target := &imageio.Samples{W: 32768, H: c.h, C: 3, Depth: 8}
		for kind, name := range map[string]string{"target": record.TargetFile, "error": record.ErrorFile, "render": record.RenderFile} {
			file := f.pictureFiles(kind, name, target, 0)[0]
			small := file.Path == "" && file.Thumbnail == f.path(name) && file.Width == smallWidth
			if small != (c.huge && kind != "render") || file.Path == "" && !small {
				t.Errorf("%d rows, %s: %+v", c.h, kind, file)
			}
		}
	}
}

// A model is shown beside its target when the target has its size.
func TestItemWithTarget(t *testing.T) {
	dir := t.TempDir()
	model := filepath.Join(dir, record.ModelFile)
	m := &splat.Model{W: 4, H: 3, TopK: 4, Gamma: 1, Bits: splat.Lossless, Splats: splat.New(1, 3), Layers: []imageio.Layer{{C: 3, Depth: 8, High: 1}}}
	target := filepath.Join(dir, filepath.FromSlash(record.TargetFile))
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := splat.Save(model, m); err != nil {
		t.Fatal(err)
	}
	for w, want := range map[int][]string{4: {target}, 2: nil} {
		black := func(int, [][]float32) error { return nil }
		if err := imageio.WriteRows(target, imageio.Spec{W: w, H: 3, C: 3, Depth: 8}, black); err != nil {
			t.Fatal(err)
		}
		if item, err := itemOf("m", model); err != nil || !slices.Equal(item.Targets, want) {
			t.Errorf("a target %d px wide: %+v, %v", w, item, err)
		}
	}
}

// run.json of a huge picture says that the scores of a run that has not ended are estimates, and reads as it was written.
func TestEstimateInRunJSON(t *testing.T) {
	f := &folder{dir: t.TempDir(), record: &record.Run{Name: "r", Image: record.Image{W: 32768, H: 32768}, Files: map[string]record.File{}}}
	r := optim.Result{Status: record.Interrupted, Evaluated: true, Scores: metric.Scores{PSNR: 30, SSIM: math.NaN()}}
	if err := f.end(r, vk.Usage{}, nil); err != nil {
		t.Fatal(err)
	}
	read, err := record.ReadRun(f.dir)
	if err != nil || !slices.Contains(read.Result.Notes, estimated) || read.Result.PSNR != 30 || !math.IsNaN(read.Result.SSIM) {
		t.Errorf("%+v, %v", read, err)
	}
}
