package wholefile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The file exists at every moment, even after the process is killed between two system calls.
func TestReplacedFileIsNeverMissing(t *testing.T) {
	dir := t.TempDir()
	path, previous := filepath.Join(dir, "latest"), filepath.Join(dir, "previous")
	if err := Replace(path, previous, []byte("0")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(previous); err == nil {
		t.Error("a generation before the first")
	}
	stop, missing := make(chan bool), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-stop:
				missing <- n
				return
			default:
			}
			if _, err := os.Stat(path); err != nil {
				n++
			}
		}
	}()
	for i := 1; i <= 200; i++ {
		if err := Replace(path, previous, fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{path: fmt.Sprint(i), previous: fmt.Sprint(i - 1)} {
			if got, err := os.ReadFile(name); err != nil || string(got) != want {
				t.Fatalf("%s holds %q, want %q (%v)", name, got, want, err)
			}
		}
	}
	close(stop)
	if n := <-missing; n > 0 {
		t.Errorf("missing at %d looks", n)
	}
	// A killed process may leave two names of one file. The next write separates them.
	os.Remove(previous)
	if err := os.Link(path, previous); err != nil {
		t.Skip("no hard links here")
	}
	if err := Replace(path, previous, []byte("after")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(previous); string(got) != "200" {
		t.Errorf("previous holds %q, want what latest was", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".igs-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
