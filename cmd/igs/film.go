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
		tell(event.Warned{Text: "video: " + err.Error() + " (" + fault.Hint(err) + "); the frames will be kept"})
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

// endFrames is for the end of training, however it came: what is not done goes on later, in another process.
func (f *folder) endFrames(done bool, tell event.Sink) {
	if f.spool == nil {
		return
	}
	f.spool.Flush()
	if !done {
		f.spool.Save()
	}
	f.tellFrames(tell)
}

// makeVideo assembles the video of a run that is done. When that fails the frames stay, and the run is none the worse.
func (f *folder) makeVideo(ctx context.Context, run configs.Run, target *imageio.Samples, tell event.Sink) {
	if f.spool == nil {
		return
	}
	made := reel{spool: f.spool, run: run.Name, video: run.Video, out: f.videoPath(run.Video), target: func() (image.Image, error) { return target.Picture(), nil }}
	if _, err := made.assemble(ctx, tell); err != nil {
		f.spool.Save()
		f.tellFrames(tell)
		text := "no training video: " + err.Error()
		if hint := fault.Hint(err); hint != "" {
			text += " (" + hint + ")"
		}
		tell(event.Warned{Text: text + "; the frames are kept, and this makes it of them: " + commandOn("video", f.dir)})
		return
	}
	name, _ := filepath.Rel(f.dir, made.out)
	var err error
	if f.record.Files[name], err = record.Hash(made.out); err == nil && !run.Video.KeepFrames {
		err = f.spool.Remove()
	} else if err == nil {
		f.spool.Save()
	}
	if err != nil {
		tell(event.Warned{Text: "video: " + err.Error()})
	}
	f.tellFrames(tell)
}

func (f *folder) videoPath(v configs.Video) string { return f.path(record.VideoName + "." + v.Format) }

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
		if err != nil {
			var other error
			if m, other = imageio.ReadSamples(filepath.Join(dir, filepath.FromSlash(record.TargetFile))); other != nil {
				return nil, err
			}
		}
		return m.Picture(), nil
	}
}
