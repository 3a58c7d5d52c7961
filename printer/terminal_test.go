package printer

import (
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"igs/event"
	"igs/metric"
)

// clock is a clock that a test moves.
type clock struct{ t time.Time }

func (c *clock) now() time.Time       { return c.t }
func (c *clock) pass(d time.Duration) { c.t = c.t.Add(d) }
func newClock() *clock                { return &clock{time.Now()} }
func started(name string) event.Event {
	return event.RunStarted{Run: name, W: 600, H: 400, C: 3, Splats: 4000, Steps: 600, Device: "llvmpipe"}
}
func scored(step int, psnr float64) event.Event {
	return event.Evaluated{Step: step, Scores: metric.Scores{PSNR: psnr, SSIM: 0.9}, Splats: 3000, DeviceBytes: 183 << 20}
}

func TestLinesComeAtMostEveryHalfMinute(t *testing.T) {
	var out strings.Builder
	c := newClock()
	l := NewLines(&out)
	l.now = c.now
	console := New(io.Discard, &out)
	console.lines = l
	console.Take(started("cat"))
	for step := 1; step <= 600; step++ { // a step a second, scored every ten
		c.pass(time.Second)
		l.Take(event.Stepped{Step: step, Steps: 600, Splats: 3000, StepsPerSec: 1, ETA: float64(600 - step), DeviceBytes: 183 << 20})
		if step%10 == 0 {
			l.Take(scored(step, 20+float64(step)/100))
		}
	}
	console.Take(event.Warned{Text: "odd\nthing"})
	l.Take(event.RunEnded{Run: "cat", Status: "done", Step: 600, Scores: metric.Scores{PSNR: 26, SSIM: 0.9}, Seconds: 600})
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 1+20+2 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for i, want := range map[int]string{
		0:  "cat: 600 × 400 px RGB, 4000 splats, 600 steps, on llvmpipe",
		1:  "cat  step 30/600  5%  20.30 dB  SSIM 0.9000  1.00 steps/s  3000 splats  183 MiB  ETA 9m30s",
		21: "igs: warning: odd?thing",
		22: "cat: done, 600 steps in 10m00s: 26.00 dB, SSIM 0.9000",
	} {
		if lines[i] != want {
			t.Errorf("line %d: %q\nwant    %q", i, lines[i], want)
		}
	}
	if strings.ContainsAny(out.String(), "\r\x1b") {
		t.Error("control characters in plain lines")
	}
}

// A rendering of two minutes has at most one line in 30 seconds. A short one has no line.
func TestLinesOfADrawing(t *testing.T) {
	var out strings.Builder
	c := newClock()
	l := NewLines(&out)
	l.now = c.now
	for row := range 100 {
		l.Take(event.Drawing{Model: "a\n.igsm", Row: 10 * row, Rows: 1000})
		c.pass(time.Second * 6 / 5)
	}
	if want := "a?.igsm  row 250/1000  25%\na?.igsm  row 500/1000  50%\na?.igsm  row 750/1000  75%\n"; out.String() != want {
		t.Errorf("%q\nwant %q", out.String(), want)
	}
}

func TestLiveFitsTheTerminal(t *testing.T) {
	for width := 1; width < 130; width++ {
		var out strings.Builder
		c := newClock()
		l := NewLive(&out, func() int { return width })
		l.now = c.now
		l.Take(started("a\x1b[2Jlong-name-10000-5000"))
		c.pass(time.Second)
		l.Take(event.Stepped{Step: 123, Steps: 600, Splats: 3000, StepsPerSec: 12.34, ETA: 3700, DeviceBytes: 2 << 30})
		c.pass(time.Second)
		l.Take(scored(200, 31.5))
		drawn := out.String()[strings.LastIndex(out.String(), "\n")+1:]
		for _, line := range strings.Split(drawn, "\r") {
			line = strings.TrimSuffix(line, "\x1b[K")
			if n := utf8.RuneCountInString(line); n > max(0, width-1) {
				t.Fatalf("%d columns in a terminal of %d: %q", n, width, line)
			}
			if strings.Contains(line, "\x1b") {
				t.Fatalf("a name moves the cursor: %q", line)
			}
		}
		if width >= 40 && !(strings.Contains(drawn, "step 200/600") && strings.Contains(drawn, "33%") && strings.Contains(drawn, "31.50 dB")) {
			t.Errorf("in %d columns neither step nor percent nor quality: %q", width, drawn)
		}
	}
}

