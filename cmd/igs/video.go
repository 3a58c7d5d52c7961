package main

import (
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/signals"
	"igs/session"
	"igs/video"
)

func (p *program) videoCommand() *command.Command {
	return &command.Command{
		Name: "video", Args: "DIR", Usage: "make the training video of a run from its frames",
		Flags: []command.Flag{
			{Name: "out", Short: "o", Usage: "write `FILE`: .mp4, .webm or .gif", Paths: command.Files, Meant: []string{"output"}},
			{Name: "fps", Usage: "play `N` frames a second"},
			{Name: "layout", Usage: "show `LAYOUT`: side, render or error", Words: configs.Choices("video.layout")},
		},
		Run: p.video, Paths: command.Folders, Meant: []string{"movie", "animate", "mp4", "gif"},
		Description: "DIR is the folder of a run, or of a session for all its runs. A run trained with --video has frames when it ended\n" +
			"early, when its video could not be made, or when video.keep_frames is set. After the video of a finished run is\n" +
			"made, the frames are deleted, unless video.keep_frames is set or -o names another file.",
	}
}

func (p *program) video(line *command.Line) error {
	args, err := line.Files("folder")
	if err != nil {
		return err
	}
	dir, err := session.FindSession("video", args[0])
	if err != nil {
		return err
	}
	s, err := session.Open(dir)
	if err != nil {
		return err
	}
	defer s.Close()
	job, err := videoJob(line, s)
	if err != nil {
		return err
	}
	runs, out := s.RunsWithFrames(), line.String("out")
	switch {
	case len(runs) == 0:
		return fault.New(fault.BadInput, "train with --video; --set video.keep_frames=true keeps the frames of a finished run", "%s has no frames", args[0])
	case out != "" && len(runs) > 1:
		return fault.New(fault.BadInput, "name one of the runs", "-o is one file, and %s has frames of %d runs", args[0], len(runs))
	}
	for _, run := range runs {
		if err := p.makeVideo(s, run, job.Video, out); err != nil {
			return err
		}
	}
	return nil
}

// videoJob is the job of a session, with the settings of the video from the command line.
func videoJob(line *command.Line, s *session.Session) (*configs.Job, error) {
	job, err := s.Job()
	if err != nil {
		return nil, err
	}
	var found []error
	for _, name := range []string{"fps", "layout"} {
		if line.IsSet(name) {
			found = append(found, job.Set("video."+name, line.String(name), "--"+name))
		}
	}
	if out := line.String("out"); out != "" && !slices.Contains(video.Endings, strings.ToLower(filepath.Ext(out))) {
		found = append(found, fault.New(fault.BadInput, "end the name in "+strings.Join(video.Endings, ", "), "-o %s is not the name of a video", out))
	}
	return job, configs.Gather(found...)
}

func (p *program) makeVideo(s *session.Session, run string, v configs.Video, out string) error {
	live, stop := signals.Listen(p.console, signals.Options{Text: finishing})
	defer stop()
	made, err := s.MakeVideo(live, run, v, out, p.console.Take)
	p.console.ClearLine()
	if err != nil {
		return err
	}
	p.console.Say("video     %s: %d frames of %d × %d px, and the last frame stays for a second", made.Path, made.Frames, made.W, made.H)
	return nil
}
