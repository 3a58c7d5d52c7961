package terminal

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFileIsNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if Is(f) || Colour(f, false) {
		t.Error("a file counts as a terminal")
	}
	if w := Width(f); w != usual {
		t.Errorf("a file of %d columns", w)
	}
}
