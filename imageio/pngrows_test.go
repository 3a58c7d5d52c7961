package imageio

import (
	"bytes"
	"compress/zlib"
	"image"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// image/png reads the samples that were written, from rows that suit each of the filters. Each row is asked for once,
// from the top.
func TestPNGIsReadByTheStandardLibrary(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, k := range []struct{ c, depth int }{{1, 8}, {3, 8}, {1, 16}, {3, 16}} {
		for _, size := range [][2]int{{1, 1}, {41, 60}, {200, 3}} {
			w, h := size[0], size[1]
			s := smoothAndNoisy(rng, w, h, k.c, k.depth)
			path := filepath.Join(t.TempDir(), "out.png")
			next := 0
			err := WriteRows(path, Spec{W: w, H: h, C: k.c, Depth: k.depth}, func(y int, dst [][]float32) error {
				if y != next {
					t.Fatalf("row %d asked for, not %d", y, next)
				}
				next++
				for c := range dst {
					s.Row(c, y, dst[c])
				}
				return nil
			})
			if err != nil || next != h {
				t.Fatalf("%d rows, %v", next, err)
			}
			samePNG(t, path, s)
		}
	}
}

// smoothAndNoisy makes rows of five kinds: constant, ramps along x and y, waves, noise.
func smoothAndNoisy(rng *rand.Rand, w, h, c, depth int) *Samples {
	s := NewSamples(w, h, c, depth)
	for y := range h {
		for x := range w {
			for ch := range c {
				v := [5]int{77, 300*x + ch, 500*y + 7*ch, int(9000*math.Sin(float64(x+2*y)/9)) + 20000, rng.IntN(1 << 16)}[y/2%5]
				if depth == 8 {
					s.Row8(ch, y)[x] = uint8(v >> 8)
				} else {
					s.Row16(ch, y)[x] = uint16(v)
				}
			}
		}
	}
	return s
}

func samePNG(t *testing.T, path string, want *Samples) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	m, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, want.W, want.H) {
		t.Fatalf("%v, not %d x %d", m.Bounds(), want.W, want.H)
	}
	line := make([]float32, want.W)
	for c := range want.C {
		for y := range want.H {
			want.Row(c, y, line)
			for x := range want.W {
				r, g, b, _ := m.At(x, y).RGBA()
				if got := [3]uint32{r, g, b}[c]; got != uint32(math.Round(float64(line[x])*65535)) {
					t.Fatalf("%d channels of %d bits: sample %d of (%d, %d) is %d, not %g", want.C, want.Depth, c, x, y, got, 65535*line[x])
				}
			}
		}
	}
}

// Each filter is undone by the code of image/png.
func TestPNGFilters(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	const w, h = 9, 2 * pngFilters
	s := smoothAndNoisy(rng, w, h, 3, 8)
	rows := newPNGRows(Spec{W: w, H: h, C: 3, Depth: 8})
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	row := NewRow(3, w)
	for y := range h {
		for c := range row {
			s.Row(c, y, row[c])
		}
		rows.next(row)
		rows.out[0] = byte(y % pngFilters)
		rows.filter(y%pngFilters, 0, rows.out[1:])
		z.Write(rows.out)
	}
	z.Close()
	path := filepath.Join(t.TempDir(), "out.png")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	chunks := &pngChunks{to: file}
	io.WriteString(file, pngMagic)
	chunks.write("IHDR", pngHeaderOf(Spec{W: w, H: h, C: 3, Depth: 8}))
	chunks.write("IDAT", packed.Bytes())
	chunks.write("IEND", nil)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	samePNG(t, path, s)
}

// Strips with repetitions and strips without stand in one stream, and each is compressed in the way that suits it.
func TestPNGStripsSuitTheirBytes(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	const tile = 4 << 10
	drawing, photo := make([]byte, pngAlike*pngStrip), make([]byte, pngAlike*pngStrip)
	for i := range drawing {
		drawing[i] = byte(rng.IntN(256))
		if i >= tile {
			drawing[i] = drawing[i-tile]
		}
		photo[i] = byte(rng.NormFloat64() * 4)
	}
	var packed bytes.Buffer
	s, err := newPNGStrips(&packed, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	parts := [][]byte{drawing, photo, drawing[:100]}
	var sizes []int
	for _, part := range parts {
		s.Write(part[:len(part)/3])
		s.Write(part[len(part)/3:])
		sizes = append(sizes, packed.Len())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(packed.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, bytes.Join(parts, nil)) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	if sizes[0] > len(drawing)/8 {
		t.Errorf("%d bytes with repetitions take %d", len(drawing), sizes[0])
	}
	plain := 0.55 * float64(len(photo)) // 4.1 bits a byte
	if took := packed.Len() - sizes[0]; float64(took) > plain {
		t.Errorf("%d bytes without repetitions take %d", len(photo), took)
	}
}
