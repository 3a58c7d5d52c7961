package main

import "igs/cmd/igs/command"

// manCommand prints the man page; make man puts it into build.
func (p *program) manCommand(described *command.Program) *command.Command {
	return &command.Command{
		Name: "man", Hidden: true, Usage: "print the man page",
		Run: func(line *command.Line) error {
			if _, err := line.Files(); err != nil {
				return err
			}
			return described.ManPage(p.console.Out(), manual())
		},
	}
}

// manual is what the man page says beside commands and flags.
func manual() command.Manual {
	return command.Manual{
		Version:     version,
		Description: "igs trains 2D-Gaussian image representations (Image-GS) with Vulkan compute, on a graphics card of any vendor or on the CPU.",
		Sections: []command.Section{
			{Title: "EXIT STATUS", Entries: exitCodes},
			{Title: "ENVIRONMENT", Entries: []command.Entry{
				{Term: "IGS_SECTION_KEY", Text: "sets a key of the job: IGS_TRAIN_SEED=7 is train.seed. Flags win over it, and it over the job file."},
				{Term: "IGS_VULKAN_LIB", Text: "the Vulkan loader to open."},
				{Term: "IGS_QUEUE", Text: `"graphics" computes on the queue that draws the desktop, even where the device has another that computes.`},
				{Term: "IGS_FFMPEG", Text: "the ffmpeg that makes training videos."},
				{Term: "NO_COLOR", Text: "no colours."},
			}},
			{Title: "FILES", Entries: []command.Entry{
				{Term: "job.toml", Text: "a job: pictures, numbers of splats and steps, settings. igs init writes one.", Italic: true},
				{Term: "output/session_N", Text: "what a job leaves: a folder for each run, summary.csv, report.html.", Italic: true},
			}},
		},
	}
}

// exitCodes are what igs ends with.
var exitCodes = []command.Entry{
	{Term: "0", Text: "all done"}, {Term: "1", Text: "failed"}, {Term: "2", Text: "crash: please report it"}, {Term: "3", Text: "part of the sweep failed"},
	{Term: "4", Text: "bad command line, job file or input"}, {Term: "5", Text: "below the asked quality"}, {Term: "6", Text: "output exists, or another igs is at work in it"},
	{Term: "10", Text: "no Vulkan loader or device"}, {Term: "11", Text: "out of device memory, or the plan does not fit"}, {Term: "12", Text: "device lost"},
	{Term: "13", Text: "training diverged"}, {Term: "130, 143", Text: "interrupted; igs resume goes on from the checkpoint"},
}
