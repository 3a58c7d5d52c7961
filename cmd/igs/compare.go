package main

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
	"igs/report"
	"igs/runlog"
)

func (p *program) compareCommand() *cli.Command {
	return &cli.Command{
		Name: "compare", ArgsUsage: "DIR…", Usage: "table of runs: the best by quality and size, and the Pareto front",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "csv", DisableDefaultText: true, Usage: "print comma-separated values"},
			&cli.BoolFlag{Name: "markdown", DisableDefaultText: true, Usage: "print a Markdown table"},
			&cli.StringFlag{Name: "sort", Usage: "sort by `COLUMN`: " + strings.Join(sortKeys(), ", ")},
		},
		Action: p.compare,
		Description: "DIR is a run, a session, or a folder of sessions. Best are the highest PSNR and the smallest model of a\n" +
			"picture; the front are the runs that no other of their picture beats in one without losing in the other.",
	}
}

// compared is a row of the table, and an object in --json.
type compared struct {
	Session      string  `json:"session"`
	Run          string  `json:"run"`
	Image        string  `json:"image"`
	Status       string  `json:"status"`
	Splats       int     `json:"num_gaussians"`
	Steps        int     `json:"steps"`
	PSNR         float64 `json:"psnr"`
	SSIM         float64 `json:"ssim"`
	Bytes        int64   `json:"num_bytes"`
	BitsPerPixel float64 `json:"bits_per_pixel"`
	Seconds      float64 `json:"seconds"`
	DevicePeak   int64   `json:"device_peak_bytes"`
	BestPSNR     bool    `json:"best_psnr"`
	BestBytes    bool    `json:"best_bytes"`
	Front        bool    `json:"front"`
}

func (compared) Name() string { return "compared" }

// scored says whether there are figures: those of a run that was never evaluated are NaN.
func (c compared) scored() bool { return !math.IsNaN(c.PSNR) }

// comparisons are the columns that rows can be sorted by, the best first.
var comparisons = map[string]func(a, b compared) int{
	"run":     func(a, b compared) int { return cmp.Compare(a.Run, b.Run) },
	"psnr":    func(a, b compared) int { return cmp.Compare(b.PSNR, a.PSNR) },
	"ssim":    func(a, b compared) int { return cmp.Compare(b.SSIM, a.SSIM) },
	"splats":  func(a, b compared) int { return cmp.Compare(a.Splats, b.Splats) },
	"bytes":   func(a, b compared) int { return cmp.Compare(a.Bytes, b.Bytes) },
	"seconds": func(a, b compared) int { return cmp.Compare(a.Seconds, b.Seconds) },
}

