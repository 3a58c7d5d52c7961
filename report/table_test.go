package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/metric"
	"igs/record"
)

func load(t *testing.T, dirs ...string) []Row {
	t.Helper()
	runs, err := Load(dirs)
	must(t, err)
	return Tabulate(runs)
}

func TestMarksArePerPicture(t *testing.T) {
	rows := load(t, newSession(t, sweep()...))
	want := map[string]string{"cat-10-40": "smallest, front", "cat-20-40": "best PSNR, front"}
	for i := range rows {
		if got := strings.Join(rows[i].marks(), ", "); got != want[rows[i].Run] {
			t.Errorf("%s: %q, want %q", rows[i].Run, got, want[rows[i].Run])
		}
	}
}

// candidate is a finished run for tests of marks.
func candidate(name, picture string, psnr float64, bytes int64) Row {
	return Row{Run: name, Picture: picture, Status: record.Done, Scores: metric.Scores{PSNR: psnr, SSIM: 0.5}, Bytes: &bytes}
}

func TestFront(t *testing.T) {
	cases := []struct {
		rows        []Row
		best, small string
		front       []string
	}{
		{[]Row{candidate("a", "p", 30, 100)}, "", "", nil}, // there is no other run
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "q", 40, 50)}, "", "", nil},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", 40, 50)}, "b", "b", []string{"b"}},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", 40, 150), candidate("c", "p", 35, 150)}, "b", "a", []string{"a", "b"}},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", 30, 100)}, "a", "a", []string{"a", "b"}},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", 30, 90)}, "b", "b", []string{"b"}},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", 31, 100)}, "b", "b", []string{"b"}},
		{[]Row{candidate("a", "p", 30, 100), candidate("b", "p", math.Inf(1), 900)}, "b", "a", []string{"a", "b"}},
	}
	for i, c := range cases {
		mark(c.rows)
		var best, small string
		var front []string
		for _, r := range c.rows {
			if r.BestPSNR {
				best += r.Run
			}
			if r.Smallest {
				small += r.Run
			}
			if r.Front {
				front = append(front, r.Run)
			}
		}
		if best != c.best || small != c.small || !slices.Equal(front, c.front) {
			t.Errorf("case %d: best %q, smallest %q, front %q", i, best, small, front)
		}
	}
}

func TestNoFigureIsMadeUp(t *testing.T) {
	dir := newSession(t, sweep()...)
	// A run that ended before its first evaluation has null for its scores.
	cut := spec{name: "cut", image: "cat.png", status: record.Interrupted, splats: 5, psnr: math.NaN(), bytes: 0}
	newRun(t, filepath.Join(dir, "cut"), cut, record.Device{})
	rows := load(t, dir, filepath.Join(dir, "cut"))
	var out bytes.Buffer
	must(t, WriteCSV(&out, rows))
	table, err := csv.NewReader(&out).ReadAll()
	must(t, err)
	figures := map[string]string{}
	for _, row := range table {
		figures[row[1]] = strings.Join(row[7:14], ",")
	}
	for name, want := range map[string]string{
		"run":       "status,psnr,ssim,num_bytes,bits_per_pixel,seconds,device_peak_bytes",
		"cat-10-40": "done,26.2500,0.750000,500,1.6667,12.500,2097152",
		"dog-10-40": "done,inf,0.750000,400,1.3333,12.500,2097152",
		evil:        "failed,,,,,,",
		"killed":    "interrupted,,,,,,",
		"later":     "waiting,,,,,,",
		"cut":       "interrupted,,0.750000,,,12.500,2097152",
	} {
		if figures[name] != want {
			t.Errorf("%s: %s, want %s", name, figures[name], want)
		}
	}
}

func TestTextAndMarkdown(t *testing.T) {
	rows := load(t, newSession(t, sweep()...))
	var text, markdown bytes.Buffer
	WriteText(&text, rows)
	for _, want := range []string{"\ncat-20-40 ", " 31.50 dB  0.7500 ", "  done  best PSNR, front\n", "∞ dB", "\nlater ", " –  ", "waiting\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	WriteMarkdown(&markdown, rows)
	if lines := strings.Count(markdown.String(), "\n"); lines != 2+len(rows) {
		t.Errorf("%d lines", lines)
	}
	if strings.Contains(markdown.String(), "<script") || !strings.Contains(markdown.String(), "&lt;script>") {
		t.Error(markdown.String())
	}
}

func TestSort(t *testing.T) {
	rows := load(t, newSession(t, sweep()...))
	must(t, Sort(rows, "psnr"))
	var names []string
	for _, r := range rows {
		names = append(names, r.Run)
	}
	want := []string{"dog-10-40", "cat-20-40", "cat-30-40", "cat-10-40", evil, "killed", "later"}
	if !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	for _, key := range SortKeys {
		must(t, Sort(rows, key))
	}
	if len(SortKeys) != len(sorts) {
		t.Error("a key is not listed")
	}
	if err := Sort(rows, "pnsr"); fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), "did you mean psnr?") {
		t.Error(err, fault.Hint(err))
	}
}

func TestLoadFindsFolders(t *testing.T) {
	dir := newSession(t, sweep()...)
	above := filepath.Dir(dir)
	must(t, os.Rename(dir, filepath.Join(above, "session_10")))
	must(t, os.CopyFS(filepath.Join(above, "session_9"), os.DirFS(filepath.Join(above, "session_10"))))
	rows := load(t, above, filepath.Join(above, "session_9"), filepath.Join(above, "session_9", "cat-10-40"))
	if len(rows) != 2*len(sweep()) || rows[0].Session != "session_9" || rows[len(rows)-1].Session != "session_10" {
		t.Errorf("%d rows, from %s to %s", len(rows), rows[0].Session, rows[len(rows)-1].Session)
	}
	one := load(t, filepath.Join(above, "session_9", "cat-10-40"))
	if len(one) != 1 || one[0].Session != "session_9" || one[0].Run != "cat-10-40" {
		t.Errorf("%+v", one)
	}
}

func TestLoadRefuses(t *testing.T) {
	dir := newSession(t, sweep()...)
	empty := t.TempDir()
	damaged := newSession(t, sweep()...)
	must(t, os.WriteFile(filepath.Join(damaged, "cat-10-40", record.RunFile), []byte(`{"status":`), 0o666))
	broken := t.TempDir()
	must(t, os.WriteFile(filepath.Join(broken, record.SessionFile), nil, 0o666))
	outside := newSession(t, spec{name: "../../etc", image: "x", status: record.Waiting})
	for _, bad := range []string{empty, damaged, broken, outside, filepath.Join(dir, "none"), filepath.Join(dir, record.SessionFile)} {
		_, err := Load([]string{dir, bad})
		if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: %v (hint: %s)", bad, err, fault.Hint(err))
		}
	}
}

func TestStatusBelievesTheLastWord(t *testing.T) {
	for _, c := range [][3]string{
		{record.Done, record.Running, record.Running}, {record.Failed, record.Running, record.Failed},
		{record.Waiting, record.Done, record.Done}, {record.Interrupted, record.Running, record.Interrupted},
	} {
		run := Run{Entry: record.Entry{Status: c[0]}, Record: &record.Run{Status: c[1]}}
		if got := run.Status(); got != c[2] {
			t.Errorf("session says %s, run %s: %s", c[0], c[1], got)
		}
	}
}