func TestLiveDrawsTenTimesASecondAndKeepsLines(t *testing.T) {
	var out strings.Builder
	c := newClock()
	l := NewLive(&out, func() int { return 80 })
	l.now = c.now
	l.Take(started("cat"))
	for step := range 1000 { // one second
		c.pass(time.Millisecond)
		l.Take(event.Stepped{Step: step, Steps: 1000, StepsPerSec: 1000})
	}
	if n := strings.Count(out.String(), "\r"); n < 10 || n > 12 {
		t.Errorf("drawn %d times in a second", n)
	}
	console := New(io.Discard, &out)
	console.live = l
	console.Take(event.Warned{Text: "careful"})
	l.Take(event.RunEnded{Run: "cat", Status: "done", Step: 1000, Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 1}, StoppedEarly: true})
	l.Close()
	if !strings.Contains(out.String(), "\r\x1b[Kigs: warning: careful\n") {
		t.Errorf("the warning does not stand on a line of its own: %q", out.String())
	}
	if !strings.HasSuffix(out.String(), "cat: done, stopped early, 1000 steps in 0 ms: ∞ dB, SSIM 1.0000\n") {
		t.Errorf("end: %q", out.String())
	}
}

func TestSpeed(t *testing.T) {
	if got := fmt.Sprint(speed(0.5), speed(12.34), speed(123.4)); got != "0.50 steps/s12.3 steps/s123 steps/s" {
		t.Error(got)
	}
}

func TestLiveShowsTheSweep(t *testing.T) {
	var out strings.Builder
	l := NewLive(&out, func() int { return 140 })
	c := newClock()
	l.now = c.now
	l.Take(event.RunStarted{Run: "cat", Steps: 600, From: 120, C: 3, Device: "llvmpipe"})
	if !strings.Contains(out.String(), ", continued from step 120\n") || !strings.Contains(out.String(), "step 120/600  20%") {
		t.Errorf("%q", out.String())
	}
	c.pass(time.Second)
	l.Take(event.Stepped{Step: 300, Steps: 600, StepsPerSec: 10, ETA: 30, Run: 2, Runs: 8, SweepETA: 3700})
	if last := out.String()[strings.LastIndex(out.String(), "\r"):]; !strings.HasPrefix(last, "\r█████░░░░░  2/8  cat  step 300/600  50%") || !strings.Contains(last, "ETA 30") || !strings.Contains(last, "all 1h02m") {
		t.Errorf("%q", last)
	}
	l.Take(event.RunEnded{Run: "cat", Status: "interrupted", Step: 310, Seconds: 31})
	if !strings.HasSuffix(out.String(), "cat: interrupted at step 310, after 31.0 s\n") {
		t.Errorf("%q", out.String())
	}
}

