package session

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/optim"
	"igs/record"
	"igs/render"
	"igs/splat"
)

// saveModel writes the splats of the last good step. An interrupted or failed run leaves only its model, its checkpoint and
// perhaps the pictures that depend on its target alone.
func (f *folder) saveModel(t *optim.Trainer, tell event.Sink) error {
	m, err := t.Model()
	if err == nil {
		err = f.claim.check()
	}
	if err != nil {
		return err
	}
	if err := splat.Save(f.path(record.ModelFile), m); err != nil {
		return err
	}
	return f.note("model", record.ModelFile, tell)
}

// note adds a complete file to run.json and reports it.
func (f *folder) note(kind, name string, tell event.Sink) (err error) {
	if f.record.Files[name], err = record.Hash(f.path(name)); err != nil {
		return err
	}
	tell(event.Saved{Kind: kind, Path: f.path(name)})
	return nil
}

// savePictures takes the rows of the drawn splats once. Each row goes to the render, the target, the error and the scorer.
// Rows of a trainer are drawn meanwhile, so the host holds no picture beside the target. What depends on the target alone was
// written while the run trained, or is written now. It returns the scores that an evaluation of the splats has.
func (f *folder) savePictures(drawn render.Rows, target *imageio.Samples, run configs.Run, tell event.Sink) (evaluated metric.Scores, err error) {
	files, early := f.drawnPictures(target), f.early
	if early == nil {
		if err := f.makeThumbnailFolder(target); err != nil {
			return evaluated, err
		}
		files = append(files, f.pictureFiles("target", record.TargetFile, target, target.C)...)
		early = startWriting(func(ctx context.Context) error { return f.writeGuide(ctx, run, target) })
	}
	scorer := render.NewScorer(target.W, target.H, target.C, target.Layers)
	if target.Colours() < target.C {
		scorer.Trained = render.NewEvaluation(target)
	}
	rows := f.watched(render.Compare(drawn, target, run.Target.Gamma, scorer), target.H, tell)
	err = errors.Join(render.WriteFiles(files, rows))
	if written := early.wait(); err == nil {
		err = written
	}
	if err != nil {
		return evaluated, err
	}
	found := scorer.Scores()
	f.scores = &found
	if scorer.Trained != nil {
		return scorer.Trained.Scores(), nil
	}
	return metric.Scores{PSNR: found.Whole.PSNR, SSIM: found.Whole.SSIM}, nil
}

// drawnPictures lists the files of the pictures that depend on the splats.
func (f *folder) drawnPictures(target *imageio.Samples) (files []render.OutputFile) {
	if f.render {
		files = f.pictureFiles("render", record.RenderFile, target, 0)
	}
	return append(files, f.pictureFiles("error", record.ErrorFile, target, 2*target.C)...)
}

// notePictures adds the files of savePictures to run.json.
func (f *folder) notePictures(target *imageio.Samples, run configs.Run, tell event.Sink) error {
	for _, file := range append(f.drawnPictures(target), f.pictureFiles("target", record.TargetFile, target, 0)...) {
		name, err := filepath.Rel(f.dir, cmp.Or(file.Path, file.Thumbnail))
		if err != nil {
			return err
		}
		if err := f.note(file.Kind, filepath.ToSlash(name), tell); err != nil {
			return err
		}
	}
	kind, name := guideOf(run)
	return f.note(kind, name, tell)
}

// watched reports each percent of the rows.
func (f *folder) watched(rows render.Rows, all int, tell event.Sink) render.Rows {
	show := render.Percents(all, func(row int) { tell(event.Scoring{Run: f.record.Name, Row: row, Rows: all}) })
	return func(take func(y int, row [][]float32) error) error {
		return rows(func(y int, row [][]float32) error {
			show(y)
			return take(y, row)
		})
	}
}

// smallWidth is the width of the target and of the error of a huge picture, px. In full size they would take minutes to
// encode and gigabytes on the disk, and the user has the target. Each is in memory until it is written, 4 bytes a pixel.
const smallWidth = 2048

// pictureFiles lists the files of one picture of the run: one file, or one for each layer of a stack. first is the
// first channel of the picture in the rows.
func (f *folder) pictureFiles(kind, name string, target *imageio.Samples, first int) []render.OutputFile {
	files := []render.OutputFile{{Path: f.path(name), Spec: imageio.Spec{C: target.C}}}
	if render.Stacked(target.Layers) {
		files = render.LayerFiles(target.Layers, f.path(name))
	}
	if kind == "error" {
		for i := range files {
			files[i] = files[i].WithoutAlpha()
		}
	}
	depth := target.Depth
	if kind == "error" {
		depth = 8
	}
	for i := range files {
		files[i].Kind = kind
		files[i].First += first
		s := &files[i].Spec
		s.W, s.H, s.Depth = target.W, target.H, depth
		if kind != "render" && s.W*s.H >= metric.Huge {
			files[i].Path, files[i].Thumbnail, files[i].Width = "", files[i].Path, min(s.W, smallWidth)
		} else if width := record.WidthOfThumbnail(s.W, s.H); width > 0 {
			files[i].Thumbnail, files[i].Width = f.path(record.ThumbnailOf(filepath.ToSlash(files[i].Path), s.C)), width
		}
	}
	return files
}
