package main

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
	"igs/report"
)

func (p *program) reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", ArgsUsage: "DIR", Usage: "write report.html of a session: pictures, curves, tables",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write `FILE` instead, which may be moved anywhere"},
		},
		Action: p.report,
		Description: "The page holds all it shows and needs no network. Runs that failed or are still at work are in it as far as\n" +
			"they came. An earlier report is replaced.",
	}
}

func (p *program) report(ctx *cli.Context) error {
	args, err := files(ctx, "folder of a session")
	if err != nil {
		return err
	}
	dir, to := args[0], ctx.String("output")
	session, err := report.ReadSession(dir)
	if err != nil {
		return err
	}
	if to == "" {
		to = filepath.Join(dir, record.ReportFile)
		err = report.WriteFile(dir, session)
	} else {
		err = unwritten(to, wholefile.Write(to, func(w io.Writer) error { return report.Write(dir, session, w) }))
	}
	if err != nil {
		return fault.WithHint(err, "choose another place with -o")
	}
	p.console.tell(event.Saved{Kind: "report", Path: to})
	p.console.say("report    %s", to)
	return nil
}

func unwritten(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", path, err)
}
