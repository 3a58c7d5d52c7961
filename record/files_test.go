//go:build unix

package record

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"
)

// folderOf makes a folder of files. The content of each file is its name.
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

// The hash of a file is that of sha256sum.
func TestHashOfAFile(t *testing.T) {
	_, paths := folderOf(t, "a.png")
	sum := sha256.Sum256([]byte("a.png"))
	want := File{5, hex.EncodeToString(sum[:])}
	if got, err := Hash(paths[0]); err != nil || got != want {
		t.Errorf("%v, %v", got, err)
	}
}
