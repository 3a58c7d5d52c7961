package imageio

import (
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

func TestWriteThenReadIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, depth := range []int{8, 16} {
		for _, c := range []int{1, 3} {
			m := New(37, 11, c)
			top := float64(int(1)<<depth - 1)
			want := make([]float32, len(m.Pix))
			for i := range m.Pix {
				step := rng.IntN(1 << depth)
				want[i] = float32(step) / float32(top)
				// anywhere in the step's half-open interval rounds to it
				m.Pix[i] = float32((float64(step) + 0.98*(rng.Float64()-0.5)) / top)
			}
			path := filepath.Join(t.TempDir(), "out.png")
			if err := WritePNG(path, m, depth); err != nil {
				t.Fatal(err)
			}
			got, err := ReadFloats(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got.W != 37 || got.H != 11 || got.C != c || got.Depth != depth || got.Notes != nil {
				t.Fatalf("read back %d x %d x %d, depth %d, notes %q", got.W, got.H, got.C, got.Depth, got.Notes)
			}
			for i, v := range got.Pix {
				if v != want[i] {
					t.Fatalf("depth %d, %d channels, sample %d: %v became %v, want %v", depth, c, i, m.Pix[i]*float32(top), v*float32(top), want[i]*float32(top))
				}
			}
			file, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if colour := map[int]byte{1: pngGrey, 3: pngRGB}[c]; file[24] != byte(depth) || file[25] != colour {
				t.Errorf("stored with %d bits and colour type %d", file[24], file[25])
			}
		}
	}
}

func TestWriteClamps(t *testing.T) {
	inf := float32(math.Inf(1))
	m := New(8, 1, 1)
	m.Pix = []float32{-1, 2, inf, -inf, float32(math.NaN()), 0.5, 1.4e-45, 0.9999999}
	for depth, want := range map[int][]float32{8: {0, 255, 255, 0, 0, 128, 0, 255}, 16: {0, 65535, 65535, 0, 0, 32768, 0, 65535}} {
		path := filepath.Join(t.TempDir(), "out.png")
		if err := WritePNG(path, m, depth); err != nil {
			t.Fatal(err)
		}
		got, err := ReadFloats(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		top := float32(int(1)<<depth - 1)
		for i, v := range got.Pix {
			if v != want[i]/top {
				t.Errorf("depth %d: %v became %v, want %v", depth, m.Pix[i], v*top, want[i])
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	good := New(2, 2, 1)
	cases := map[string]struct {
		path  string
		m     *Image
		depth int
	}{
		"depth 12":        {"a.png", good, 12},
		"five channels":   {"a.png", New(2, 2, 5), 8},
		"no pixels":       {"a.png", New(0, 2, 1), 8},
		"samples missing": {"a.png", &Image{W: 2, H: 2, C: 1, Pix: make([]float32, 3)}, 8},
		"no folder":       {"absent/a.png", good, 8},
		"a folder":        {".", good, 8},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			err := WritePNG(filepath.Join(dir, k.path), k.m, k.depth)
			if err == nil || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), ".tmp") {
				t.Errorf("error %q", err)
			}
		})
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Renaming a file over a device or a pipe would destroy it.
func TestWriteKeepsSpecialFiles(t *testing.T) {
	path := special(t)
	if err := WritePNG(path, New(2, 2, 1), 8); err == nil {
		t.Error("no error")
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().IsRegular() {
		t.Errorf("replaced by a file: %v", err)
	}
}

func TestFailedWriteLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.png")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	err := wholefile.Write(path, func(w io.Writer) error {
		w.Write(make([]byte, 1<<20))
		return full
	})
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Errorf("the file now holds %d bytes", len(data))
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// While a file is written, there is no file of its final name.
func TestFileAppearsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.png")
	err := wholefile.Write(path, func(w io.Writer) error {
		w.Write(make([]byte, 1<<20))
		if exists(path) {
			t.Error("the name was there before the content")
		}
		return nil
	})
	if info, statErr := os.Stat(path); err != nil || statErr != nil || info.Size() != 1<<20 {
		t.Errorf("%v, %v", err, statErr)
	}
}

func TestWrittenFileHasOrdinaryPermissions(t *testing.T) {
	dir := t.TempDir()
	if err := WritePNG(filepath.Join(dir, "a.png"), New(1, 1, 1), 8); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "b"))
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	a, errA := os.Stat(filepath.Join(dir, "a.png"))
	b, errB := os.Stat(filepath.Join(dir, "b"))
	if errA != nil || errB != nil || a.Mode() != b.Mode() {
		t.Errorf("%v, but an ordinary file has %v", a.Mode(), b.Mode())
	}
}

func TestWriteFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target.png"), filepath.Join(dir, "link.png")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := WritePNG(link, New(1, 1, 1), 8); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
	if _, err := ReadFloats(target, Options{}); err != nil {
		t.Error(err)
	}
}

