package printer

import (
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"

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
	} {
		c.Take(e)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	names := []string{"run_started", "evaluated", "densified", "saved", "warned", "run_ended"}
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
	if strings.Contains(lines[5], `"error"`) {
		t.Errorf("an error where there was none: %s", lines[5])
	}
}
