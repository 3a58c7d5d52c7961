package exr

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"igs/internal/float16"
)

// The OpenEXR library 3.1.5 wrote the pictures of testdata from these formulas.
func pattern(c, y, x int) int          { return x/8*7 + y*13 + c*29 + x*y/97%11 }
func halfPattern(c, y, x int) float64  { return float64(pattern(c, y, x)%64)/16 - 0.5 }
func floatPattern(c, y, x int) float64 { return float64(pattern(c, y, x)%64)/3 - 1 }

// PIZ compresses small pictures only when they have few values near each other. It stores others without compression.
func fewPattern(c, y, x int) float64      { return 1 + float64(pattern(c, y, x)%8)/8 }
func fewWholePattern(c, y, x int) float64 { return float64(pattern(c, y, x)%8*3 + 1) }
func uintPattern(c, y, x int) float64     { return float64(pattern(c, y, x) * 1000) }

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".exr"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// planes reads a whole picture.
func planes(f *File) ([][]float32, error) {
	out := make([][]float32, len(f.planes))
	next := 0
	err := f.Rows(func(y int, row [][]float32) error {
		if y != next {
			return errors.New("rows out of order")
		}
		next++
		for c := range out {
			out[c] = append(out[c], row[c]...)
		}
		return nil
	})
	if err == nil && next != f.H {
		err = errors.New("not all rows")
	}
	return out, err
}

func TestEveryCompressionAndType(t *testing.T) {
	type want struct {
		w, h, c int
		value   func(c, y, x int) float64
	}
	cases := map[string]want{
		"none_half": {21, 5, 3, halfPattern}, "none_float": {9, 4, 3, floatPattern}, "none_uint": {21, 5, 1, uintPattern},
		"rle_half": {21, 5, 3, halfPattern}, "rle_float": {9, 4, 3, floatPattern}, "rle_uint": {21, 5, 1, uintPattern},
		"zips_half": {21, 35, 3, halfPattern}, "zips_float": {9, 35, 3, floatPattern}, "zips_uint": {21, 35, 1, uintPattern},
		"zip_half": {21, 19, 3, halfPattern}, "zip_float": {21, 19, 3, floatPattern}, "zip_uint": {21, 19, 1, uintPattern},
		"piz_half": {45, 31, 3, fewPattern}, "piz_float": {29, 39, 3, fewPattern}, "piz_uint": {31, 45, 1, fewWholePattern},
		"window": {9, 21, 3, halfPattern}, "decreasing": {9, 21, 3, halfPattern}, "opaque": {9, 7, 3, halfPattern},
		"mixed": {29, 32, 3, func(c, y, x int) float64 {
			if c == 2 {
				return fewWholePattern(c, y, x)
			}
			return fewPattern(c, y, x)
		}},
		// A block has more than 2^14 different values, and every level has an odd width.
		"piz_wide": {513, 32, 1, func(_, y, x int) float64 { return float64(float16.Wide(uint16(y*513 + x))) }},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			f, err := open(fixture(t, name))
			if err != nil {
				t.Fatal(err)
			}
			if f.W != k.w || f.H != k.h || f.C != k.c || f.Alpha != (name == "opaque") || f.Cropped != (name == "window") {
				t.Fatalf("%+v", f)
			}
			got, err := planes(f)
			if err != nil {
				t.Fatal(err)
			}
			for c := range f.C {
				for i, v := range got[c] {
					if want := float32(k.value(c, i/f.W, i%f.W)); v != want {
						t.Fatalf("channel %d, row %d, column %d: %v, want %v", c, i/f.W, i%f.W, v, want)
					}
				}
			}
		})
	}
}

func TestAlphaComesLast(t *testing.T) {
	f, err := open(fixture(t, "alpha"))
	if err != nil || !f.Alpha || f.C != 3 {
		t.Fatalf("%+v, %v", f, err)
	}
	got, err := planes(f)
	if err != nil || len(got) != 4 {
		t.Fatal(len(got), err)
	}
	for i, v := range got[3] {
		if v != float32(i%9%4)/4 {
			t.Fatalf("alpha %d is %v", i, v)
		}
	}
}

