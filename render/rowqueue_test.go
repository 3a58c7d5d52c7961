package render

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"igs/imageio"
	"igs/splat"
)

// pushed gives the rows of a picture one by one, in the memory of a single row, as rendering does.
func pushed(m *imageio.Image) Rows {
	return func(take func(y int, row [][]float32) error) error {
		row := make([][]float32, m.C)
		for c := range row {
			row[c] = make([]float32, m.W)
		}
		for y := range m.H {
			for c := range row {
				copy(row[c], m.Plane(c)[y*m.W:])
			}
			if err := take(y, row); err != nil {
				return err
			}
		}
		return nil
	}
}

func steps(w, h int) *imageio.Image {
	m := imageio.New(w, h, 3)
	for i := range m.Pix {
		m.Pix[i] = float32(i%256) / 255
	}
	return m
}

// writeFile writes one file with all channels.
func writeFile(path string, s imageio.Spec, rows Rows) (drawing, writing error) {
	return WriteFiles([]OutputFile{{Path: path, Spec: s}}, rows)
}

func TestWriteFileWindow(t *testing.T) {
	m := steps(50, 40)
	for _, a := range []Window{{0, 0, 50, 40}, {1, 2, 30, 20}, {49, 39, 1, 1}, {0, 39, 50, 1}} {
		path := filepath.Join(t.TempDir(), "out.png")
		if drawing, writing := writeFile(path, imageio.Spec{W: a.W, H: a.H, C: 3, Depth: 8}, a.Of(pushed(m))); drawing != nil || writing != nil {
			t.Fatal(drawing, writing)
		}
		got, err := imageio.ReadFloats(path, imageio.Options{})
		if err != nil || got.W != a.W || got.H != a.H {
			t.Fatalf("%+v: %v", a, err)
		}
		for c := range 3 {
			for y := range a.H {
				for x := range a.W {
					if got.At(c, y, x) != m.At(c, y+a.Y, x+a.X) {
						t.Fatalf("%+v: channel %d, row %d, column %d is %v", a, c, y, x, got.At(c, y, x))
					}
				}
			}
		}
	}
}

// An error of the rows and an error of a file are returned apart, because they have different hints and exit codes.
// After either of them the source of rows stops.
func TestWriteFileTellsWhoFailed(t *testing.T) {
	lost := errors.New("device lost")
	ended := 0
	source := func(last int) Rows {
		return func(take func(y int, row [][]float32) error) error {
			defer func() { ended++ }()
			return pushed(steps(50, 40))(func(y int, row [][]float32) error {
				if y == last {
					return lost
				}
				return take(y, row)
			})
		}
	}
	path := filepath.Join(t.TempDir(), "out.png")
	if drawing, writing := writeFile(path, imageio.Spec{W: 50, H: 40, C: 3, Depth: 8}, source(7)); !errors.Is(drawing, lost) || writing != nil {
		t.Errorf("the source failed: %v, %v", drawing, writing)
	}
	if drawing, writing := writeFile(filepath.Join(path, "absent", "out.png"), imageio.Spec{W: 50, H: 40, C: 3, Depth: 8}, source(-1)); drawing != nil || writing == nil {
		t.Errorf("the file failed: %v, %v", drawing, writing)
	}
	if drawing, writing := writeFile(path, imageio.Spec{W: 50, H: 10, C: 3, Depth: 8}, source(-1)); drawing != nil || writing != nil || ended != 3 {
		t.Errorf("part of the rows: %v, %v; %d sources ended", drawing, writing, ended)
	}
}

