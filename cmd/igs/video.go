package main

import (
	"path/filepath"
	"slices"
	"strings"

	"igs/cmd/igs/command"
	"igs/configs"
	"igs/internal/fault"
	"igs/session"
	"igs/video"
)

func (p *program) videoCommand() *command.Command {
	return &command.Command{
		Name: "video", Args: "DIR", Usage: "make the training video of a run from its frames",
		Flags: []command.Flag{
			{Name: "output", Short: "o", Usage: "write `FILE`: .mp4, .webm or .gif"},
			{Name: "fps", Usage: "show `N` frames a second"},
			{Name: "layout", Usage: "show `LAYOUT`: side, render or error"},
		},
		Run: p.video,
		Description: "DIR is the folder of a run, or of a session for all its runs. Frames are there when video.keep_frames is set, when\n" +
			"the run ended early, and when the video could not be made. They are deleted when the run is done and the\n" +
			"video is made, unless video.keep_frames is set or -o asks for another file.",
	}
}

func (p *program) video(line *command.Line) error {
	args, err := line.Files("folder")
	if err != nil {
		return err
	}
	s, err := session.Open(args[0])
	if err != nil {
		return err
	}
	defer s.Close()
	job, err := videoJob(line, s)
	if err != nil {
		return err
	}
	runs, out := s.Filmed(), line.String("output")
	switch {
	case len(runs) == 0:
		return fault.New(fault.BadInput, "train with --video; video.keep_frames keeps the frames of a run that is done", "%s has no frames", args[0])
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

// videoJob is the job of a session with what the command line changes of the video.
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
	if out := line.String("output"); out != "" && !slices.Contains(video.Endings, strings.ToLower(filepath.Ext(out))) {
		found = append(found, fault.New(fault.BadInput, "the ending says what it becomes: "+strings.Join(video.Endings, ", "), "-o %s is no video", out))
	}
	return job, configs.Gather(found...)
}

func (p *program) makeVideo(s *session.Session, run string, v configs.Video, out string) error {
	live, stop := listen(p.console, finishing)
	defer stop()
	made, err := s.MakeVideo(live, run, v, out, p.console.Take)
	p.console.ClearLine()
	if err != nil {
		return err
	}
	p.console.Say("video     %s: %d frames of %d × %d px, the last held for a second", made.Path, made.Frames, made.W, made.H)
	return nil
}
