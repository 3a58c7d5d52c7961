package session

import (
	"path/filepath"
	"testing"

	"igs/event"
)

// A process may end at once when no step is lost: before the first step, after a checkpoint, and between runs.
func TestProgress(t *testing.T) {
	var p Progress
	checkpoint := filepath.Join("out", "s", "a-1-9", "checkpoints", "latest.safetensors")
	for i, c := range []struct {
		run  string
		e    event.Event
		safe bool
		dir  string
	}{
		{"", event.Detailed{}, true, ""},
		{"a", event.RunStarted{Run: "a-1-9"}, true, ""},
		{"a", event.Stepped{Step: 1}, false, ""},
		{"a", event.Checkpointed{Step: 1, Path: checkpoint}, true, filepath.Join("out", "s")},
		{"a", event.Stepped{Step: 9}, false, filepath.Join("out", "s")},
		{"a", event.Checkpointed{Step: 9, Path: checkpoint}, true, filepath.Join("out", "s")},
		{"a", event.RunEnded{Run: "a-1-9"}, true, filepath.Join("out", "s")},
		{"b", event.RunStarted{Run: "b-1-9", From: 5}, true, filepath.Join("out", "s")},
		{"b", event.Stepped{Step: 6}, false, filepath.Join("out", "s")},
		{"c", event.RunStarted{Run: "c-1-9"}, false, filepath.Join("out", "s")},
		{"c", event.Checkpointed{Step: 1, Path: checkpoint}, false, filepath.Join("out", "s")},
		{"b", event.Checkpointed{Step: 6, Path: checkpoint}, true, filepath.Join("out", "s")},
		{"c", event.Stepped{Step: 2}, false, filepath.Join("out", "s")},
		{"b", event.RunEnded{Run: "b-1-9"}, false, filepath.Join("out", "s")},
	} {
		p.Take(event.OfRun{Run: c.run, Event: c.e})
		if _, dir, ok := p.Safe(); ok != c.safe || dir != c.dir {
			t.Errorf("after event %d (%T): safe %v in %q", i, c.e, ok, dir)
		}
	}
}
