package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
	"igs/record"
	"igs/video"
)

func (p *program) videoCommand() *cli.Command {
	return &cli.Command{
		Name: "video", ArgsUsage: "DIR", Usage: "make the training video of a run from its frames",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write `FILE`: .mp4, .webm or .gif"},
			&cli.StringFlag{Name: "fps", Usage: "show `N` frames a second"},
			&cli.StringFlag{Name: "layout", Usage: "show `LAYOUT`: side, render or error"},
		},
		Action: p.video,
		Description: "DIR is the folder of a run, or of a session for all its runs. Frames are there when video.keep_frames is set, when\n" +
			"the run ended early, and when the video could not be made. They are deleted when the run is done and the\n" +
			"video is made, unless video.keep_frames is set or -o asks for another file.",
	}
}

func (p *program) video(ctx *cli.Context) error {
	s, job, only, err := askedSession(ctx, filmJob)
	if err != nil {
		return err
	}
	defer s.close()
	var runs []*folder
	for _, e := range s.record.Runs {
		f := &folder{dir: filepath.Join(s.dir, e.Name), record: s.runs[e.Name]}
		if (only == "" || e.Name == only) && f.record != nil && exists(f.path(record.SpoolFolder)) {
			runs = append(runs, f)
		}
	}
	out := ctx.String("output")
	switch {
	case len(runs) == 0:
		return fault.New(fault.BadInput, "train with --video; video.keep_frames keeps the frames of a run that is done", "%s has no frames", ctx.Args().First())
	case out != "" && len(runs) > 1:
		return fault.New(fault.BadInput, "name one of the runs", "-o is one file, and %s has frames of %d runs", ctx.Args().First(), len(runs))
	}
	for _, f := range runs {
		if err := p.reassemble(ctx, f, job.Video, out); err != nil {
			return err
		}
	}
	return nil
}

// filmJob is the job of a session with what the command line changes of the video.
func filmJob(ctx *cli.Context, dir string) (*configs.Job, error) {
	job, err := configs.Load(filepath.Join(dir, record.JobFile))
	if err != nil {
		return nil, err
	}
	var found []error
	for _, name := range []string{"fps", "layout"} {
		if ctx.IsSet(name) {
			found = append(found, job.Set("video."+name, ctx.String(name), "--"+name))
		}
	}
	if out := ctx.String("output"); out != "" && !slices.Contains(video.Endings, strings.ToLower(filepath.Ext(out))) {
		found = append(found, fault.New(fault.BadInput, "the ending says what it becomes: "+strings.Join(video.Endings, ", "), "-o %s is no video", out))
	}
	return job, configs.Gather(found...)
}

// reassemble makes the video of a run.
func (p *program) reassemble(ctx *cli.Context, f *folder, v configs.Video, out string) error {
	live, stop := listen(p.console)
	defer stop()
	spool, err := video.Read(f.path(record.SpoolFolder))
	if err != nil {
		return err
	}
	for _, text := range spool.Said() {
		p.console.warn("%s", text)
	}
	r := reel{spool: spool, run: f.record.Name, video: v, out: out, target: targetOf(f.dir, f.record)}
	if out == "" {
		r.out = f.path(videoFile(v))
	}
	show, done := p.console.progress()
	made, err := r.assemble(live, show)
	done()
	if err != nil {
		return first(interruption(live, "no video was made, the frames are kept"), err)
	}
	p.console.say("video     %s: %d frames of %d × %d px, the last held for a second", r.out, made.Frames, made.W, made.H)
	if out != "" || f.record.Status != record.Done {
		return nil
	}
	if err := f.settleVideo(spool, v); err != nil {
		return err
	}
	return f.record.Write(f.dir)
}