// One pass writes three files. When one of them cannot be written, no file is left.
func TestWriteFiles(t *testing.T) {
	m, dir := steps(50, 40), t.TempDir()
	spec := func(c int) imageio.Spec { return imageio.Spec{W: 50, H: 40, C: c, Depth: 8} }
	passes := 0
	source := func(take func(y int, row [][]float32) error) error {
		passes++
		return pushed(m)(take)
	}
	files := []OutputFile{{Path: filepath.Join(dir, "all.png"), Spec: spec(3)}, {Path: filepath.Join(dir, "last.png"), Spec: spec(1), First: 2}, {Path: filepath.Join(dir, "first.tif"), Spec: spec(1)}}
	files[1].Thumbnail, files[1].Width = filepath.Join(dir, "small.png"), 25
	if drawing, writing := WriteFiles(files, source); drawing != nil || writing != nil || passes != 1 {
		t.Fatal(drawing, writing, passes)
	}
	if small, err := imageio.ReadSize(files[1].Thumbnail); err != nil || small.W != 25 || small.H != 20 || small.C != 1 {
		t.Errorf("a thumbnail of %+v, %v", small, err)
	}
	for _, k := range []struct {
		name     string
		channels []int
	}{{"all.png", []int{0, 1, 2}}, {"last.png", []int{2}}} {
		got, err := imageio.ReadFloats(filepath.Join(dir, k.name), imageio.Options{})
		if err != nil || got.C != len(k.channels) {
			t.Fatalf("%s: %v", k.name, err)
		}
		for c, from := range k.channels {
			if !slices.Equal(got.Plane(c), m.Plane(from)) {
				t.Errorf("%s: channel %d is not channel %d of the drawing", k.name, c, from)
			}
		}
	}
	empty := t.TempDir()
	for i := range files {
		files[i].Path = filepath.Join(empty, filepath.Base(files[i].Path))
	}
	files[1].Path, files[1].Thumbnail = filepath.Join(empty, "absent", "b.png"), filepath.Join(empty, "small.png")
	for i := range files { // more than what waits for an encoder, so that the failure is seen under way
		files[i].Spec.W, files[i].Spec.H = 500, 50_000
	}
	m = steps(500, 1000)
	rows := 0
	endless := func(take func(y int, row [][]float32) error) error {
		for {
			if err := pushed(m)(func(y int, row [][]float32) error { rows++; return take(y, row) }); err != nil {
				return err
			}
		}
	}
	if drawing, writing := WriteFiles(files, endless); drawing != nil || writing == nil || rows > 49_000 {
		t.Errorf("%v, %v after %d rows", drawing, writing, rows)
	}
	if left, _ := os.ReadDir(empty); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The last of three files fails at its end, or the rows do: the new files are removed, and files from before stay.
func TestWriteFilesTakesBack(t *testing.T) {
	lost := errors.New("device lost")
	for _, lose := range []error{nil, lost} {
		dir := t.TempDir()
		path := func(name string) string { return filepath.Join(dir, name) }
		if err := os.WriteFile(path("old.png"), []byte("old"), 0o666); err != nil {
			t.Fatal(err)
		}
		spec := imageio.Spec{W: 50, H: 400, C: 1, Depth: 8}
		files := []OutputFile{{Path: path("new.png"), Spec: spec}, {Path: path("old.png"), Spec: spec}, {Path: path("blocked.png"), Spec: spec}}
		drawing, writing := WriteFiles(files, func(take func(y int, row [][]float32) error) error {
			err := pushed(steps(50, 400))(func(y int, row [][]float32) error {
				if y == 300 && lose == nil { // the encoder is at work by now
					if err := os.MkdirAll(path("blocked.png/full"), 0o777); err != nil {
						return err
					}
				}
				return take(y, row)
			})
			return errors.Join(err, lose)
		})
		if !errors.Is(drawing, lose) || (writing == nil) != (lose != nil) {
			t.Fatal(drawing, writing)
		}
		if _, err := os.Stat(path("new.png")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("new.png: %v", err)
		}
		if _, err := imageio.ReadSize(path("old.png")); err != nil {
			t.Errorf("old.png: %v", err)
		}
	}
}

func TestErrorRows(t *testing.T) {
	render := steps(9, 2)
	target := render.Clone()
	target.Pix[0] += 26.0 / 255
	target.Pix[1] += 200.0 / 255
	target.Pix[20] -= 20.0 / 255
	at := 0
	err := Errors(pushed(render), target.Samples(8), 1)(func(y int, row [][]float32) error {
		if y != at {
			t.Errorf("row %d, want %d", y, at)
		}
		at++
		for c, line := range row {
			for x, v := range line {
				want := map[int]float32{0: 104.0 / 255, 1: 1, 20: 80.0 / 255}[(c*2+y)*9+x]
				if v < want-1e-5 || v > want+1e-5 {
					t.Errorf("channel %d, row %d, column %d is %v, want %v", c, y, x, v, want)
				}
			}
		}
		return nil
	})
	if err != nil || at != 2 {
		t.Errorf("%d rows, %v", at, err)
	}
}

// A model with floats from 0 to 4 and a picture with floats from 0 to 2 are compared by value, not by range.
func TestErrorOfOtherRanges(t *testing.T) {
	rendered, target := steps(9, 2), steps(9, 2)
	for i := range target.Pix {
		target.Pix[i] = min(1, 2*rendered.Pix[i])
	}
	layers := func(high float32) []imageio.Layer { return []imageio.Layer{{C: 3, Depth: 32, High: high}} }
	samples := target.Samples(16)
	samples.Layers = layers(2)
	r := &View{Model: &splat.Model{Layers: layers(4)}, Target: samples}
	err := r.compared(pushed(rendered))(func(y int, row [][]float32) error {
		for c, line := range row {
			for x, v := range line {
				if v > 1e-3 {
					t.Errorf("channel %d, row %d, column %d is %v", c, y, x, v)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// A file without a path is only a thumbnail. When the rows fail, it is taken back.
func TestThumbnailAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "small.png")
	file := OutputFile{Spec: imageio.Spec{W: 50, H: 40, C: 3, Depth: 8}, Thumbnail: path, Width: 10}
	failed := errors.New("no more")
	part := func(take func(y int, row [][]float32) error) error {
		return errors.Join(pushed(steps(50, 39))(take), failed)
	}
	if drawing, _ := WriteFiles([]OutputFile{file}, part); !errors.Is(drawing, failed) {
		t.Error(drawing)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a file after an error")
	}
	if drawing, writing := WriteFiles([]OutputFile{file}, pushed(steps(50, 40))); drawing != nil || writing != nil {
		t.Fatal(drawing, writing)
	}
	if m, err := imageio.ReadFloats(path, imageio.Options{}); err != nil || m.W != 10 || m.H != 8 {
		t.Errorf("%+v, %v", m, err)
	}
}