// When row fails, writing ends soon, there is no file, and the error is returned.
func TestWriteRowsPassesOnTheErrorOfARow(t *testing.T) {
	dir := t.TempDir()
	lost := errors.New("device lost")
	for _, ending := range Endings() {
		for _, bad := range []int{0, 7, 1999} {
			asked := 0
			err := WriteRows(filepath.Join(dir, "out"+ending), Spec{W: 100, H: 2000, C: 3, Depth: 8}, func(y int, dst [][]float32) error {
				asked++
				if y == bad {
					return lost
				}
				return nil
			})
			if !errors.Is(err, lost) || asked != bad+1 {
				t.Errorf("%s, row %d failed: %d rows were asked for, error %v", ending, bad, asked, err)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		}
	}
}

// The memory of writing does not grow with the number of pixels. The picture is noise, which no format compresses.
func TestWriteRowsHoldsAFewRows(t *testing.T) {
	for _, k := range []struct {
		ending   string
		c, depth int
	}{{".png", 1, 8}, {".png", 3, 8}, {".png", 3, 16}, {".jpg", 1, 8}, {".jpg", 3, 8}, {".tif", 1, 8}, {".tif", 3, 8}, {".tif", 3, 16}} {
		held := func(h int) (most uint64) {
			rng := rand.New(rand.NewPCG(5, 6))
			var m runtime.MemStats
			err := WriteRows(filepath.Join(t.TempDir(), "out"+k.ending), Spec{W: 300, H: h, C: k.c, Depth: k.depth}, func(y int, dst [][]float32) error {
				for _, line := range dst {
					for x := range line {
						line[x] = rng.Float32()
					}
				}
				if y%150 == 149 {
					runtime.GC()
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return most
		}
		if low, high := held(600), held(1200); high > low+100e3 { // 180 000 pixels more
			t.Errorf("%s, %d channels of %d bits: %d bytes for 600 rows, %d for 1200", k.ending, k.c, k.depth, low, high)
		}
	}
}

// A Spec that cannot be written is refused before row is called.
func TestSpecCheck(t *testing.T) {
	good := Spec{W: 100, H: 50, C: 3, Depth: 8}
	for name, k := range map[string]struct {
		path   string
		change func(s *Spec)
		says   string
	}{
		"no ending":      {"picture", func(*Spec) {}, "no ending"},
		"other ending":   {"a.bmp", func(*Spec) {}, "no .bmp files"},
		"odd ending":     {"a.\x1b[2J", func(*Spec) {}, `no "`},
		"deep JPEG":      {"a.JPG", func(s *Spec) { s.Depth = 16 }, "a JPEG has 8 bits a sample, not 16"},
		"twelve bits":    {"a.png", func(s *Spec) { s.Depth = 12 }, "12 bits"},
		"five channels":  {"a.tif", func(s *Spec) { s.C = 5 }, "5 channels"},
		"too wide":       {"a.png", func(s *Spec) { s.W = 65536 }, "65536 x 50 px"},
		"quality":        {"a.jpg", func(s *Spec) { s.Quality = 101 }, "quality of 101"},
		"TIFF of 4 GiB":  {"a.tiff", func(s *Spec) { s.W, s.H = 65535, 65535 }, "at most 4 GiB"},
		"TIFF just over": {"a.tif", func(s *Spec) { s.W, s.H, s.Depth = 32768, 22000, 16 }, "8 bits a sample"},
	} {
		s := good
		k.change(&s)
		err := s.Check(k.path)
		if err == nil || !strings.Contains(err.Error()+" "+fault.Hint(err), k.says) || strings.Contains(err.Error(), "\x1b") || fault.Code(err) != fault.BadInput {
			t.Errorf("%s: %v (%s)", name, err, fault.Hint(err))
		}
		if err := WriteRows(filepath.Join(t.TempDir(), k.path), s, func(int, [][]float32) error { t.Error("a row is asked for"); return nil }); err == nil {
			t.Errorf("%s: it was written", name)
		}
	}
	for _, path := range []string{"a.png", "b.PNG", "c.jpeg", "d.tif"} {
		if err := good.Check(path); err != nil {
			t.Error(err)
		}
	}
	if err := (Spec{W: 32768, H: 18432, C: 3, Depth: 16}).Check("large.tif"); err != nil {
		t.Error(err)
	}
	if err := (Spec{W: MaxWritten, H: MaxWritten, C: 3, Depth: 16}).Check("large.png"); err != nil {
		t.Error(err)
	}
}

func BenchmarkWritePNG(b *testing.B) {
	m := New(2048, 2048, 3)
	for i := range m.Pix {
		m.Pix[i] = 0.5 + 0.4*float32(math.Sin(float64(i)/300))
	}
	path := filepath.Join(b.TempDir(), "out.png")
	for b.Loop() {
		if err := WritePNG(path, m, 8); err != nil {
			b.Fatal(err)
		}
	}
}
