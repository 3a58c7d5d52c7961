package report

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"

	"igs/configs"
	"igs/internal/fault"
	"igs/metric"
	"igs/record"
)

// Row is a run in a table. A figure is nil when the run does not have it.
type Row struct {
	Session, Run, Folder string
	Image                string // name of its file
	Picture              string // identifies the picture: the hash of its file, or else its name
	Sha256               string // of the file; "" = unknown
	W, H                 int    // px; 0 = unknown
	Status               string

	Splats, Steps int    // of the result; without a result, the numbers that were asked for
	metric.Scores        // PSNR and SSIM are NaN where they are missing
	Bytes, Peak   *int64 // model file; device memory
	BitsPerPixel  *float64
	Seconds       *float64

	id    string // of its section of a page
	asked asked
	line  int    // its setting, among those of the table; 0 also for a run that is not done
	home  string // folder of the session; "" = unknown
	above string // name of the session that tells it from the others of the table

	// Among the runs of the same picture that are done, where there are two or more:
	BestPSNR, Smallest bool
	Front              bool // on the Pareto front: no other run is smaller and at least as good, or better and at most as large
}

// Tabulate makes a row for each run, in their order, and marks the best runs.
func Tabulate(runs []Run) []Row {
	rows := make([]Row, len(runs))
	for i := range runs {
		rows[i] = rowOf(&runs[i])
		rows[i].id = runID(i)
	}
	mark(rows)
	nameSessions(rows)
	return rows
}

func rowOf(run *Run) Row {
	r := Row{
		Session: run.Session, Run: run.Entry.Name, Folder: run.Dir, Status: run.Status(),
		Image: filepath.Base(run.Entry.Image), Picture: run.Entry.Image, Splats: run.Entry.Gaussians, Steps: run.Entry.Steps,
		Scores: metric.Scores{PSNR: math.NaN(), SSIM: math.NaN()}, asked: askedOf(run), home: run.home,
	}
	d := run.Record
	if d == nil {
		return r
	}
	r.Sha256 = d.Image.Sha256
	r.Picture, r.W, r.H = cmp.Or(d.Image.Sha256, d.Image.Path, r.Picture), d.Image.W, d.Image.H
	if d.Memory != nil && d.Memory.Peak > 0 {
		r.Peak = &d.Memory.Peak
	}
	v := d.Result
	if v == nil {
		return r
	}
	r.Splats, r.Steps = v.Splats, v.Steps
	done := r.Status == record.Done
	r.Scores = v.Scores
	if figure(v.PSNR, done) == nil {
		r.PSNR = math.NaN()
	}
	if figure(v.SSIM, false) == nil {
		r.SSIM = math.NaN()
	}
	if v.Bytes > 0 {
		r.Bytes, r.BitsPerPixel = &v.Bytes, figure(v.BitsPerPixel, false)
	}
	r.Seconds = figure(v.Seconds, false)
	return r
}

// figure is x, or nil when x stands for a figure that was not measured. With infinite, 0 and +Inf
// are figures: the PSNR of a finished run may be infinite.
func figure(x float64, infinite bool) *float64 {
	if math.IsNaN(x) || math.IsInf(x, -1) || math.IsInf(x, 1) && !infinite || x == 0 && !infinite {
		return nil
	}
	return &x
}

// taken is a score, or nil when x is NaN.
func taken(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// complete says whether a row takes part in comparisons.
func (r *Row) complete() bool {
	return r.Status == record.Done && !math.IsNaN(r.PSNR) && r.Bytes != nil
}

// mark marks the best runs of each picture. Of two runs with the same PSNR the smaller is better.
// Of two with the same size the one with the higher PSNR is better. Of equal runs the first is.
func mark(rows []Row) {
	pictures := map[string][]*Row{}
	for i := range rows {
		if r := &rows[i]; r.complete() {
			pictures[r.Picture] = append(pictures[r.Picture], r)
		}
	}
	for _, same := range pictures {
		if len(same) < 2 {
			continue
		}
		best, smallest := same[0], same[0]
		for _, r := range same {
			if cmp.Or(cmp.Compare(best.PSNR, r.PSNR), cmp.Compare(*r.Bytes, *best.Bytes)) < 0 {
				best = r
			}
			if cmp.Or(cmp.Compare(*smallest.Bytes, *r.Bytes), cmp.Compare(r.PSNR, smallest.PSNR)) > 0 {
				smallest = r
			}
			r.Front = !slices.ContainsFunc(same, func(o *Row) bool { return o.beats(r) })
		}
		best.BestPSNR, smallest.Smallest = true, true
	}
}

// beats says whether r is at least as good as o in bytes and in PSNR, and better in one of them.
func (r *Row) beats(o *Row) bool {
	return *r.Bytes <= *o.Bytes && r.PSNR >= o.PSNR && (*r.Bytes < *o.Bytes || r.PSNR > o.PSNR)
}

// sorts has the order for each key: the best row first.
var sorts = map[string]func(a, b *Row) int{
	"run":    func(a, b *Row) int { return cmp.Compare(a.Run, b.Run) },
	"image":  func(a, b *Row) int { return cmp.Or(cmp.Compare(a.Image, b.Image), cmp.Compare(a.Picture, b.Picture)) },
	"status": func(a, b *Row) int { return cmp.Compare(a.Status, b.Status) },
	"splats": func(a, b *Row) int { return cmp.Compare(a.Splats, b.Splats) },
	"steps":  func(a, b *Row) int { return cmp.Compare(a.Steps, b.Steps) },
	"psnr":   func(a, b *Row) int { return known(taken(b.PSNR), taken(a.PSNR), -1) },
	"ssim":   func(a, b *Row) int { return known(taken(b.SSIM), taken(a.SSIM), -1) },
	"bytes":  func(a, b *Row) int { return known(a.Bytes, b.Bytes, 1) },
	"bpp":    func(a, b *Row) int { return known(a.BitsPerPixel, b.BitsPerPixel, 1) },
	"time":   func(a, b *Row) int { return known(a.Seconds, b.Seconds, 1) },
	"memory": func(a, b *Row) int { return known(a.Peak, b.Peak, 1) },
}

// known compares two figures that may be missing. It returns absent when only a is missing,
// and -absent when only b is.
func known[T cmp.Ordered](a, b *T, absent int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return absent
	case b == nil:
		return -absent
	}
	return cmp.Compare(*a, *b)
}

// SortKeys lists what Sort can sort by.
var SortKeys = []string{"run", "image", "psnr", "ssim", "splats", "steps", "bytes", "bpp", "time", "memory", "status"}

// Sort puts the best rows first, and rows without the figure last. Equal rows keep their order.
func Sort(rows []Row, key string) error {
	order, ok := sorts[key]
	if !ok {
		hint := "sort by " + joinOr(SortKeys)
		if near := configs.Nearest(key, SortKeys); near != "" {
			hint = "did you mean " + near + "? " + hint
		}
		return fault.New(fault.BadInput, hint, "rows cannot be sorted by %q", key)
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return order(&a, &b) })
	return nil
}
