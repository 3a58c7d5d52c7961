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

// Row is a run in a table. A figure that a run does not have is nil.
type Row struct {
	Session, Run, Folder string
	Image                string // name of its file
	Picture              string // tells pictures apart: the hash of the file, or its name without one
	Sha256               string // of the file; "" = not known
	W, H                 int    // px; 0 = not known
	Status               string

	Splats, Steps int    // as trained, or as asked for when there is no result
	metric.Scores        // PSNR and SSIM are NaN where they are missing
	Bytes, Peak   *int64 // model file; device memory
	BitsPerPixel  *float64
	Seconds       *float64

	// Among the runs of the same picture that are done, where there are two or more:
	BestPSNR, Smallest bool
	Front              bool // no other has at most its bytes and at least its PSNR
}

// Tabulate makes the rows of runs, in their order, and marks the best.
func Tabulate(runs []Run) []Row {
	rows := make([]Row, len(runs))
	for i := range runs {
		rows[i] = rowOf(&runs[i])
	}
	mark(rows)
	return rows
}

func rowOf(run *Run) Row {
	r := Row{
		Session: run.Session, Run: run.Entry.Name, Folder: run.Dir, Status: run.Status(),
		Image: filepath.Base(run.Entry.Image), Picture: run.Entry.Image, Splats: run.Entry.Gaussians, Steps: run.Entry.Steps,
		Scores: metric.Scores{PSNR: math.NaN(), SSIM: math.NaN()},
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

// figure is x where x says something. Infinity does only as the PSNR of a run that is done:
// in others it stands for a figure that was never taken, as 0 does.
func figure(x float64, infinite bool) *float64 {
	if math.IsNaN(x) || math.IsInf(x, -1) || math.IsInf(x, 1) && !infinite || x == 0 && !infinite {
		return nil
	}
	return &x
}

// taken is a score, nil where it was not taken.
func taken(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// complete says that a row takes part in comparisons.
func (r *Row) complete() bool {
	return r.Status == record.Done && !math.IsNaN(r.PSNR) && r.Bytes != nil
}

// mark finds the best of each picture. Of two with the same PSNR the smaller is better, of
// two with the same size the one with more PSNR, of equals the first.
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

// beats says that r is as good as o in bytes and in PSNR, and better in one of them.
func (r *Row) beats(o *Row) bool {
	return *r.Bytes <= *o.Bytes && r.PSNR >= o.PSNR && (*r.Bytes < *o.Bytes || r.PSNR > o.PSNR)
}

// sorts has an order for each key, the best first.
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

// known compares two figures of which some may be missing: absent is what a missing first
// one compares as.
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

// Sort puts the best rows first, and those without the figure last. Equal rows keep their order.
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
