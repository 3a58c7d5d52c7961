package main

import (
	"path/filepath"

	"github.com/urfave/cli/v2"

	"igs/event"
	"igs/record"
	"igs/report"
)

func (p *program) reportCommand() *cli.Command {
	return &cli.Command{
		Name: "report", ArgsUsage: "DIR", Usage: "write report.html of a session again",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Usage: "write it to `FILE`"}},
		Action:      p.report,
		Description: "The report is one file that fetches nothing: tables, curves, and each picture to compare with its render.",
	}
}

func (p *program) report(ctx *cli.Context) error {
	args, err := files(ctx, "folder")
	if err != nil {
		return err
	}
	path := ctx.String("out")
	if path == "" {
		path = filepath.Join(args[0], record.ReportFile)
	}
	if err := report.Write(args[0], path); err != nil {
		return err
	}
	p.console.tell(event.Saved{Kind: "report", Path: path})
	p.console.say("%s", path)
	return nil
}
