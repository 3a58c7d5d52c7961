package splat

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"igs/imageio"
	"igs/internal/fault"
	"igs/splat/symbols"
)

// someModel is a model of random splats.
func someModel(n, c int) *Model {
	p := randomSplats(21, n, c)
	return &Model{Splats: p, W: 40, H: 30, TopK: 10, Layers: Plain(c, 8), Gamma: 1, Bits: Lossless, Recipe: "paper", Version: "0.1.0"}
}

// models returns models of every kind.
func models() []*Model {
	stack := someModel(60, 12)
	stack.Layers = []imageio.Layer{
		{Name: "albedo", C: 3, Depth: 8, High: 1}, {Name: "normal", C: 3, Depth: 16, High: 1},
		{Name: "height", C: 1, Depth: 32, Low: -2.5, High: 31}, {Name: "rest", C: 5, Depth: 8, High: 1},
	}
	stack.Gamma, stack.Bits = 1/2.2, Bits{12, 10, 8, 8}
	coarse, exact := someModel(200, 3), someModel(3, 1)
	coarse.Bits, exact.Bits = Bits{MinBits, MinBits, MinBits, MinBits}, Bits{Exact, 16, Exact - 1, 24}
	same := someModel(50, 3) // a plane of equal values
	for i := range same.Splats.Feat {
		same.Splats.Feat[i] = 0.5
	}
	same.Bits = Bits{16, 16, 16, 16}
	alpha := someModel(40, 9) // of RGB, of grey, and a picture without
	alpha.Layers = []imageio.Layer{{Name: "a", C: 4, Depth: 8, High: 1, Alpha: true}, {Name: "b", C: 2, Depth: 16, High: 1, Alpha: true}, {Name: "c", C: 3, Depth: 8, High: 1}}
	all := []*Model{someModel(50, 3), someModel(1, 1), someModel(7, 12), someModel(0, 3), stack, coarse, exact, same, alpha}
	for i := range all { // all of them in format version 2 too
		m := *all[i]
		m.Bits, m.Grid = Lossless, typicalSteps.Grid()
		all = append(all, &m)
	}
	return all
}

// typicalSteps are those of kodim05 with 5000 splats and a loss of 0.2 dB.
var typicalSteps = Steps{0.084, 0.036, 0.094, 0.039}

// sealed returns data with a correct checksum.
func sealed(data []byte) []byte {
	body := data[:len(data)-crc32.Size]
	return binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.Checksum(body, castagnoli))
}

