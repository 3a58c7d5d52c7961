package main

import "igs/internal/command"

// manCommand prints the man page; make man puts it into build.
func (p *program) manCommand(described *command.Program) *command.Command {
	return &command.Command{
		Name: "man", Usage: "print the man page; igs man | man -l - shows it", Meant: []string{"manual", "manpage", "docs"},
		Run: func(line *command.Line) error {
			if _, err := line.Files(); err != nil {
				return err
			}
			return described.ManPage(p.console.Out(), manual())
		},
	}
}

// manual is the text of the man page beside commands and flags.
func manual() command.Manual {
	return command.Manual{
		Version:     version,
		Description: "igs represents pictures with 2D Gaussians, called splats (Image-GS). It trains them with Vulkan compute, on a graphics card of any vendor or on the CPU.",
		Sections: []command.Section{
			{Title: "EXIT STATUS", Entries: exitCodes},
			{Title: "ENVIRONMENT", Entries: []command.Entry{
				{Term: "IGS_SECTION_KEY", Text: "sets a key of the job: IGS_TRAIN_SEED=7 sets train.seed. A flag for the same key counts more, the job file less."},
				{Term: "IGS_TUNE", Text: "the kernel settings to use, as igs bench --tune prints them, or \"default\"."},
				{Term: "IGS_SELFCHECK", Text: `"always" compares the device with a reference before every training, even when it has passed before.`},
				{Term: "IGS_VULKAN_LIB", Text: "the Vulkan loader to open."},
				{Term: "IGS_QUEUE", Text: `"graphics" computes on the queue that also draws the desktop, even when the device has a compute queue.`},
				{Term: "IGS_FFMPEG", Text: "the ffmpeg that makes training videos."},
				{Term: "NO_COLOR", Text: "switches colours off when it is set."},
			}},
			{Title: "FILES", Entries: []command.Entry{
				{Term: "job.toml", Text: "a job: pictures, numbers of splats and steps, settings. igs init writes an example.", Italic: true},
				{Term: "output/session_N", Text: "a session, the result of a job: a folder for each run, summary.csv, report.html.", Italic: true},
			}},
		},
	}
}

// exitCodes are the exit codes of igs.
var exitCodes = []command.Entry{
	{Term: "0", Text: "all done"}, {Term: "1", Text: "failed"}, {Term: "2", Text: "crash: please report it"}, {Term: "3", Text: "part of the sweep failed"},
	{Term: "4", Text: "bad command line, job file or input"}, {Term: "5", Text: "the quality is below --min-psnr or --min-ssim"}, {Term: "6", Text: "the output exists, or another igs is using it"},
	{Term: "10", Text: "no Vulkan loader or device"}, {Term: "11", Text: "out of device memory, or a run does not fit"}, {Term: "12", Text: "device lost"},
	{Term: "13", Text: "training diverged"}, {Term: "129, 130, 143", Text: "interrupted by SIGHUP, SIGINT or SIGTERM; igs resume continues from the checkpoint"},
	{Term: "141", Text: "the reader of the output is gone; igs resume continues from the checkpoint"},
}
