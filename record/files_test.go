//go:build unix

package record

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// folderOf makes a folder of files that hold their names.
func folderOf(t *testing.T, names ...string) (dir string, paths []string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return dir, paths
}

// One file has the hash that sha256sum shows.
func TestHashOfAFile(t *testing.T) {
	_, paths := folderOf(t, "a.png")
	sum := sha256.Sum256([]byte("a.png"))
	want := File{5, hex.EncodeToString(sum[:])}
	if got, err := Hash(paths[0]); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := HashAll(paths); err != nil || got != want {
		t.Errorf("alone in a list: %v, %v", got, err)
	}
}

// The hash of several changes with the content, the name and the order of each, and with nothing else in their folder.
func TestHashOfSeveral(t *testing.T) {
	dir, paths := folderOf(t, "a.png", "b.png")
	hash := func(paths ...string) File {
		t.Helper()
		f, err := HashAll(paths)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := hash(paths...)
	if before.Bytes != 10 {
		t.Errorf("%d bytes", before.Bytes)
	}
	for _, name := range []string{"notes.txt", "Thumbs.db"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if after := hash(paths...); after != before {
		t.Error("other files of the folder count")
	}
	if after := hash(paths[1], paths[0]); after == before {
		t.Error("the order does not count")
	}
	moved := filepath.Join(dir, "c.png")
	if err := os.Rename(paths[1], moved); err != nil {
		t.Fatal(err)
	}
	if after := hash(paths[0], moved); after == before {
		t.Error("the name does not count")
	}
	if err := os.WriteFile(moved, []byte("C"), 0o600); err != nil {
		t.Fatal(err)
	}
	renamed := hash(paths[0], moved)
	if err := os.Rename(moved, paths[1]); err != nil {
		t.Fatal(err)
	}
	if after := hash(paths...); after == before || after == renamed {
		t.Error("the content does not count")
	}
}
