package main

import (
	"bytes"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/internal/fault"
	"igs/record"
	"igs/report"
)

func (p *program) compareCommand() *cli.Command {
	return &cli.Command{
		Name: "compare", ArgsUsage: "DIR…", Usage: "a table of runs: quality, size, time",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "sort", Usage: "put the best first by `KEY`: " + strings.Join(report.SortKeys, ", ")},
			&cli.BoolFlag{Name: "csv", DisableDefaultText: true, Usage: "print it as CSV, with all digits"},
			&cli.BoolFlag{Name: "markdown", DisableDefaultText: true, Usage: "print it as a table of Markdown"},
		},
		Action: p.compare,
		Description: "DIR is the folder of a session, of a run, or one that holds sessions. Only runs of the same picture, by\n" +
			"SHA-256, that are done are held against each other: the best PSNR, the smallest model, and the front, the\n" +
			"runs that no other beats in both.",
	}
}

// compared is a row in --json. A figure that a run does not have is left out; null is a
// PSNR of infinity.
type compared struct {
	Session      string         `json:"session,omitempty"`
	Run          string         `json:"run"`
	Image        string         `json:"image"`
	Picture      string         `json:"sha256,omitempty"`
	W            int            `json:"width,omitempty"`
	H            int            `json:"height,omitempty"`
	Status       string         `json:"status"`
	Splats       int            `json:"num_gaussians"`
	Steps        int            `json:"steps"`
	PSNR         *record.Number `json:"psnr,omitempty"`
	SSIM         *record.Number `json:"ssim,omitempty"`
	Bytes        *int64         `json:"num_bytes,omitempty"`
	BitsPerPixel *record.Number `json:"bits_per_pixel,omitempty"`
	Seconds      *record.Number `json:"seconds,omitempty"`
	Peak         *int64         `json:"device_peak_bytes,omitempty"`
	BestPSNR     bool           `json:"best_psnr"`
	Smallest     bool           `json:"smallest"`
	Front        bool           `json:"pareto_front"`
	Folder       string         `json:"folder"`
}

func (compared) Name() string { return "compared" }

func (p *program) compare(ctx *cli.Context) error {
	dirs := ctx.Args().Slice()
	if len(dirs) == 0 {
		return fault.New(fault.BadInput, "usage: igs compare DIR…", "no folder given")
	}
	forms := slices.DeleteFunc([]string{"csv", "markdown", "json"}, func(name string) bool { return !ctx.Bool(name) })
	if len(forms) > 1 {
		return fault.New(fault.BadInput, "give one of the two", "--%s and --%s are two forms of the same table", forms[0], forms[1])
	}
	runs, err := report.Load(dirs)
	if err != nil {
		return err
	}
	rows := report.Tabulate(runs)
	if key := ctx.String("sort"); key != "" {
		if err := report.Sort(rows, key); err != nil {
			return err
		}
	}
	for i := range rows {
		p.console.tell(comparedOf(&rows[i]))
	}
	if p.console.quiet || p.console.json {
		return nil
	}
	var text bytes.Buffer
	switch {
	case ctx.Bool("csv"):
		report.WriteCSV(&text, rows)
	case ctx.Bool("markdown"):
		report.WriteMarkdown(&text, rows)
	default:
		report.WriteText(&text, rows)
	}
	_, err = p.console.out.Write(text.Bytes())
	return err
}

func comparedOf(r *report.Row) compared {
	number := func(x *float64) *record.Number { return (*record.Number)(x) }
	return compared{
		Session: r.Session, Run: r.Run, Image: r.Image, Picture: r.Sha256, W: r.W, H: r.H, Status: r.Status, Splats: r.Splats, Steps: r.Steps,
		PSNR: number(r.PSNR), SSIM: number(r.SSIM), Bytes: r.Bytes, BitsPerPixel: number(r.BitsPerPixel), Seconds: number(r.Seconds), Peak: r.Peak,
		BestPSNR: r.BestPSNR, Smallest: r.Smallest, Front: r.Front, Folder: r.Folder,
	}
}
