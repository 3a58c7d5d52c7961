package convert

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/splat"
)

// Pickles that could make the library allocate much, loop or panic are errors.
func TestHostilePickles(t *testing.T) {
	for name, c := range map[string]struct{ pickle, say string }{
		"text of 4 GB":             {"X\xff\xff\xff\xff", "a text of 4294967295 bytes"},
		"bytes of 4 GB":            {"B\xff\xff\xff\xff", "a text of"},
		"bytes of 2^62":            {"\x8e\x00\x00\x00\x00\x00\x00\x00\x40", "opcode 0x8e"},
		"frame of 2^62":            {"\x95\x00\x00\x00\x00\x00\x00\x00\x40.", "cut short"},
		"number of no bytes":       {"\x8a\x00.", "no bytes"},
		"opcode 255":               {"\xff.", "opcode 0xff"},
		"odd items":                {"}(Nu.", "damaged"},
		"no mark":                  {"}u.", "damaged"},
		"key without hash":         {"ccollections\nOrderedDict\n)RC\x01aNs.", "damaged"},
		"nothing":                  {"", "cut short"},
		"no stop":                  {"N", "cut short"},
		"name without end":         {"cos", "cut short"},
		"overlong name":            {"c" + strings.Repeat("x", 300) + "\nx\n.", "overlong"},
		"more behind the stop":     {"N.N", "follow the end"},
		"long":                     {strings.Repeat("N", longestPickle) + ".", "has 32769 bytes"},
		"persistent id of nothing": {"NQ.", "damaged"},
		"tensor of nothing":        {"ctorch._utils\n_rebuild_tensor_v2\n)R.", "damaged"},
		"text as an argument":      {"ccollections\nOrderedDict\n(" + strings.Repeat("X\x04\x00\x00\x00aaaa", 3000) + "tR.", "damaged"},
	} {
		v, err := unpickle([]byte(c.pickle))
		if v != nil || err == nil || !strings.Contains(err.Error(), c.say) || len(err.Error()) > 300 {
			t.Errorf("%s: want %q: %v, %v", name, c.say, v, err)
		}
	}
}

// These pickles allocate the most memory that scan allows.
func TestHostilePicklesAllocateLittle(t *testing.T) {
	long := "X\x40\x00\x00\x00" + strings.Repeat("\x00", longestText)
	for name, c := range map[string]struct{ first, again, last string }{
		"marks":        {"", "(", "."},
		"dicts":        {"", "}", "."},
		"ordered":      {"ccollections\nOrderedDict\nq\x000", "h\x00)R", "."},
		"an error":     {"ccollections\nOrderedDict\n" + long + "q\x000(", "h\x00", "tR."},
		"nested error": {long + "q\x000)", "h\x00\x86", ")R."},
	} {
		pickle := c.first + strings.Repeat(c.again, (longestPickle-len(c.first)-len(c.last))/len(c.again)) + c.last
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := unpickle([]byte(pickle)); err != nil && strings.Contains(err.Error(), "opcode") {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
			t.Errorf("%s: %d MB for %d bytes", name, got>>20, len(pickle))
		} else {
			t.Logf("%s: %d KB", name, got>>10)
		}
	}
}

// os.system is not called: it is an unknown name.
func TestNothingIsExecuted(t *testing.T) {
	v, err := unpickle([]byte("cposix\nsystem\n(X\x0c\x00\x00\x00touch /tmp/xtR."))
	if _, ok := v.(*unknown); !ok || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}

func TestBadTorchFilesAreRefused(t *testing.T) {
	little := binary.LittleEndian
	good := func() []stored { return float32s(little, research(4, 3)) }
	with := func(change func(t []stored) []stored) []byte { return torchFile(little, true, change(good())...) }
	for name, c := range map[string]struct {
		data []byte
		say  string
	}{
		"before 1.6":    {[]byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03."), "PyTorch before 1.6"},
		"no archive":    {[]byte("PK\x03\x04 and no more"), "damaged zip"},
		"other archive": {zipped(map[string][]byte{"a.txt": []byte("a")}, zip.Store), "without data.pkl"},
		"compressed":    {zipped(map[string][]byte{"data.pkl": bytes.Repeat([]byte("N"), 999)}, zip.Deflate), "compressed"},
		"byte order":    {zipped(map[string][]byte{"data.pkl": []byte("N."), "byteorder": []byte("middle")}, zip.Store), `byte order "middle"`},
		"no tensors":    {zipped(map[string][]byte{"data.pkl": []byte("N.")}, zip.Store), "no tensor xy"},
		"feat missing":  {with(func(t []stored) []stored { return t[:3] }), "no tensor feat"},
		"whole numbers": {with(func(t []stored) []stored { t[0].class = "LongStorage"; return t }), "no tensor xy"},
		"short":         {with(func(t []stored) []stored { t[1].bytes = t[1].bytes[:8]; return t }), "scale: the shape [4 2], but only 2"},
		"repeated":      {with(func(t []stored) []stored { t[2].size, t[2].stride = []int{1 << 30, 1}, []int{0, 0}; return t }), "rot has the shape"},
		"expanded":      {with(func(t []stored) []stored { t[3].size, t[3].stride = []int{4, 12}, []int{0, 1}; return t }), "feat: the shape [4 12], but only 12"},
		"one stride":    {with(func(t []stored) []stored { t[3].stride = []int{3}; return t }), "damaged"},
		"overflow":      {with(func(t []stored) []stored { t[3].stride = []int{1 << 30, 1 << 30}; return t }), "beyond its numbers"},
		"negative":      {with(func(t []stored) []stored { t[3].offset = -1; return t }), "beyond its numbers"},
		"behind":        {with(func(t []stored) []stored { t[3].offset = 1; return t }), "beyond its numbers"},
		"shape":         {with(func(t []stored) []stored { t[0].size = []int{2, 4}; return t }), "should be [2 2]"},
		"cube":          {with(func(t []stored) []stored { t[0].size, t[0].stride = []int{2, 2, 2}, []int{4, 2, 1}; return t }), "3 dimensions"},
		"not a number":  {with(func(t []stored) []stored { copy(t[2].bytes, "\xff\xff\xff\x7f"); return t }), "rot of splat 0 is NaN"},
		"13 channels":   {torchFile(little, true, float32s(little, research(4, 13))...), "13 channels"},
		"text":          {[]byte("hello"), "not a file that igs converts"},
		"empty":         {nil, "not a file that igs converts"},
	} {
		path := write(t, "a.pt", c.data)
		m, _, err := Read(path, ModelHints{W: w, H: h}, nil)
		if m != nil || err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: want an error with %q: %v", name, c.say, err)
			continue
		}
		if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: code %d, hint %q: %v", name, fault.Code(err), fault.Hint(err), err)
		}
	}
}

