package configs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// layoutFolder has n files with names of pictures, and a list of two of them.
func layoutFolder(t *testing.T, n int) (folder, list string) {
	t.Helper()
	folder = t.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("p%02d.PNG", i)), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	list = filepath.Join(folder, "list.txt")
	if err := os.WriteFile(list, []byte("# two\np01.PNG\n\n"+filepath.Join(folder, "p00.PNG")+"\r\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	return folder, list
}

// A folder with more pictures than a stack can have and a list file give a flat layout; a stack gives one run.
func TestLayoutOfFolders(t *testing.T) {
	many, list := layoutFolder(t, 13)
	few, _ := layoutFolder(t, 12)
	for _, c := range []struct {
		entry, layout string
		flat          bool
		runs          int
	}{
		{many, "auto", true, 13}, {few, "auto", false, 1}, {few, "flat", true, 12}, {many, "runs", false, 1}, {list, "auto", true, 2}, {list, "runs", false, 2},
	} {
		job := Default()
		if err := Gather(job.SetImages([]string{c.entry}, "test"), job.Set("output.layout", c.layout, "test")); err != nil {
			t.Fatal(err)
		}
		runs, err := job.Runs()
		if err != nil || len(runs) != c.runs || job.Flat() != c.flat {
			t.Errorf("%s %s: %d runs, flat %v, %v", filepath.Base(c.entry), c.layout, len(runs), job.Flat(), err)
		}
	}
	job := Default()
	job.SetImages([]string{list}, "test")
	if runs, _ := job.Runs(); len(runs) != 2 || !slices.Equal([]string{runs[0].Image, runs[1].Image}, []string{filepath.Join(many, "p01.PNG"), filepath.Join(many, "p00.PNG")}) {
		t.Errorf("the list gives %v", runs)
	}
}

// A folder without pictures, an empty list, and settings that a flat layout does not read are mistakes.
func TestLayoutMistakes(t *testing.T) {
	_, list := layoutFolder(t, 2)
	os.WriteFile(list, []byte("# nothing\n"), 0o666)
	for entry, want := range map[string]string{t.TempDir(): "folder without pictures", list: "names no picture"} {
		job := Default()
		if err := Gather(job.SetImages([]string{entry}, "test"), job.Set("output.layout", "flat", "test")); err != nil {
			t.Fatal(err)
		}
		if _, err := job.Runs(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	job := Default()
	if err := Gather(job.Set("output.layout", "flat", "test"), job.Set("video.enabled", "true", "test")); err != nil {
		t.Fatal(err)
	}
	if err := job.Check(); err == nil || !strings.Contains(err.Error(), "output.layout runs") {
		t.Errorf("a video in flat layout: %v", err)
	}
}
