package session

import (
	"cmp"
	"context"
	"errors"
	"os"
	"sync"

	"igs/configs"
	"igs/imageio"
	"igs/metric"
	"igs/optim/sampling"
	"igs/record"
	"igs/render"
)

// writing is the work of a goroutine that writes files.
type writing struct {
	stop func()       // the files may stay as they were
	wait func() error // returns when the work has ended
}

func startWriting(work func(ctx context.Context) error) *writing {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- work(ctx) }()
	return &writing{stop, sync.OnceValue(func() error { defer stop(); return <-ended })}
}

// startTarget writes the pictures that depend on the target alone, while the run trains. A target on the disk, or a huge one,
// has none of them yet: its rows are read once, for all pictures. The returned function ends the writing of a run that is not
// done.
func (f *folder) startTarget(run configs.Run, target *imageio.Samples) (end func(done bool)) {
	if target.OnDisk() || target.Pixels() >= metric.Huge {
		f.early = nil
		return func(bool) {}
	}
	early := startWriting(func(ctx context.Context) error {
		err := f.makeThumbnailFolder(target)
		if err == nil {
			err = errors.Join(render.WriteFiles(f.pictureFiles("target", record.TargetFile, target, 0), targetRows(ctx, target, run.Target.Gamma)))
		}
		return cmp.Or(err, f.writeGuide(ctx, run, target))
	})
	f.early = early
	return func(done bool) {
		if !done {
			early.stop()
		}
		_ = early.wait() // savePictures returns the error of a run that is done
	}
}

// targetRows gives the rows of a target as they are shown.
func targetRows(ctx context.Context, target *imageio.Samples, gamma float64) render.Rows {
	return func(take func(y int, row [][]float32) error) error {
		row := imageio.NewRow(target.C, target.W)
		for y := range target.H {
			for c := range row {
				target.Row(c, y, row[c])
				imageio.Show(row[c], gamma)
			}
			if err := cmp.Or(ctx.Err(), target.Err()); err != nil {
				return err
			}
			if err := take(y, row); err != nil {
				return err
			}
		}
		return nil
	}
}

func (f *folder) makeThumbnailFolder(target *imageio.Samples) error {
	if record.WidthOfThumbnail(target.W, target.H) == 0 {
		return nil
	}
	return os.MkdirAll(f.path(record.ThumbnailFolder), 0o777)
}

// guideOf is the kind and the name of the picture by which the first splats were placed.
func guideOf(run configs.Run) (kind, name string) {
	if run.Init.Mode == "saliency" {
		return "saliency", record.SaliencyFile
	}
	return "gradient", record.GradientFile
}

// writeGuide writes the gradient or the saliency map by which the first splats were placed. It is smaller than a picture
// on the disk.
func (f *folder) writeGuide(ctx context.Context, run configs.Run, target *imageio.Samples) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	target = target.Reduced()
	kind, name := guideOf(run)
	rows := sampling.GradientRows
	if kind == "saliency" {
		rows = func(m *imageio.Samples) func(y int, dst [][]float32) error {
			return sampling.SaliencyRows(m, f.start.Saliency)
		}
	}
	row := rows(target)
	return imageio.WriteRows(f.path(name), imageio.Spec{W: target.W, H: target.H, C: 1, Depth: 8}, func(y int, dst [][]float32) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return row(y, dst)
	})
}
