package session

import (
	"encoding/binary"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/convert"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/splat"
	"igs/splat/reference"
)

// A run starts from every file that holds a model: its content counts, not its name.
func TestRunsStartFromAnyModel(t *testing.T) {
	p, _ := reference.RandomScene(3, 40, 30, 9, 3)
	p.Sort()
	m := &splat.Model{Splats: p, W: 40, H: 30, TopK: 7, Gamma: 0.5, Layers: splat.Plain(3, 8), Bits: splat.Lossless, Recipe: "igs", Version: "1"}
	dir := t.TempDir()
	for _, name := range []string{"m.igsm", "m.safetensors"} {
		path := filepath.Join(dir, name)
		if err := convert.Write(path, m); err != nil {
			t.Fatal(err)
		}
		s, err := readSource(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.height != 30 || s.gamma != 0.5 || !reflect.DeepEqual(s.splats, p) {
			t.Errorf("%s: height %d, gamma %g", name, s.height, s.gamma)
		}
	}
	alien := `{"xy":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"scale":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},` +
		`"rot":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"feat":{"dtype":"F32","shape":[1,3],"data_offsets":[20,32]}}`
	data := append(binary.LittleEndian.AppendUint64(nil, uint64(len(alien))), alien...)
	data = append(data, make([]byte, 32)...)
	for name, k := range map[string]struct {
		data       []byte
		says, hint string
	}{
		"alien.safetensors": {data, "does not contain the size", ": igs convert IN model.igsm --size WxH"},
		"photo.png":         {[]byte("\x89PNG\r\n\x1a\n1234567890"), "not a file that igs", "igs reads models"},
	} {
		path := filepath.Join(dir, name)
		if err := wholefile.WriteBytes(path, k.data); err != nil {
			t.Fatal(err)
		}
		if _, err := readSource(path); fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), k.says) || !strings.Contains(fault.Hint(err), k.hint) {
			t.Errorf("%s: %v, hint %q", name, err, fault.Hint(err))
		}
	}
}
