package session

import (
	"context"
	"image"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/record"
	"igs/video"
)

// spareBytes stay free on the disk for other programs.
const spareBytes = 16 << 20

// openSpool opens the spool for the frames of a run that has a training video.
func (f *folder) openSpool(run configs.Run, target *imageio.Samples, tell event.Sink) {
	v := run.Video
	if !v.Enabled {
		return
	}
	size := imageio.Size{W: target.W, H: target.H, C: target.C, Depth: target.Depth}
	spool, err := video.Open(f.path(record.SpoolFolder), f.from(), video.Options{
		Every: v.Every, Quality: v.Quality, InMemory: !v.SaveToDisk, Reserve: diskBytes(size, run) + 3*checkpointBytes(size, run) + spareBytes,
		Grey: target.Grey(),
	})
	if err != nil {
		tell(event.Warned{Text: "no training video: " + err.Error()})
		return
	}
	f.spool = spool
	if text := spool.SpaceWarning(videoBytes(size, run)); text != "" {
		tell(event.Warned{Text: text})
	}
	if err := video.Missing(); err != nil {
		tell(event.Warned{Text: "video: " + hinted(err) + "; the frames will be kept"})
	}
}

// takeFrames connects the frames of the trainer to the spool.
func (f *folder) takeFrames(t *optim.Trainer, tell event.Sink) {
	if f.spool == nil {
		return
	}
	t.OnFrame(func(frame optim.Frame) {
		f.spool.Add(video.Frame{
			Note: video.Note{
				Step: frame.Step, PSNR: record.Number(frame.PSNR), SSIM: record.Number(frame.SSIM), Splats: frame.Splats,
				Loss: record.Number(frame.Loss), Seconds: frame.Seconds, Last: frame.Last,
			},
			Image: frame.Image, Release: frame.Release,
		})
		f.tellFrames(tell)
	})
}

// tellFrames reports the warnings of the spool. Any goroutine may call it.
func (f *folder) tellFrames(tell event.Sink) {
	for _, text := range f.spool.Warnings() {
		tell(event.Warned{Text: text})
	}
}

// drainFrames waits until the spool has stored all frames.
func (f *folder) drainFrames(tell event.Sink) {
	if f.spool != nil {
		f.spool.Flush()
		f.tellFrames(tell)
	}
}

// endVideo makes the video of a finished run. The frames of other runs are kept for later.
func (f *folder) endVideo(ctx context.Context, done bool, run configs.Run, target *imageio.Samples, tell event.Sink) {
	if f.spool == nil {
		return
	}
	if done {
		f.makeVideo(ctx, run, target, tell)
	} else {
		f.spool.Save()
	}
	f.tellFrames(tell)
}

// makeVideo makes the video of a finished run. When it fails, the frames stay and the run is still done.
func (f *folder) makeVideo(ctx context.Context, run configs.Run, target *imageio.Samples, tell event.Sink) {
	job := videoJob{spool: f.spool, run: run.Name, video: run.Video, out: f.path(videoFile(run.Video)), target: func() (image.Image, error) { return target.Reduced().Picture(run.Target.Gamma), nil }}
	if _, err := job.assemble(ctx, tell); err != nil {
		f.spool.Save()
		tell(event.Warned{Text: "no training video: " + hinted(err) + "; the frames are kept, and this command makes the video: " + Command("video", f.dir)})
		return
	}
	if err := f.finishVideo(f.spool, run.Video); err != nil {
		tell(event.Warned{Text: "video: " + err.Error()})
	}
}

// finishVideo adds a complete video to run.json, and deletes its frames unless video.keep_frames is set.
func (f *folder) finishVideo(spool *video.Spool, v configs.Video) (err error) {
	name := videoFile(v)
	if f.record.Files[name], err = record.Hash(f.path(name)); err != nil {
		return err
	}
	if v.KeepFrames {
		spool.Save()
		return nil
	}
	return spool.Remove()
}

// hinted is an error with its hint, in one line.
func hinted(err error) string {
	if hint := fault.Hint(err); hint != "" {
		return err.Error() + " (" + hint + ")"
	}
	return err.Error()
}

