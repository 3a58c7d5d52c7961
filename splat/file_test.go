package splat

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/internal/fault"
)

func someModel(n, c int) *Model {
	p, _ := RandomScene(21, 40, 30, n, c)
	return &Model{Splats: p, W: 40, H: 30, TopK: 10, Recipe: "paper", Version: "0.1.0"}
}

// sealed is data with its checksum made right again.
func sealed(data []byte) []byte {
	body := data[:len(data)-crc32.Size]
	return binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.Checksum(body, castagnoli))
}

func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.igsm")
	for _, m := range []*Model{someModel(50, 3), someModel(1, 1), someModel(7, 12), someModel(0, 3)} {
		if err := Save(path, m); err != nil {
			t.Fatal(err)
		}
		back, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(back, m) {
			t.Errorf("%d splats of %d channels come back different", m.Splats.N, m.Splats.C)
		}
		a, _ := encode(m)
		if b, _ := encode(back); !bytes.Equal(a, b) {
			t.Error("encoding again gives other bytes")
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("saving left %v", files)
	}
}

// The bytes themselves are pinned: the checksum of a fixed model must not move.
func TestEncodedBytes(t *testing.T) {
	m := &Model{Splats: New(1, 1), W: 3, H: 2, TopK: 10, Recipe: "r", Version: "v"}
	copy(m.Splats.XY, []float32{0.5, 0.25})
	copy(m.Splats.Scale, []float32{1, 2})
	m.Splats.Rot[0], m.Splats.Feat[0] = -1, 0.125
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	want := "IGSM\x00\x00\x10\x00\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x01\x00\x0a\x00\x01\x00\x01\x00rv" +
		"\x00\x00\x00\x3f\x00\x00\x80\x3e\x00\x00\x80\x3f\x00\x00\x00\x40\x00\x00\x80\xbf\x00\x00\x00\x3e"
	if got := string(data[:len(data)-4]); got != want {
		t.Errorf("encoded as % x\nwant       % x", got, want)
	}
}

func TestSaveRefusesWhatLoadWould(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.igsm")
	for what, spoil := range map[string]func(m *Model){
		"without splats":   func(m *Model) { m.Splats = nil },
		"0×30 px":          func(m *Model) { m.W = 0 },
		"12 bits":          func(m *Model) { m.Depth = 12 },
		"top-K of 0":       func(m *Model) { m.TopK = 0 },
		"longer than":      func(m *Model) { m.Recipe = strings.Repeat("x", 70000) },
		"rot of splat":     func(m *Model) { m.Splats.Rot[1] = float32(math.NaN()) },
		"numbers, 3 splat": func(m *Model) { m.Splats.XY = nil },
	} {
		m := someModel(3, 3)
		spoil(m)
		if err := Save(path, m); err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want it to say %q and the path", err, what)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a refused model left a file")
	}
	missing := filepath.Join(t.TempDir(), "nowhere", "a.igsm")
	if err := Save(missing, someModel(1, 1)); err == nil || !strings.Contains(err.Error(), missing) || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	good, err := encode(someModel(20, 3))
	if err != nil {
		t.Fatal(err)
	}
	edit := func(at int, value ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[at:], value)
		return sealed(data)
	}
	nan := binary.LittleEndian.AppendUint32(nil, math.Float32bits(float32(math.NaN())))
	damaged := bytes.Clone(good)
	damaged[200] ^= 1
	for what, data := range map[string][]byte{
		"not an igs model":     []byte("\x89PNG\r\n\x1a\n and so on"),
		"cut short":            good[:9],
		"header describes":     good[:len(good)-1],
		"describes 1073741866": edit(16, 0, 0, 0, 2), // 33 million splats that are not there
		"bytes long":           append(bytes.Clone(good), 0),
		"format version 1":     edit(4, 1),
		"damaged":              damaged,
		"0 bits per":           edit(6, 0),
		"picture of 0×30":      edit(8, 0),
		"1073741864×30":        edit(11, 0x40),
		"top-K of 0":           edit(22, 0),
		"is NaN":               edit(102, nan...),
	} {
		path := filepath.Join(t.TempDir(), "b.igsm")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want it to say %q and the path", err, what)
		}
		if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
			t.Errorf("%v: code %d, hint %q", err, fault.Code(err), fault.Hint(err))
		}
	}
}

func TestLoadOfNoFile(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "none.igsm"), dir} {
		_, err := Load(path)
		if err == nil || strings.Count(err.Error(), path) != 1 || fault.Code(err) != fault.BadInput {
			t.Errorf("got %v, code %d", err, fault.Code(err))
		}
	}
	empty := filepath.Join(dir, "empty.igsm")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(empty); err == nil || fault.Code(err) != fault.BadInput {
		t.Errorf("got %v", err)
	}
}

// A header that does not fit the file is refused before anything of the file's size is
// allocated: this one is 1 TB of holes.
func TestLoadReadsNoMoreThanItMust(t *testing.T) {
	data, err := encode(someModel(2, 3))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "huge.igsm")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Skipf("no room for holes: %v", err)
	}
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "1099511627776 bytes long") {
		t.Errorf("got %v", err)
	}
}

func TestFailedSaveLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.igsm")
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Save(path, someModel(1, 1)); err == nil || strings.Contains(err.Error(), ".tmp") {
		t.Errorf("got %v", err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("saving left %v", files)
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range []*Model{someModel(3, 3), someModel(0, 1), someModel(1, 12)} {
		data, err := encode(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)-5])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode(data) // mostly a wrong checksum
		if len(data) < crc32.Size {
			return
		}
		data = sealed(data)
		m, err := decode(data)
		if err != nil {
			return
		}
		again, err := encode(m)
		if err != nil {
			t.Fatalf("decoded, but cannot be encoded: %v", err)
		}
		if !bytes.Equal(data, again) {
			t.Fatal("two files for one model")
		}
	})
}
