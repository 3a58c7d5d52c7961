package main

import (
	"context"
	"image"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim"
	"igs/record"
	"igs/video"
)

// openSpool makes the place for the frames of a run that has a training video.
func (f *folder) openSpool(run configs.Run, target *imageio.Samples, tell event.Sink) {
	v := run.Video
	if !v.Enabled {
		return
	}
	size := imageio.Size{W: target.W, H: target.H, C: target.C, Depth: target.Depth}
	spool, err := video.Open(f.path(record.SpoolFolder), f.from(), video.Options{
		Every: v.Every, Quality: v.Quality, InMemory: !v.SaveToDisk, Reserve: diskBytes(size, run) + 3*checkpointBytes(size, run) + spareBytes,
	})
	if err != nil {
		tell(event.Warned{Text: "no training video: " + err.Error()})
		return
	}
	f.spool = spool
	if text := spool.Crowded(videoBytes(size, run)); text != "" {
		tell(event.Warned{Text: text})
	}
	if err := video.Missing(); err != nil {
		tell(event.Warned{Text: "video: " + hinted(err) + "; the frames will be kept"})
	}
}

// spareBytes stay free for other programs, bytes.
const spareBytes = 16 << 20

// filmed has the trainer take the frames.
func (f *folder) filmed(t *optim.Trainer, tell event.Sink) {
	if f.spool == nil {
		return
	}
	t.OnFrame(func(frame optim.Frame) {
		f.spool.Add(video.Shot{
			Note: video.Note{
				Step: frame.Step, PSNR: record.Number(frame.PSNR), SSIM: record.Number(frame.SSIM), Splats: frame.Splats,
				Loss: record.Number(frame.Loss), Seconds: frame.Seconds, Last: frame.Last,
			},
			Image: frame.Image, Release: frame.Release,
		})
		f.tellFrames(tell)
	})
}

// tellFrames passes the warnings of the spool on, on the goroutine that trains.
func (f *folder) tellFrames(tell event.Sink) {
	for _, text := range f.spool.Said() {
		tell(event.Warned{Text: text})
	}
}

// flushFrames waits until all frames taken so far are kept.
func (f *folder) flushFrames(tell event.Sink) {
	if f.spool != nil {
		f.spool.Flush()
		f.tellFrames(tell)
	}
}

// endVideo is for the end of training, however it came: what is not done goes on later, in another process.
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

// makeVideo assembles the video of a run that is done. When that fails the frames stay, and the run is none the worse.
func (f *folder) makeVideo(ctx context.Context, run configs.Run, target *imageio.Samples, tell event.Sink) {
	r := reel{spool: f.spool, run: run.Name, video: run.Video, out: f.path(videoFile(run.Video)), target: func() (image.Image, error) { return target.Picture(run.Target.Gamma), nil }}
	if _, err := r.assemble(ctx, tell); err != nil {
		f.spool.Save()
		tell(event.Warned{Text: "no training video: " + hinted(err) + "; the frames are kept, and this makes it of them: " + commandOn("video", f.dir)})
		return
	}
	if err := f.settleVideo(f.spool, run.Video); err != nil {
		tell(event.Warned{Text: "video: " + err.Error()})
	}
}

// settleVideo notes a video that is there, and lets its frames go unless they are wanted.
func (f *folder) settleVideo(spool *video.Spool, v configs.Video) (err error) {
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

// hinted is an error and what can be done about it, in one line.
func hinted(err error) string {
	if hint := fault.Hint(err); hint != "" {
		return err.Error() + " (" + hint + ")"
	}
	return err.Error()
}

func videoFile(v configs.Video) string { return record.VideoName + "." + string(v.Format) }

// reel is a video to be made.
type reel struct {
	spool  *video.Spool
	run    string
	video  configs.Video
	out    string
	target func() (image.Image, error)
}

func (r reel) assemble(ctx context.Context, tell event.Sink) (video.Made, error) {
	made, err := r.spool.Assemble(ctx, video.Film{
		Out: r.out, FPS: r.video.FPS, Layout: r.video.Layout, Target: r.target,
		Progress: func(done, all int) { tell(event.Assembling{Run: r.run, Frame: done, Frames: all}) },
		Warn:     func(text string) { tell(event.Warned{Text: "video: " + text}) },
	})
	if err == nil {
		tell(event.Saved{Kind: "video", Path: r.out})
	}
	return made, err
}

// targetOf reads the picture of a run, or the copy that the run keeps.
func targetOf(dir string, r *record.Run) func() (image.Image, error) {
	return func() (image.Image, error) {
		m, err := imageio.ReadSamples(r.Image.Path)
		if err == nil {
			return m.Picture(1), nil
		}
		if kept, other := imageio.ReadSamples(filepath.Join(dir, filepath.FromSlash(record.TargetFile))); other == nil {
			return kept.Picture(1), nil
		}
		return nil, err
	}
}