func TestSpecialValues(t *testing.T) {
	f, err := open(fixture(t, "special"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := planes(f)
	if err != nil {
		t.Fatal(err)
	}
	inf := float32(math.Inf(1))
	if v := got[0]; v[0] != inf || v[1] != -inf || v[2] == v[2] || !slices.Equal(v[3:], []float32{1, 0x1p-24, 0, -2, 4}) {
		t.Error(v)
	}
}

func TestOpenRefusesOtherKinds(t *testing.T) {
	for name, says := range map[string]string{
		"tiled": "tiles", "pxr24": "PXR24 compression", "dwaa": "DWAA compression", "b44": "B44 compression",
		"depth": `channels "B", "G", "R", "Z" instead of R, G and B, or Y`,
	} {
		_, err := open(fixture(t, name))
		var u Unsupported
		if !errors.As(err, &u) || u.Error() != says {
			t.Errorf("%s: %v", name, err)
		}
	}
	file := fixture(t, "zip_half")
	for flag, says := range map[uint32]string{1 << 11: "deep samples", 1 << 12: "several parts in one file", 1 << 20: "version flags 0x1000", 1: "version 3"} {
		other := slices.Clone(file)
		binary.LittleEndian.PutUint32(other[4:], 2|flag)
		var u Unsupported
		if _, err := open(other); !errors.As(err, &u) || u.Error() != says {
			t.Errorf("flag %#x: %v", flag, err)
		}
	}
	subsampled := slices.Clone(file)
	at := bytes.Index(subsampled, []byte("chlist\x00"))
	subsampled[at+7+4+2+8] = 2
	var u Unsupported
	if _, err := open(subsampled); !errors.As(err, &u) || !strings.Contains(u.Error(), `"B" at 2 x 1`) {
		t.Errorf("subsampled: %v", err)
	}
}

func TestEveryTruncationIsAnError(t *testing.T) {
	for _, name := range []string{"none_half", "rle_half", "zips_half", "zip_float", "piz_half"} {
		whole := fixture(t, name)
		for n := range whole {
			f, err := open(whole[:n])
			if err == nil {
				_, err = planes(f)
			}
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("%s of %d of %d bytes: %v", name, n, len(whole), err)
			}
		}
	}
}

// A writer that is stopped early leaves zeros in the table of offsets.
func TestUnfinishedFile(t *testing.T) {
	b := slices.Clone(fixture(t, "zip_half"))
	f, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b[f.offsets+8 : f.offsets+16])
	if _, err := planes(f); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	binary.LittleEndian.PutUint64(b[f.offsets+8:], binary.LittleEndian.Uint64(b[f.offsets:]))
	if _, err := planes(f); err == nil || !strings.Contains(err.Error(), "a block of row 0 where that of row 16") {
		t.Error(err)
	}
}

func TestRowsStopsWithItsVisitor(t *testing.T) {
	f, err := open(fixture(t, "zip_half"))
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	seen := 0
	err = f.Rows(func(y int, _ [][]float32) error {
		seen++
		return enough
	})
	if err != enough || seen != 1 {
		t.Errorf("%d rows, %v", seen, err)
	}
}

// FuzzRows checks that any bytes give rows or an error, with memory for some rows only.
func FuzzRows(f *testing.F) {
	names, err := filepath.Glob("testdata/*.exr")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		defer func() {
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+16*uint64(len(data)) {
				t.Fatalf("%d bytes allocated for %d", used, len(data))
			}
		}()
		file, err := open(data)
		if err != nil {
			return
		}
		if file.W < 1 || file.H < 1 || file.C != 1 && file.C != 3 || len(file.planes) < file.C || file.RawBytes < 2*file.C {
			t.Fatalf("%+v", file)
		}
		if file.W > 1<<12 || file.H > 1<<12 {
			return // the caller of Rows limits the size
		}
		file.Rows(func(y int, row [][]float32) error {
			if y >= file.H || len(row[0]) != file.W {
				t.Fatalf("row %d of %d samples", y, len(row[0]))
			}
			return nil
		})
	})
}
