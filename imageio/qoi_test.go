package imageio

import (
	"bytes"
	"errors"
	"image"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"igs/internal/fault"
)

// qoiBytes writes a picture with 8 bits a sample.
func qoiBytes(t testing.TB, m *Samples) []byte {
	t.Helper()
	var b bytes.Buffer
	err := encodeQOI(&b, Spec{W: m.W, H: m.H, C: m.C, Depth: 8}, func(y int, dst [][]float32) error {
		for c := range dst {
			m.Row(c, y, dst[c])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The bytes follow the specification: all six chunks, a run that is split at 62 pixels, and the end mark.
func TestQOIBytes(t *testing.T) {
	m := NewSamples(70, 1, 3, 8)
	for i, p := range [][3]byte{{0, 0, 0}, {1, 255, 1}, {21, 20, 18}, {100, 7, 200}, {1, 255, 1}} {
		for c, v := range p {
			m.Row8(c, 0)[i] = v
		}
	}
	for c, v := range [3]byte{1, 255, 1} {
		for x := 5; x < 70; x++ {
			m.Row8(c, 0)[x] = v
		}
	}
	want := []byte("qoif\x00\x00\x00\x46\x00\x00\x00\x01\x03\x00" +
		"\xc0" + // a run of one black pixel: the state begins with black
		"\x77" + // differences 1, -1, 1
		"\xb5\x74" + // green 21 (modulo 256), red 20, blue 17
		"\xfe\x64\x07\xc8" +
		"\x3a" + // the index of 1, 255, 1, alpha 255
		"\xfd\xc2" + // runs of 62 and 3
		"\x00\x00\x00\x00\x00\x00\x00\x01")
	got := qoiBytes(t, m)
	if !bytes.Equal(got, want) {
		t.Errorf("% x\nwant % x", got, want)
	}
	if back, err := decodeSamples(got); err != nil || !slices.Equal(back.bytes, m.bytes) {
		t.Errorf("came back as %v, %v", back, err)
	}
}

func TestQOIRoundTrip(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 131, 57))
	paint(img, 0xffff)
	noise := NewSamples(80, 50, 3, 8)
	for i := range noise.bytes {
		noise.bytes[i] = byte(i * i >> (i % 5))
	}
	photo, err := decodeSamples(pngBytes(t, img))
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]*Samples{"photo": photo, "noise": noise, "black": NewSamples(300, 2, 3, 8), "one pixel": NewSamples(1, 1, 3, 8)} {
		back, err := decodeSamples(qoiBytes(t, m))
		if err != nil || back.W != m.W || back.H != m.H || back.C != 3 || !slices.Equal(back.bytes, m.bytes) || len(back.Notes) != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The ending of the name says the format to write, the first bytes the format to read. Grey becomes three equal
// channels.
func TestQOIFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "grey.qoi")
	spec := Spec{W: 4, H: 3, C: 1, Depth: 8}
	if err := WriteRows(path, spec, func(y int, dst [][]float32) error {
		for x := range dst[0] {
			dst[0][x] = from8[40*y+x]
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	m, err := ReadSamples(path)
	if err != nil || m.C != 3 || m.Row8(0, 2)[3] != 83 || m.Row8(2, 2)[3] != 83 {
		t.Errorf("%+v, %v", m, err)
	}
	spec.Depth = 16
	if err := spec.Check(path); fault.Code(err) != fault.BadInput {
		t.Errorf("16 bits: %v", err)
	}
}

// Alpha is dropped with a note, linear samples have a note, and damaged files are errors.
func TestQOIOfOthers(t *testing.T) {
	head := "qoif\x00\x00\x00\x02\x00\x00\x00\x01\x04"
	for name, k := range map[string]struct{ data, note, err string }{
		"alpha":           {head + "\x00\xff\x09\x08\x07\x80\xc0" + qoiEnd, "alpha channel dropped", ""},
		"opaque":          {head + "\x00\xff\x09\x08\x07\xff\xc0" + qoiEnd, "", ""},
		"linear":          {head + "\x01\xfe\x09\x08\x07\xc0" + qoiEnd, notApplied("linear light"), ""},
		"index after run": {"qoif\x00\x00\x00\x03\x00\x00\x00\x01\x03\x00\xc0\xfe\x09\x09\x09\x35" + qoiEnd, "", ""},
		"cut":             {head + "\x00\xff\x09\x08", "", "truncated"},
		"two channels":    {"qoif\x00\x00\x00\x02\x00\x00\x00\x01\x02\x00\xc1" + qoiEnd, "", "QOI of 2 channels"},
		"no pixels":       {"qoif\x00\x00\x00\x00\x00\x00\x00\x01\x03\x00" + qoiEnd, "", "without pixels"},
		"too many":        {"qoif\x00\x00\x7f\xff\x00\x00\x7f\xff\x03\x00" + qoiEnd, "", "truncated"},
	} {
		m, err := decodeSamples([]byte(k.data))
		switch {
		case k.err != "":
			if err == nil || !strings.Contains(err.Error(), k.err) || fault.Code(err) != fault.BadInput {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case strings.Join(m.Notes, "|") != k.note:
			t.Errorf("%s: notes %q", name, m.Notes)
		case m.Row8(0, 0)[0] != 9 && name != "index after run" || name == "index after run" && m.Row8(0, 0)[2] != 0:
			t.Errorf("%s: %v", name, m.bytes)
		}
	}
	failing := errors.New("no more")
	if err := encodeQOI(&bytes.Buffer{}, Spec{W: 2, H: 2, C: 3, Depth: 8}, func(int, [][]float32) error { return failing }); !errors.Is(err, failing) {
		t.Errorf("a row that fails: %v", err)
	}
}