func videoFile(v configs.Video) string { return record.VideoName + "." + string(v.Format) }

// videoJob is a video to make.
type videoJob struct {
	spool  *video.Spool
	run    string
	video  configs.Video
	out    string
	target func() (image.Image, error)
}

func (j videoJob) assemble(ctx context.Context, tell event.Sink) (video.Made, error) {
	made, err := j.spool.Assemble(ctx, video.Job{
		Out: j.out, FPS: j.video.FPS, Layout: j.video.Layout, Target: j.target,
		Progress: func(done, all int) { tell(event.Assembling{Run: j.run, Frame: done, Frames: all}) },
		Warn:     func(text string) { tell(event.Warned{Text: "video: " + text}) },
	})
	if err == nil {
		tell(event.Saved{Kind: "video", Path: j.out})
	}
	return made, err
}

// RunsWithFrames lists the runs of the session that have frames of a training video.
func (s *Session) RunsWithFrames() []string {
	var names []string
	for _, e := range s.Record.Runs {
		if (s.Only == "" || e.Name == s.Only) && s.Runs[e.Name] != nil && wholefile.Exists(filepath.Join(s.Dir, e.Name, record.SpoolFolder)) {
			names = append(names, e.Name)
		}
	}
	return names
}

// MadeVideo is a finished video.
type MadeVideo struct {
	Path string
	video.Made
}

// MakeVideo makes the training video of a run from its frames. With out = "" the video becomes a file of the run, and
// the frames of a finished run are deleted unless video.keep_frames is set.
func (s *Session) MakeVideo(ctx context.Context, run string, v configs.Video, out string, sink event.Sink) (MadeVideo, error) {
	f := &folder{dir: filepath.Join(s.Dir, run), record: s.Runs[run]}
	spool, err := video.Read(f.path(record.SpoolFolder))
	if err != nil {
		return MadeVideo{}, err
	}
	for _, text := range spool.Warnings() {
		sink(event.Warned{Text: text})
	}
	own := out == ""
	if own {
		out = f.path(videoFile(v))
	}
	job := videoJob{spool: spool, run: f.record.Name, video: v, out: out, target: targetOf(f.dir, f.record)}
	made, err := job.assemble(ctx, sink)
	if err != nil {
		return MadeVideo{}, first(interruption(ctx, "no video was made, the frames are kept"), err)
	}
	if own && f.record.Status == record.Done {
		if err := f.finishVideo(spool, v); err != nil {
			return MadeVideo{}, err
		}
		if err := f.record.Write(f.dir); err != nil {
			return MadeVideo{}, err
		}
	}
	return MadeVideo{out, made}, nil
}

// targetOf is the picture that a run was trained on: the copy in its folder, or the file if nobody has changed it.
func targetOf(dir string, r *record.Run) func() (image.Image, error) {
	return func() (image.Image, error) {
		if kept, err := imageio.ReadSamples(filepath.Join(dir, filepath.FromSlash(record.TargetFile))); err == nil {
			return kept.Picture(1), nil
		}
		gamma, known := r.Settings["input.gamma"].Number()
		if !known {
			gamma = 1
		}
		ratio, _ := r.Settings["input.downsample"].Number()
		alpha, known := r.Settings["input.alpha"].Value.(string)
		if !known { // an igs without the setting dropped alpha
			alpha = string(configs.AlphaDrop)
		}
		m, err := imageio.ReadTarget(r.Image.Path, imageio.Options{
			Gamma: gamma, Downsample: ratio, AsStored: r.Settings["input.profile"].Value == string(configs.ProfileIgnore), Alpha: alphaOf(configs.Alpha(alpha)),
		})
		if err != nil {
			return nil, err
		}
		if m.Source.Sha256 != r.Image.Sha256 {
			return nil, fault.New(fault.BadInput, "put the old picture back, or make a video without it: given.layout render", "the picture %s has changed since the run was trained on it", r.Image.Path)
		}
		return m.Picture(gamma), nil
	}
}
