package igs

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"igs/vk/vktest"
)

// The first program of docs/library.md has at most 20 lines and turns a folder of pictures into models.
func TestProgramOfTheDocs(t *testing.T) {
	vktest.Long(t)
	testDevice(t) // skips the test if there is no device
	page, err := os.ReadFile(filepath.Join("docs", "library.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(page), "```go\npackage main")
	program, _, ended := strings.Cut(program, "```")
	if !found || !ended {
		t.Fatal("docs/library.md has no program")
	}
	if _, body, _ := strings.Cut(program, "func main"); strings.Count(body, "\n") > 20 {
		t.Errorf("it has %d lines", strings.Count(body, "\n"))
	}
	dir := t.TempDir()
	source, binary := filepath.Join(dir, "main.go"), filepath.Join(dir, "folder.exe")
	if err := os.WriteFile(source, []byte("package main"+program), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", binary, source).CombinedOutput(); err != nil {
		t.Fatalf("it does not build: %v\n%s", err, out)
	}
	pictures := map[string]image.Image{"disc.png": disc(32, 24), "deep.png": deep(28, 20)}
	for name, img := range pictures {
		write(t, filepath.Join(dir, name), img)
	}
	if out, err := exec.Command(binary, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, img := range pictures {
		m, err := Load(filepath.Join(dir, name+".igsm"))
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Size(); s.W != img.Bounds().Dx() || s.H != img.Bounds().Dy() || m.Splats() != 500 {
			t.Errorf("%s: %v", name, m)
		}
	}
	if _, err := exec.Command(binary, filepath.Join(dir, "[")).CombinedOutput(); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
}