// sorted returns the splats in an order that depends only on their parameters.
func sorted(p *Splats) [][]float32 {
	all := make([][]float32, p.N)
	for i := range all {
		for _, plane := range p.planes() {
			all[i] = append(all[i], *plane.at(i))
		}
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

// Writing a file quantises the splats and changes their order. Writing it a second time changes nothing.
func TestSaveAndLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.igsm")
	for i, m := range models() {
		if err := Save(path, m); err != nil {
			t.Fatal(err)
		}
		back, err := Load(path)
		if err != nil {
			t.Fatalf("model %d: %v", i, err)
		}
		kept := m.Splats.Clone()
		kept.Quantize(m.Bits)
		if m.Grid != (symbols.Grid{}) {
			if kept, _, err = m.rounded(m.Grid); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(sorted(back.Splats), sorted(kept)) {
			t.Errorf("model %d: the splats come back different", i)
		}
		a, _ := encode(m)
		if b, _ := encode(back); !bytes.Equal(a, b) {
			t.Errorf("model %d: encoding again gives other bytes", i)
		}
		back.Splats = m.Splats
		if !reflect.DeepEqual(back, m) {
			t.Errorf("model %d comes back as %+v\nwas %+v", i, back, m)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("saving left %v", files)
	}
}

// The fast file of a model has every bit of its splats.
func TestEncodeFast(t *testing.T) {
	for i, m := range models() {
		data, err := EncodeFast(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(data)
		if err != nil {
			t.Fatalf("model %d: %v", i, err)
		}
		if !reflect.DeepEqual(sorted(back.Splats), sorted(m.Splats)) {
			t.Errorf("model %d: the splats come back different", i)
		}
	}
}

// Neighbours in a file are neighbours in the picture.
func TestOrderOfFile(t *testing.T) {
	m := someModel(2000, 3)
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if near, far := hops(back.Splats), hops(m.Splats); near > 0.1*far {
		t.Errorf("from splat to splat it is %.3f pictures, in random order %.3f", near, far)
	}
}

// A file keeps the order of a sorted model.
func TestSort(t *testing.T) {
	m := someModel(500, 3)
	before := sorted(m.Splats)
	m.Splats.Sort()
	if !reflect.DeepEqual(sorted(m.Splats), before) {
		t.Error("sorting changes splats")
	}
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := decode(data); err != nil || !reflect.DeepEqual(back.Splats, m.Splats) {
		t.Errorf("the file has another order (%v)", err)
	}
}

// hops returns the mean distance between successive splats.
func hops(p *Splats) float64 {
	sum := 0.0
	for i := range p.N - 1 {
		sum += math.Hypot(float64(p.XY[2*i+2]-p.XY[2*i]), float64(p.XY[2*i+3]-p.XY[2*i+1]))
	}
	return sum / float64(p.N-1)
}

// The bytes of a file are fixed. Other bytes would be another version of the format.
func TestEncodedBytes(t *testing.T) {
	m := &Model{Splats: New(1, 1), W: 3, H: 2, TopK: 10, Layers: Plain(1, 16), Gamma: 1, Bits: Bits{32, 16, 8, 12}, Recipe: "r", Version: "v"}
	m.Layers[0].Name = "n"
	copy(m.Splats.XY, []float32{0.5, 0.25})
	copy(m.Splats.Scale, []float32{1, 2})
	m.Splats.Rot[0], m.Splats.Feat[0] = math.Pi/2, 0.125
	data, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	want := "IGSM\x01\x00\x01\x0a\x20\x10\x08\x0c\x03\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\xf0\x3f\x01\x01rv" + // gamma, lengths
		"\x01\x10\x00\x00\x00\x00\x00\x00\x80\x3f\x01n" + // layer
		"\x00\x00\x48\x48\x00\x00\x48\x48" + "\x00\x00\x82\x48\x00\x00\x82\x48" + "\x00\x00\x40\xc7\x00\x00\x40\xc7" + // ranges of t1, t2, c: 204800, 266240, -49152
		strings.Repeat("\x01\x00\x00\x00", 8) + // position
		strings.Repeat("\x00"+strings.Repeat("\x01\x00\x00\x00", 2), 2) + "\x00\x01\x00\x00\x00" + "\x00" + strings.Repeat("\x01\x00\x00\x00", 2) +
		"\x00\x00\x00\x00\x00\x80\xfd\xcf" + "\x00\x00" + "\x00\x00" + "\x80" + "\x00\x00"
	if got := string(data[:len(data)-4]); got != want {
		t.Errorf("encoded as % x\nwant       % x", got, want)
	}
}

func TestSaveRefusesWhatLoadWould(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.igsm")
	for what, spoil := range map[string]func(m *Model){
		"without splats":       func(m *Model) { m.Splats = nil },
		"0×30 px":              func(m *Model) { m.W = 0 },
		"12 bits":              func(m *Model) { m.Layers[0].Depth = 12 },
		"3 bits":               func(m *Model) { m.Bits.Rot = 3 },
		"33 bits":              func(m *Model) { m.Bits.Feat = 33 },
		"gamma of NaN":         func(m *Model) { m.Gamma = math.NaN() },
		"from 1 to 1":          func(m *Model) { m.Layers[0].Low = 1 },
		"layers of 0":          func(m *Model) { m.Layers = nil },
		"name of a layer":      func(m *Model) { m.Layers[0].Name = strings.Repeat("x", 256) },
		"top-K of 0":           func(m *Model) { m.TopK = 0 },
		"longer than":          func(m *Model) { m.Recipe = strings.Repeat("x", 256) },
		"rot of splat":         func(m *Model) { m.Splats.Rot[1] = float32(math.NaN()) },
		"numbers, 3 splat":     func(m *Model) { m.Splats.XY = nil },
		"range from 0 to +Inf": func(m *Model) { m.Layers[0].High = float32(math.Inf(1)) },
		"y of the splats from -3e+38 to 3e+38 does not fit 12 bits": func(m *Model) {
			m.Bits.XY = 12
			m.Splats.XY[1], m.Splats.XY[3], m.Splats.XY[5] = -3e38, 2e38, 3e38
		},
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
	m := someModel(20, 3)
	m.Bits = Bits{16, 16, 16, 16}
	good, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(at int, value ...byte) []byte {
		data := bytes.Clone(good)
		copy(data[at:], value)
		return sealed(data)
	}
	const layer, ranges = 34 + len("paper0.1.0"), 34 + len("paper0.1.0") + 11 // offsets
	const table = ranges + 7*8
	floats := func(v ...float32) []byte { return appendFloats(nil, v...) }
	nan := floats(float32(math.NaN()))
	const sections = table + 4*4 + 6*(1+2*4)
	frame := compressor().EncodeAll([]byte("0123456789abcdefghij"), nil) // the frame is longer than its content
	first := int(order.Uint32(good[table:]))
	long := sealed(slices.Concat(good[:table], order.AppendUint32(nil, uint32(len(frame))), good[table+4:sections], frame, good[sections+first:]))
	for what, data := range map[string][]byte{
		"not an igs model":                             []byte("\x89PNG\r\n\x1a\n and so on"),
		"cut short":                                    good[:9],
		"checksum":                                     good[:len(good)-1],
		"splats in":                                    edit(20, 0, 0, 0, 2), // 33 million splats that the file does not have
		"describes":                                    append(bytes.Clone(good), make([]byte, 1<<12)...),
		"bytes too many":                               sealed(append(bytes.Clone(good), 0)),
		"format version 3 needs a newer igs":           edit(4, 3),
		"format version 0; this igs reads":             edit(4, 0),
		"0 bits per":                                   edit(layer+1, 0),
		"parameters of 0":                              edit(8, 0),
		"picture of 0×30":                              edit(12, 0),
		"1073741864×30":                                edit(15, 0x40),
		"top-K of 0":                                   edit(7, 0),
		"gamma of 0":                                   edit(24, make([]byte, 8)...),
		"0 channels":                                   edit(layer, 0),
		"x of the splats from NaN":                     edit(ranges, nan...),
		"y of the splats from 1 to 0":                  edit(ranges+8, floats(1, 0)...),
		"y of the splats from 0 to +Inf":               edit(ranges+8, floats(0, float32(math.Inf(1)))...),
		"y of the splats from -3e+38 to 3.4":           edit(ranges+8, floats(-3e38, 3.4e38)...),
		"t1 of the splats from 0 to 1.7e+07":           edit(ranges+2*8, floats(0, 1.7e7)...),
		"feature 3 of the splats from -1.7e+07 to 1":   edit(ranges+6*8, floats(-1.7e7, 1)...),
		"damaged: a section of 29 bytes for 20 splats": long,
		"a range from 0 to +Inf":                       edit(layer+6, floats(float32(math.Inf(1)))...),
		"a range from -Inf to 1":                       edit(layer+2, floats(float32(math.Inf(-1)))...),
		"unknown encoding 7":                           edit(table+4*4, 7),
		"cut":                                          edit(table, 255, 255, 255, 255),
		"damaged":                                      edit(table, 19),
	} {
		path := filepath.Join(t.TempDir(), "b.igsm")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), what) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want it to say %q and the path", err, what)
		}
		if fault.Code(err) != fault.BadInput || strings.Contains(what, "newer") != strings.HasPrefix(fault.Hint(err), "install a newer igs") || fault.Hint(err) == "" {
			t.Errorf("%v: code %d, hint %q", err, fault.Code(err), fault.Hint(err))
		}
	}
}

// A file with a changed bit or a missing end is never read as a model.
func TestEveryFlipAndCut(t *testing.T) {
	planes, coded := someModel(300, 3), someModel(800, 3)
	planes.Bits, coded.Grid = Bits{16, 16, 16, 16}, typicalSteps.Grid()
	for _, m := range []*Model{planes, coded} {
		good, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if len(good) < 4000 || len(good) > 6000 {
			t.Errorf("a model of %d bytes", len(good))
		}
		for i := range 8 * len(good) {
			good[i/8] ^= 1 << (i % 8)
			if _, err := decode(good); err == nil {
				t.Fatalf("bit %d of byte %d may flip", i%8, i/8)
			}
			good[i/8] ^= 1 << (i % 8)
		}
		for n := range good {
			if _, err := decode(good[:n]); err == nil {
				t.Fatalf("cut to %d bytes it is a model", n)
			}
		}
		if _, err := decode(good); err != nil {
			t.Fatal(err)
		}
	}
}

// Load refuses every shortened file, every file with a changed bit in the header, and such files with a correct
// checksum.
func TestLoadOfEveryFlipAndCut(t *testing.T) {
	planes, coded := someModel(20, 3), someModel(20, 3)
	planes.Bits, coded.Grid = Bits{16, 16, 16, 16}, typicalSteps.Grid()
	header, err := appendHeader(nil, planes)
	if err != nil {
		t.Fatal(err)
	}
	loadFlipsAndCuts(t, planes, len(header)+7*8+4*4+6*(1+2*4)) // with ranges and table
	if header, err = appendSymbolsHeader(nil, coded); err != nil {
		t.Fatal(err)
	}
	loadFlipsAndCuts(t, coded, len(header)+50)
}

// loadFlipsAndCuts loads the file of a model with each bit of its first bytes changed, and cut everywhere.
func loadFlipsAndCuts(t *testing.T, m *Model, first int) {
	good, err := encode(m)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.igsm")
	refused := func(what string, data []byte, mayBeFine bool) {
		t.Helper()
		os.Remove(path) // truncating and rewriting a file is slower: some file systems then wait for the disk
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		switch {
		case err == nil && !mayBeFine:
			t.Fatalf("%s: it is a model", what)
		case err != nil && (fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || strings.Count(err.Error(), path) != 1 || strings.ContainsAny(err.Error(), "\n\r")):
			t.Fatalf("%s: code %d, hint %q, %q", what, fault.Code(err), fault.Hint(err), err)
		}
	}
	for n := range good {
		refused(fmt.Sprintf("cut to %d bytes", n), good[:n], false)
		if n >= crc32.Size {
			// The decoder of version 2 takes zeros after the end, so a sealed file that is cut in its code is a model.
			refused(fmt.Sprintf("cut to %d bytes and sealed", n), sealed(good[:n]), m.Grid != (symbols.Grid{}) && n > first)
		}
	}
	every := 3 // of a byte, two or three bits change
	if os.Getenv("IGS_STRESS") != "" {
		every = 1
	}
	for i := 0; i < 8*first; i += every {
		data := bytes.Clone(good)
		data[i/8] ^= 1 << (i % 8)
		what := fmt.Sprintf("bit %d of byte %d", i%8, i/8)
		refused(what, data, false)
		refused(what+", sealed", sealed(data), true)
	}
	refused("untouched", good, true)
	if _, err := Load(path); err != nil {
		t.Error(err)
	}
}

// A million equal splats would compress to 100 bytes. A reader refuses such a file, so the splats are stored without
// compression. Equal splats of version 2 become a file of version 1.
func TestModelThatCompressesTooWell(t *testing.T) {
	decodeAtMost(t, 6<<20)
	m := &Model{Splats: New(200_000, 3), W: 40, H: 30, TopK: 10, Layers: Plain(3, 8), Gamma: 1, Bits: Bits{4, 4, 4, 4}}
	coded := &Model{Splats: New(2000, 3), W: 40, H: 30, TopK: 10, Layers: Plain(3, 8), Gamma: 1, Grid: typicalSteps.Grid(), Bits: Lossless}
	for _, m := range []*Model{m, coded} {
		data, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := decode(data)
		if err != nil {
			t.Error(err)
		} else if back.Grid != (symbols.Grid{}) {
			t.Errorf("%d splats are coded in %d bytes", back.Splats.N, len(data))
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

// A file that is too long for its header is refused before memory of its size is allocated. This file is sparse and has
// 1 TB.
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
	if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "the file has 1099511627776 bytes") {
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
	for _, m := range models() {
		data, err := encode(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)-5])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		decode(data) // mostly fails because of a wrong checksum
		if len(data) < crc32.Size {
			return
		}
		data = sealed(data)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := decode(data)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(64<<20+16*len(data)) {
			t.Fatalf("%d bytes made decode allocate %d", len(data), took)
		}
		if err != nil {
			return
		}
		once, err := encode(m)
		if err != nil {
			t.Fatalf("decoded, but cannot be encoded: %v", err)
		}
		again, err := decode(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, _ := encode(again); !bytes.Equal(once, twice) {
			t.Fatal("two files for one model")
		}
	})
}
