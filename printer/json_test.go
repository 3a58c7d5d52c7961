package printer

import (
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"igs/event"
	"igs/metric"
)

func TestJSONLines(t *testing.T) {
	var out strings.Builder
	c := New(&out, io.Discard)
	c.JSON = true
	for _, e := range []event.Event{
		event.RunStarted{Run: "a \"b\"\n", W: 1}, event.Stepped{Step: 1}, event.Evaluated{Step: 5, Scores: metric.Scores{PSNR: math.Inf(1), SSIM: math.NaN()}, TotalLoss: 0.25},
		event.Densified{Added: 3}, event.Saved{Kind: "model"}, event.Warned{Text: "x"}, event.RunEnded{Status: "done"},
		event.CorpusAdvanced{Done: 3, Pictures: 4, PerHour: 1800, ETA: 2, Written: true},
	} {
		c.Take(e)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	names := []string{"run_started", "evaluated", "densified", "saved", "warned", "run_ended", "corpus"}
	if len(lines) != len(names) {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, `{"event":"`+names[i]+`"`) {
			t.Errorf("line %d: %s", i, line)
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(line), &object); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	var row map[string]any
	json.Unmarshal([]byte(lines[1]), &row)
	if row["psnr"] != nil || row["ssim"] != nil || row["total_loss"] != 0.25 || row["step"] != 5.0 {
		t.Errorf("%v", row)
	}
	if !strings.Contains(lines[6], `"pictures_per_hour":1800,"eta_seconds":2,`) {
		t.Error(lines[6])
	}
	if strings.Contains(lines[5], `"error"`) {
		t.Errorf("an error where there was none: %s", lines[5])
	}
}

// Every object between the begin and the end of a run names it, and progress has the time that is left.
func TestObjectsNameTheirRun(t *testing.T) {
	var out strings.Builder
	c := New(&out, io.Discard)
	if err := c.Set(Modes{JSON: true, Objects: true, Progress: "none", LogFormat: "text"}); err != nil {
		t.Fatal(err)
	}
	c.Hints = func(hint string) string { return "flags for " + hint }
	for _, e := range []event.Event{
		event.RunStarted{Run: "cat", Steps: 10}, event.Stepped{Step: 1, Steps: 10, ETA: 1e6, SweepETA: 2e6, Run: 1, Runs: 3}, event.Estimated{Run: "cat", Seconds: 9}, event.Evaluated{Step: 5},
		event.Densified{Added: 3}, event.Rescaled{}, event.Checkpointed{}, event.Saved{Kind: "model"}, event.Warned{Text: "x", Hint: "y"}, event.Assembling{Run: "cat", Frame: 1, Frames: 2},
	} {
		c.Take(event.OfRun{Run: "cat", Device: "a card", Event: e})
	}
	c.beat.runs[0].printed = time.Time{}
	c.tick()
	c.beat.runs[0].printed = time.Time{}
	c.Take(event.OfRun{Run: "cat", Event: event.RunEnded{Run: "cat"}}) // after it there is no progress
	c.Take(event.Saved{})
	c.Take(event.Warned{Text: "of no run"})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines[:len(lines)-2] {
		if !strings.Contains(line, `"run":"cat"`) {
			t.Errorf("no run in %s", line)
		}
	}
	if last := lines[len(lines)-1]; last != `{"event":"warned","text":"of no run"}` {
		t.Error(last)
	}
	for _, want := range []string{`"event":"progress","run":"cat","phase":"training","done":0,"all":10`, `"phase":"video","done":1,"all":2`, `"hint":"flags for y"`} {
		if strings.Count(out.String(), want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, out.String())
		}
	}
}

// Progress comes at least every five seconds, also when no event does, and counts down meanwhile.
func TestProgressObjects(t *testing.T) {
	c := newClock()
	o := &progressObjects{}
	o.take(event.RunStarted{Run: "cat", Steps: 10}, c.now())
	o.take(event.Stepped{Step: 3, Steps: 10, ETA: 100, SweepETA: 200}, c.now())
	var etas []float64
	for range 20 {
		c.pass(tick)
		o.dueAt(c.now(), func(found Object) { etas = append(etas, found.(progressObject).ETA) })
	}
	if !slices.Equal(etas, []float64{99, 95, 91, 87, 83}) {
		t.Errorf("%g", etas)
	}
}
