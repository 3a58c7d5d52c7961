package session

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/record"
	"igs/splat"
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
func TestFindModel(t *testing.T) {
	out := sessionsFixture(t)
	for path, want := range map[string]string{
		"session_1/one/model.igsm": "session_1/one/model.igsm",
		"session_1/one":            "session_1/one/model.igsm",
		"session_1":                "session_1/one/model.igsm",
		"session_2/b":              "session_2/b/model.igsm",
		"nothing.igsm":             "nothing.igsm", // its reader has the better message
	} {
		if got, err := FindModel(filepath.Join(out, path)); got != filepath.Join(out, want) {
			t.Errorf("%s: %s, %v; want %s", path, got, err, want)
		}
	}
	for path, want := range map[string]string{
		"session_2":   "name one of them: " + filepath.Join(out, "session_2/a/model.igsm") + ", " + filepath.Join(out, "session_2/b/model.igsm"),
		"session_2/c": "igs resume ",
		"..":          "name a model, or the folder of a run",
	} {
		_, err := FindModel(filepath.Join(out, path))
		if fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), want) {
			t.Errorf("%s: %v, hint %q; want %q", path, err, fault.Hint(err), want)
		}
	}
}

// A folder that holds sessions is not one of them, so the error lists them with their status.
func TestFindSession(t *testing.T) {
	out := sessionsFixture(t)
	for _, path := range []string{"session_1", "session_2/c", "nowhere"} {
		if got, err := FindSession("resume", filepath.Join(out, path)); err != nil || got != filepath.Join(out, path) {
			t.Errorf("%s: %s, %v", path, got, err)
		}
	}
	_, err := FindSession("resume", out)
	want := "igs resume DIR; DIR is one of " + filepath.Join(out, "session_1") + " (done), " + filepath.Join(out, "session_2") + " (interrupted)"
	if fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), "holds 2 sessions") || !strings.Contains(fault.Hint(err), want) {
		t.Errorf("%v, hint %q, want %q", err, fault.Hint(err), want)
	}
	if got, only, err := Find(filepath.Join(out, "session_2/c")); filepath.Clean(got) != filepath.Join(out, "session_2") || only != "c" || err != nil {
		t.Errorf("the session of a run is %s, the run %s, %v", got, only, err)
	}
}

// In flat layout the models of a session lie beside each other.
func TestModelsInFlatLayout(t *testing.T) {
	dir := t.TempDir()
	s := record.Session{Layout: record.Flat, Status: record.Done, Runs: []record.Entry{{Name: "a", Status: record.Done}, {Name: "sub/b", Status: record.Waiting}}}
	if err := s.Write(dir); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.igsm")
	m := &splat.Model{Splats: splat.Random(rand.New(rand.NewPCG(1, 1)), 5, 3), W: 8, H: 8, TopK: 10, Gamma: 1, Layers: splat.Plain(3, 8), Bits: splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16}}
	if err := splat.Save(path, m); err != nil {
		t.Fatal(err)
	}
	if got, err := FindModel(dir); got != path || err != nil {
		t.Errorf("the model is %s, %v", got, err)
	}
	if items, err := ViewerItems(dir); err != nil || len(items) != 1 || items[0].Name != "a" || items[0].Model != path {
		t.Errorf("the page shows %v, %v", items, err)
	}
}