func sortKeys() []string {
	var keys []string
	for key := range comparisons {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (p *program) compare(ctx *cli.Context) error {
	if ctx.Args().Len() == 0 {
		return fault.New(fault.BadInput, "usage: igs compare DIR…", "no folder given")
	}
	if ctx.Bool("csv") && ctx.Bool("markdown") {
		return fault.New(fault.BadInput, "give one of the two", "--csv and --markdown")
	}
	runs, err := report.LoadRuns(ctx.Args().Slice())
	if err != nil {
		return err
	}
	rows := comparedRuns(runs)
	if key := ctx.String("sort"); key != "" {
		by, known := comparisons[key]
		if !known {
			hint := "columns to sort by are " + strings.Join(sortKeys(), ", ")
			if near := configs.Nearest(key, sortKeys()); near != "" {
				hint = "did you mean " + near + "? " + hint
			}
			return fault.New(fault.BadInput, hint, "--sort %q", key)
		}
		slices.SortStableFunc(rows, func(a, b compared) int { // runs without scores come last
			if a.scored() != b.scored() {
				return map[bool]int{true: -1, false: 1}[a.scored()]
			}
			return by(a, b)
		})
	}
	switch {
	case p.console.json:
		for _, row := range rows {
			p.console.tell(row)
		}
	case ctx.Bool("csv"):
		return p.compareCSV(rows)
	case ctx.Bool("markdown"):
		p.compareMarkdown(rows)
	default:
		p.compareTable(rows)
	}
	return nil
}

func comparedRuns(runs []*report.Run) []compared {
	standings := report.Compare(runs)
	var rows []compared
	for _, r := range runs {
		s := standings[r]
		row := compared{
			Session: r.Session, Run: r.Run.Name, Image: filepath.Base(r.Image.Path), Status: r.Status, Splats: r.Gaussians, Steps: r.Steps,
			PSNR: math.NaN(), SSIM: math.NaN(), BitsPerPixel: math.NaN(), Seconds: math.NaN(),
			BestPSNR: s.BestPSNR, BestBytes: s.BestBytes, Front: s.Front,
		}
		if v := r.Result; v != nil {
			row.Splats, row.Steps, row.PSNR, row.SSIM = v.Splats, v.Steps, float64(v.PSNR), float64(v.SSIM)
			row.Bytes, row.BitsPerPixel, row.Seconds = v.Bytes, v.BitsPerPixel, v.Seconds
		}
		if r.Memory != nil {
			row.DevicePeak = r.Memory.Peak
		}
		rows = append(rows, row)
	}
	return rows
}

// marks names what a run is best in.
func (c compared) marks() string {
	var marks []string
	for _, m := range []struct {
		is   bool
		name string
	}{{c.BestPSNR, "best"}, {c.BestBytes, "smallest"}, {c.Front, "front"}} {
		if m.is {
			marks = append(marks, m.name)
		}
	}
	return strings.Join(marks, " ")
}

var comparedHeader = []string{"run", "session", "image", "PSNR", "SSIM", "splats", "steps", "model", "bits/px", "time", "device", "status", ""}

// cells is a row for eyes; what a run has not is empty.
func (c compared) cells() []string {
	cells := []string{c.Run, c.Session, c.Image, "", "", strconv.Itoa(c.Splats), strconv.Itoa(c.Steps), "", "", "", "", c.Status, c.marks()}
	if c.scored() {
		cells[3], cells[4] = runlog.Decibels(c.PSNR), fmt.Sprintf("%.4f", c.SSIM)
		cells[7], cells[8], cells[9], cells[10] = runlog.Bytes(c.Bytes), fmt.Sprintf("%.3f", c.BitsPerPixel), runlog.Duration(c.Seconds), runlog.Bytes(c.DevicePeak)
	}
	for i := range cells {
		cells[i] = runlog.Plain(cells[i])
	}
	return cells
}

func (p *program) compareTable(rows []compared) {
	if p.console.quiet {
		return
	}
	t := tabwriter.NewWriter(p.console.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.TrimRight(strings.Join(comparedHeader, "\t"), "\t"))
	for _, row := range rows {
		fmt.Fprintln(t, strings.Join(row.cells(), "\t"))
	}
	t.Flush()
}

func (p *program) compareMarkdown(rows []compared) {
	fmt.Fprintf(p.console.out, "| %s |\n|%s\n", strings.Join(comparedHeader, " | "), strings.Repeat("---|", len(comparedHeader)))
	for _, row := range rows {
		cells := row.cells()
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(p.console.out, "| %s |\n", strings.Join(cells, " | "))
	}
}

func (p *program) compareCSV(rows []compared) error {
	w := csv.NewWriter(p.console.out)
	w.Write([]string{"session", "run", "image", "status", "num_gaussians", "steps", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes", "best_psnr", "best_bytes", "front"})
	for _, c := range rows {
		row := []string{c.Session, c.Run, c.Image, c.Status, strconv.Itoa(c.Splats), strconv.Itoa(c.Steps), "", "", "", "", "", "",
			strconv.FormatBool(c.BestPSNR), strconv.FormatBool(c.BestBytes), strconv.FormatBool(c.Front)}
		if c.scored() {
			row[6], row[7], row[8] = strconv.FormatFloat(c.PSNR, 'f', 4, 64), strconv.FormatFloat(c.SSIM, 'f', 6, 64), strconv.FormatInt(c.Bytes, 10)
			row[9], row[10], row[11] = strconv.FormatFloat(c.BitsPerPixel, 'f', 4, 64), strconv.FormatFloat(c.Seconds, 'f', 3, 64), strconv.FormatInt(c.DevicePeak, 10)
		}
		w.Write(row)
	}
	w.Flush()
	return w.Error()
}
