package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/record"
)

// sessionsFixture makes out/session_1 with the finished run one, and out/session_2 with the finished runs a and b and
// the interrupted run c.
func sessionsFixture(t *testing.T) (out string) {
	t.Helper()
	out = filepath.Join(t.TempDir(), "out")
	for session, runs := range map[string][]string{"session_1": {"one"}, "session_2": {"a", "b", "c"}} {
		dir := filepath.Join(out, session)
		s := record.Session{Status: record.Done}
		for _, name := range runs {
			run := filepath.Join(dir, name)
			if err := os.MkdirAll(run, 0o777); err != nil {
				t.Fatal(err)
			}
			r := record.Run{Name: name, Status: record.Done}
			if name == "c" {
				r.Status, s.Status = record.Interrupted, record.Interrupted
			} else if err := os.WriteFile(filepath.Join(run, record.ModelFile), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := r.Write(run); err != nil {
				t.Fatal(err)
			}
			s.Runs = append(s.Runs, record.Entry{Name: name, Status: r.Status})
		}
		if err := s.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Where a model is wanted, the folder of a run or of a session with one model does as well.
func TestModelFile(t *testing.T) {
	out := sessionsFixture(t)
	for path, want := range map[string]string{
		"session_1/one/model.igsm": "session_1/one/model.igsm",
		"session_1/one":            "session_1/one/model.igsm",
		"session_1":                "session_1/one/model.igsm",
		"session_2/b":              "session_2/b/model.igsm",
		"nothing.igsm":             "nothing.igsm", // its reader has the better message
	} {
		if got, err := modelFile(filepath.Join(out, path)); got != filepath.Join(out, want) {
			t.Errorf("%s: %s, %v; want %s", path, got, err, want)
		}
	}
	for path, want := range map[string]string{
		"session_2":   "name one of them: " + filepath.Join(out, "session_2/a/model.igsm") + ", " + filepath.Join(out, "session_2/b/model.igsm"),
		"session_2/c": "igs resume ",
		"..":          "name a model, or the folder of a run",
	} {
		_, err := modelFile(filepath.Join(out, path))
		if fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), want) {
			t.Errorf("%s: %v, hint %q; want %q", path, err, fault.Hint(err), want)
		}
	}
}

// A folder that holds sessions is not one of them, so the error lists them with their status.
func TestSessionOf(t *testing.T) {
	out := sessionsFixture(t)
	for _, path := range []string{"session_1", "session_2/c", "nowhere"} {
		if got, err := sessionOf("resume", filepath.Join(out, path)); err != nil || got != filepath.Join(out, path) {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	_, err := sessionOf("resume", out)
	want := "igs resume DIR; DIR is one of " + filepath.Join(out, "session_1") + " (done), " + filepath.Join(out, "session_2") + " (interrupted)"
	if fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "holds 2 sessions") || !strings.Contains(fault.Hint(err), want) {
		t.Errorf("%v, hint %q, want %q", err, fault.Hint(err), want)
	}
	if got := aboveRun(filepath.Join(out, "session_2/c")); filepath.Clean(got) != filepath.Join(out, "session_2") || aboveRun(out) != out {
		t.Errorf("the session of a run is %s", got)
	}
}
