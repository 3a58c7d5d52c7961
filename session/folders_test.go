package session

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"igs/configs"
	"igs/internal/fault"
)

func TestSessionsThatStartAtOnceShareNoFolder(t *testing.T) {
	out := configs.Output{Dir: filepath.Join(t.TempDir(), "a", "b"), Exists: "error"}
	if err := os.MkdirAll(filepath.Join(out.Dir, "session_7"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"session_x", "session_2", "session_-3", "other"} {
		if err := os.Mkdir(filepath.Join(out.Dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	dirs := make([]string, 20)
	var wg sync.WaitGroup
	for i := range dirs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var err error
			if dirs[i], _, err = sessionFolder(out, func(dir string) error {
				return os.WriteFile(filepath.Join(dir, "file"), nil, 0o666)
			}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, d := range dirs {
		if seen[d] {
			t.Errorf("%s was given twice", d)
		}
		seen[d] = true
	}
	for n := 8; n < 28; n++ {
		if dir := filepath.Join(out.Dir, "session_"+strconv.Itoa(n)); !seen[dir] {
			t.Errorf("%s was passed over", dir)
		}
	}
}

func TestCheckPlaceLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := CheckPlace(configs.Output{Dir: filepath.Join(dir, "x", "y"), Session: "s", Exists: "error"}); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{file, filepath.Join(file, "x")} {
		if err := CheckPlace(configs.Output{Dir: place}); fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
			t.Errorf("%s: %v", place, err)
		}
	}
	if err := CheckPlace(configs.Output{Dir: dir, Session: "file", Exists: "overwrite"}); fault.Code(err) != fault.OutputExists {
		t.Errorf("a file in the place of the session: %v", err)
	}
}
