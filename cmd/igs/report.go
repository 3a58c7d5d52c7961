package main

import (
	"fmt"
	"io"
	"path/filepath"

	"igs/event"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
	"igs/report"
	"igs/session"
)

func (p *program) reportCommand() *command.Command {
	return &command.Command{
		Name: "report", Args: "DIR", Usage: "write report.html of a session: pictures, curves, tables",
		Flags: []command.Flag{
			{Name: "out", Short: "o", Usage: "write `FILE` instead of DIR/report.html", Paths: command.Files, Meant: []string{"output"}},
		},
		Run: p.report, Paths: command.Folders, Meant: []string{"html", "page"},
		Description: "DIR is the folder of a session, or of a run in it. The page needs no network. Beside it, the folder report_files has a page that\n" +
			"explores the models. With more than 12 runs, the page shows pictures from the folders of the runs; with -o it has all of them inside.\n" +
			"Runs that failed or are still running are shown as far as they came. An earlier report is replaced.",
	}
}

func (p *program) report(line *command.Line) error {
	args, err := line.Files("folder of a session")
	if err != nil {
		return err
	}
	dir, err := session.FindSession("report", args[0])
	if err != nil {
		return err
	}
	dir, to := aboveRun(dir), line.String("out")
	found, err := report.ReadSession(dir)
	if err != nil {
		return err
	}
	if to == "" {
		to = filepath.Join(dir, record.ReportFile)
		if err = session.Summarise(dir, found); err == nil {
			err = report.WriteFile(dir, found)
		}
	} else if err = wholefile.Write(to, func(w io.Writer) error { return report.Write(dir, found, w) }); err != nil {
		err = fmt.Errorf("write %s: %w", to, err)
	}
	if err != nil {
		return fault.WithHint(err, "choose another file with -o")
	}
	p.console.Take(event.Saved{Kind: "report", Path: to})
	p.console.Say("report    %s", to)
	return nil
}
