package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"igs/codecs"
	"igs/event"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/signals"
	"igs/internal/wholefile"
	"igs/record"
	"igs/report"
)

func (p *program) compareCommand() *command.Command {
	return &command.Command{
		Name: "compare", Args: "DIR…", Usage: "print a table of runs: quality, size, time",
		Flags: []command.Flag{
			{Name: "sort", Usage: "sort by `KEY`, best run first: " + strings.Join(report.SortKeys, ", "), Words: report.SortKeys},
			{Name: "csv", Kind: command.Bool, Usage: "print CSV, with all digits"},
			{Name: "markdown", Kind: command.Bool, Usage: "print a Markdown table"},
			{Name: "out", Short: "o", Usage: "also write a page about these runs to `FILE`", Paths: command.Files, Meant: []string{"output", "html", "page"}},
			{Name: "codecs", Kind: command.Bool, Usage: "compare with JPEG, WebP, AVIF and JPEG XL, where they are installed"},
		},
		Run: p.compare, Paths: command.Folders, Meant: []string{"list", "ls", "table", "diff", "summary", "results"},
		Description: "DIR is the folder of a session, the folder of a run, or a folder with sessions in it. The table marks the run\n" +
			"with the best PSNR, the run with the smallest model, and the front: the runs that no other run beats in both\n" +
			"PSNR and size. Only finished runs of the same picture (the same SHA-256) are compared.\n\n" +
			"Where the runs have several settings (sessions, recipes, numbers of steps), tables of BD-rates follow: how many\n" +
			"bytes one setting needs against another at equal PSNR and at equal SSIM. With -o the same is in a page, with\n" +
			"the pictures and curves of the runs, of which any two can be laid over each other.\n\n" +
			"With --codecs, the programs cjpeg, cwebp, avifenc and cjxl encode the pictures of a session. The tables show the\n" +
			"PSNR of RGB and of luma at the bytes of each model, and the BD-rate between any two. The session keeps them in\n" +
			"codecs.json, and its report.html shows them.",
	}
}

func (p *program) compare(line *command.Line) error {
	if len(line.Args) == 0 {
		return fault.New(fault.BadInput, "usage: igs compare DIR…", "no folder given")
	}
	forms := slices.DeleteFunc([]string{"csv", "markdown", "json"}, func(name string) bool { return !line.Bool(name) })
	if len(forms) > 1 {
		return fault.New(fault.BadInput, "give only one of the two", "--%s and --%s are two forms of the same table", forms[0], forms[1])
	}
	runs, err := report.Load(line.Args)
	if err != nil {
		return err
	}
	if line.Bool("codecs") {
		if line.String("out") != "" {
			return fault.New(fault.BadInput, "leave out -o: report.html of the session shows the codecs", "--codecs writes no page of its own")
		}
		return p.compareCodecs(line, runs)
	}
	rows := report.Tabulate(runs)
	rates := report.BDRates(rows)
	if key := line.String("sort"); key != "" {
		if err := report.Sort(rows, key); err != nil {
			return err
		}
	}
	asCSV, asMarkdown, to := line.Bool("csv"), line.Bool("markdown"), line.String("out")
	if err := p.console.Comparison(rows, rates, asCSV, asMarkdown); err != nil || to == "" {
		return err
	}
	if err := p.writeComparison(runs, to); err != nil || asCSV || asMarkdown { // nothing else stands in a table for programs
		return err
	}
	p.console.Say("report    %s", to)
	return nil
}

// writeComparison writes a page about runs to a file.
func (p *program) writeComparison(runs []report.Run, to string) error {
	if err := wholefile.Write(to, func(w io.Writer) error { return report.WriteRuns(runs, w) }); err != nil {
		return fault.WithHint(fmt.Errorf("write %s: %w", to, err), "choose another file with -o")
	}
	p.console.Take(event.Saved{Kind: "report", Path: to})
	return nil
}

// compareCodecs compares the models of a session with codecs.
func (p *program) compareCodecs(line *command.Line, runs []report.Run) error {
	if line.Bool("csv") {
		return fault.New(fault.BadInput, "leave out --csv; --json prints every point", "--codecs has no form as CSV")
	}
	dir, err := report.OneSession(line.Args, runs)
	if err != nil {
		return err
	}
	pictures, left := report.CodecPictures(runs)
	if len(pictures) == 0 {
		return fault.New(fault.BadInput, "train a picture of 8-bit RGB, and keep output.render", "no run can be compared with codecs: %s", strings.Join(left, "; "))
	}
	for _, text := range left {
		p.console.Note("left out: %s", text)
	}
	live, stop := signals.Listen(p.console, signals.Options{Text: "stopping; press Ctrl-C again to stop at once"})
	defer stop()
	found, err := codecs.Compare(live, pictures, func(text string) { p.console.Debug("%s", text) })
	if err != nil {
		return err
	}
	if len(found.Missing) > 0 {
		p.console.Note("not installed: %s", strings.Join(found.Missing, ", "))
	}
	if err := p.console.Codecs(found, line.Bool("markdown")); err != nil {
		return err
	}
	if err := found.Write(dir); err != nil {
		return err
	}
	session, err := report.ReadSession(dir)
	if err != nil || !wholefile.Exists(filepath.Join(dir, record.ReportFile)) {
		return err
	}
	return report.WriteFile(dir, session)
}