// A name in a file cannot add a line to the error.
func TestNamesOfAFileStayInOneLine(t *testing.T) {
	var p pickled
	p.WriteString("}(")
	for _, t := range float32s(binary.LittleEndian, research(4, 3)) {
		p.text(t.name)
		p.tensor(t, "0\nigs: error: x\x1b")
	}
	p.WriteString("u.")
	path := write(t, "a.pt", zipped(map[string][]byte{"data.pkl": p.Bytes()}, zip.Store))
	if _, _, err := Read(path, ModelHints{W: w, H: h}, nil); err == nil || !strings.Contains(err.Error(), `"data/0\nigs: error: x\x1b" is missing`) {
		t.Errorf("key: %v", err)
	}
	lost := errors.New("a\r\nb é\x1b")
	if err := (plainError{lost}); err.Error() != `a??b é?` || !errors.Is(err, lost) {
		t.Errorf("%q", err)
	}
	_, _, err := Read("no\nsuch.pt", ModelHints{}, nil)
	if err == nil || strings.Contains(err.Error(), "\n") || fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
		t.Errorf("path: %q", err)
	}
	if err := CanWrite("a\nb.pt"); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("path: %q", err)
	}
}

// A tensor at the end of a large storage takes only the memory of its own values.
func TestLargeStoragesCostLittleMemory(t *testing.T) {
	tensors := float32s(binary.LittleEndian, research(4, 3))
	for i := range tensors {
		tensors[i].bytes = append(make([]byte, 16<<20), tensors[i].bytes...)
		tensors[i].offset, tensors[i].elements = 4<<20, len(tensors[i].bytes)/4
	}
	data := torchFile(binary.LittleEndian, true, tensors...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, _, err := read(bytes.NewReader(data), int64(len(data)), "nowhere/checkpoints/a.pt", ModelHints{W: w, H: h}, nil)
	runtime.ReadMemStats(&after)
	if err != nil || m.Splats.Feat[4] != research(4, 3).Feat[4] {
		t.Fatal(m, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes allocated for four splats", used)
	}
}

// FuzzRead checks that every reader gives a valid model or an error of one line, for any bytes.
func FuzzRead(f *testing.F) {
	small, err := os.ReadFile("testdata/small.pt")
	if err != nil {
		f.Fatal(err)
	}
	export, err := encodeSafetensors(model())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{small, export, torchFile(binary.BigEndian, false, float32s(binary.BigEndian, research(3, 1))...)} {
		f.Add(seed)
		f.Add(seed[:len(seed)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkpoint := func([]byte) (*splat.Splats, ModelHints, error) { return research(2, 3), ModelHints{W: 5, H: 4}, nil }
		for _, given := range []ModelHints{{}, {W: w, H: h}} {
			m, _, err := read(bytes.NewReader(data), int64(len(data)), "nowhere/checkpoints/a.pt", given, checkpoint)
			if err != nil {
				if strings.Contains(err.Error(), "\n") || len(err.Error()) > 2000 {
					t.Fatalf("%q", err)
				}
				continue
			}
			if err := m.Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzUnpickle tests pickles without an archive around them.
func FuzzUnpickle(f *testing.F) {
	f.Add([]byte("\x80\x02}q\x00(X\x02\x00\x00\x00xyq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00storageq\x03ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\x08tq\x07QK\x00K\x04K\x02\x86q\x08K\x02K\x01\x86q\x09\x89ccollections\nOrderedDict\nq\x0a)Rq\x0btq\x0cRq\x0du."))
	f.Add([]byte("\x80\x04\x95\x15\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94)R."))
	f.Add([]byte("ccollections\nOrderedDict\n)R}X\x01\x00\x00\x00aNsb."))
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := unpickle(data); err == nil {
			item(item(v, "state_dict"), "xy")
		}
	})
}
