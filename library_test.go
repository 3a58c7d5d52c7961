package igs_test

import (
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/disintegration/imaging"

	"igs"
	"igs/vk/vktest"
)

// The first program of docs/library.md has at most 20 lines and turns a folder of pictures into models. It is that of
// program_test.go, which Go builds with the tests: a program of its own would take seconds to link.
func TestProgramOfTheDocs(t *testing.T) {
	vktest.Long(t)
	vktest.OpenPlain(t) // skips the test if there is no device
	page, err := os.ReadFile(filepath.Join("docs", "library.md"))
	if err != nil {
		t.Fatal(err)
	}
	tested, err := os.ReadFile("program_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, written, _ := strings.Cut(string(page), "```go\n")
	written, _, ended := strings.Cut(written, "```")
	if !ended || strings.NewReplacer("package igs_test", "package main", "func program()", "func main()").Replace(string(tested)) != written {
		t.Error("the first program of docs/library.md is another one than that of program_test.go")
	}
	if _, body, _ := strings.Cut(written, "func main"); strings.Count(body, "\n") > 20 {
		t.Errorf("it has %d lines", strings.Count(body, "\n"))
	}
	dir := t.TempDir()
	pictures := map[string]draw.Image{"photo.png": image.NewRGBA(image.Rect(0, 0, 32, 24)), "deep.png": image.NewGray16(image.Rect(0, 0, 28, 20))}
	for name, img := range pictures {
		for i := range 300 {
			img.Set(i%img.Bounds().Dx(), i*i/500, color.Gray16{Y: uint16(200 * i)})
		}
		if err := imaging.Save(img, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	before := os.Args
	defer func() { os.Args = before }()
	os.Args = []string{"program", dir}
	program()
	for name, img := range pictures {
		m, err := igs.Load(filepath.Join(dir, name+".igsm"))
		if err != nil {
			t.Fatal(err)
		}
		if s := m.Size(); s.W != img.Bounds().Dx() || s.H != img.Bounds().Dy() || m.Splats() != 500 {
			t.Errorf("%s: %v", name, m)
		}
	}
	os.Args[1] = filepath.Join(dir, "[") // an empty folder
	program()
}