// Lines of a run at three widths: no line is wider than the terminal, with names of any script and with colours.
func TestNothingWraps(t *testing.T) {
	events := []event.Event{
		event.RunStarted{Run: "城市の夜景-10000-5000", W: 7680, H: 4320, C: 3, Splats: 10_000, Steps: 5000, Device: "llvmpipe (LLVM 15.0.6, 256 bits)", PlannedBytes: 3 << 30, Memory: "float16, recompute in bands of 128 rows"},
		event.Stepped{Step: 10, Steps: 5000, Splats: 6000, StepsPerSec: 0.31, ETA: 86_000, Run: 11, Runs: 12, SweepETA: 1e6, DeviceBytes: 3 << 30},
		event.Estimated{Run: "城市の夜景-10000-5000", Seconds: 86_000, SweepSeconds: 1e6, Runs: 12},
		scored(4321, 31.5),
		event.Stepped{Step: 4321, Steps: 5000, Splats: 10_000, StepsPerSec: 0.31, ETA: 2200, Run: 11, Runs: 12, SweepETA: 1e6, DeviceBytes: 3 << 30},
		event.Scoring{Run: "城市の夜景-10000-5000", Row: 43, Rows: 4320, ETA: 22, SweepETA: 1e6},
		event.Assembling{Run: "城市の夜景-10000-5000", Frame: 43, Frames: 101, ETA: 22, SweepETA: 1e6},
		event.RunEnded{Run: "城市の夜景-10000-5000", Status: "done", Step: 5000, Scores: metric.Scores{PSNR: 31.5, SSIM: 0.9}, Seconds: 86_000, StoppedEarly: true},
	}
	for _, columns := range []int{40, 80, 200} {
		for _, colour := range []bool{false, true} {
			var out strings.Builder
			c := newClock()
			l := NewLive(&out, func() int { return columns })
			l.now, l.colour = c.now, colour
			for _, e := range events {
				c.pass(time.Second)
				l.Take(e)
			}
			text := out.String()
			if strings.Contains(plain(text), "\x1b[3") || strings.Contains(text, "\x1b[32m31.50 dB\x1b[0m") != colour {
				t.Errorf("colours %v: %q", colour, text)
			}
			drawn := strings.FieldsFunc(strings.ReplaceAll(plain(text), "\x1b[K", ""), func(r rune) bool { return r == '\n' || r == '\r' })
			trained, last := "", ""
			for _, line := range drawn {
				if n := columnsOf(line); n >= columns {
					t.Errorf("%d columns in a terminal of %d: %q", n, columns, line)
				}
				if strings.Contains(line, "%") {
					last = line
				}
				if strings.Contains(line, "86%") {
					trained = line
				}
			}
			if !strings.Contains(trained, "31.50 dB") || !strings.Contains(trained, "ETA 36m40s") || strings.Contains(trained, "step 4321/5000") != (columns > 40) {
				t.Errorf("in %d columns: %q", columns, trained)
			}
			if !strings.Contains(last, "42%") || !strings.Contains(last, "31.50 dB") || !strings.Contains(last, "ETA 22 s") || strings.Contains(last, "█") != (columns > 40) {
				t.Errorf("in %d columns: %q", columns, last)
			}
			if want := "takes about 23h53m"; !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
				t.Errorf("%q lacks %q", text, want)
			}
		}
	}
}

// Each slot has a line, of the run that began last in it. Lines that stay come above all of them.
func TestLiveShowsEachSlot(t *testing.T) {
	var out strings.Builder
	l := NewLive(&out, func() int { return 80 })
	c := newClock()
	l.now = c.now
	take := func(run string, slot int, e event.Event) {
		c.pass(time.Second)
		l.Take(event.OfRun{Run: run, Slot: slot, Slots: 2, Device: fmt.Sprintf("%d: card", slot), Event: e})
	}
	take("a", 0, event.RunStarted{Run: "a", Steps: 10})
	take("b", 1, event.RunStarted{Run: "b", Steps: 10})
	take("c", 0, event.RunStarted{Run: "c", Steps: 10})
	take("c", 0, event.Stepped{Step: 5, Steps: 10})
	take("a", 0, event.Scoring{Run: "a", Row: 1, Rows: 2}) // its files are written
	if last := out.String()[strings.LastIndex(out.String(), "\r"):]; last != "\r\x1b[1A\x1b[J█████░░░░░  0: card  c  step 5/10  50%  0 B\x1b[K\n░░░░░░░░░░  1: card  b  step 0/10  0%  0 B\x1b[K" {
		t.Errorf("%q", last)
	}
	out.Reset()
	take("a", 0, event.RunEnded{Run: "a", Status: "done", Step: 10})
	if text := out.String(); !strings.HasPrefix(text, "\r\x1b[1A\x1b[J\x1b[Ka: done") {
		t.Errorf("%q", text)
	}
	take("c", 0, event.RunEnded{Run: "c", Status: "done", Step: 10})
	out.Reset()
	take("b", 1, event.Stepped{Step: 5, Steps: 10})
	if text := out.String(); text != "\r█████░░░░░  1: card  b  step 5/10  50%  0 B\x1b[K" {
		t.Errorf("%q", text)
	}
}
