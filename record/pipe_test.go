//go:build unix

package record

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A file that is not regular gives an error at once. Reading a pipe without a writer would never end.
func TestHashOfNoFile(t *testing.T) {
	dir, _ := folderOf(t, "a.png")
	pipe, link := filepath.Join(dir, "pipe.png"), filepath.Join(dir, "link.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", link); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, link, filepath.Join(dir, "none.png")} {
		failed := make(chan error, 1)
		go func() {
			_, err := Hash(path)
			failed <- err
		}()
		select {
		case err := <-failed:
			if err == nil || strings.Count(err.Error(), path) != 1 {
				t.Errorf("%s: %v", path, err)
			}
		case <-time.After(5 * time.Second):
			t.Errorf("%s: still being read", path)
		}
	}
	if _, err := Hash(dir); err == nil {
		t.Error("a folder has a hash")
	}
}
