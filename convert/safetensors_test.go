package convert

import (
	"encoding/binary"
	"errors"
	"maps"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/safetensors"
	"igs/splat"
	"igs/splat/reference"
)

func TestSafetensorsKeepAll(t *testing.T) {
	want := model()
	data, err := encodeSafetensors(want)
	if err != nil {
		t.Fatal(err)
	}
	got, notes, err := Read(write(t, "m.safetensors", data), ModelHints{}, nil)
	if err != nil || len(notes) > 0 {
		t.Fatal(notes, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestSafetensorsKeepAlpha(t *testing.T) {
	want := model()
	want.Layers = []imageio.Layer{{Name: "logo", C: 4, Depth: 8, High: 1, Alpha: true}}
	data, err := encodeSafetensors(want)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := Read(write(t, "m.safetensors", data), ModelHints{}, nil)
	if err != nil || !reflect.DeepEqual(got.Layers, want.Layers) {
		t.Errorf("%+v, %v", got, err)
	}
}

// The names, shapes and keys that docs/convert.md promises to Python.
func TestSafetensorsAreAsDocumented(t *testing.T) {
	data, err := encodeSafetensors(model())
	if err != nil {
		t.Fatal(err)
	}
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string][]int{}
	for _, x := range tensors {
		shapes[x.Name] = x.Shape
	}
	if want := map[string][]int{"xy": {25, 2}, "scale": {25, 2}, "rot": {25, 1}, "feat": {25, 4}}; !reflect.DeepEqual(shapes, want) {
		t.Errorf("shapes %v", shapes)
	}
	want := map[string]string{"format": "igs-model 1", "width": "40", "height": "30", "topk": "7", "gamma": "2.2", "bits": "[16,12,10,8]", "recipe": "paper", "version": "1.2.3",
		"layers": `[{"name":"albedo","channels":3,"depth":8,"low":0,"high":1},{"name":"height","channels":1,"depth":32,"low":-0.25,"high":7.5}]`}
	if !maps.Equal(metadata, want) {
		t.Errorf("metadata %v", metadata)
	}
}

// tensorsOf are the tensors of an export.
func tensorsOf(p *splat.Splats) []safetensors.Tensor {
	return []safetensors.Tensor{{Name: "xy", Shape: []int{p.N, 2}, Values: p.XY}, {Name: "scale", Shape: []int{p.N, 2}, Values: p.Scale},
		{Name: "rot", Shape: []int{p.N}, Values: p.Rot}, {Name: "feat", Shape: []int{p.N, p.C}, Values: p.Feat}}
}

func TestForeignSafetensors(t *testing.T) {
	p, _ := reference.RandomScene(3, 40, 30, 9, 3)
	tensors := append(tensorsOf(p), safetensors.Tensor{Name: "vis_feat", Shape: []int{1}, Values: []float32{1}})
	data, err := safetensors.Encode(tensors, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "m.safetensors", data)
	m, _, err := Read(path, ModelHints{W: 40, H: 30}, nil)
	if err != nil || !reflect.DeepEqual(m.Splats, p) || m.TopK != 10 {
		t.Errorf("%+v, %v", m, err)
	}
	if _, _, err = Read(path, ModelHints{}, nil); err == nil || !strings.Contains(fault.Hint(err), "given.size WxH") {
		t.Errorf("without a size: %v, hint %q", err, fault.Hint(err))
	}
	m, _, err = Read(path, ModelHints{W: 40, H: 30, Layers: []int{1, 1, 1}, Gamma: 2, Sigma: true}, nil)
	if err != nil || len(m.Layers) != 3 || m.Gamma != 2 || m.Splats.Scale[0] != 1/p.Scale[0] {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestCheckpointsGoToTheTrainer(t *testing.T) {
	p, _ := reference.RandomScene(3, 40, 30, 9, 3)
	data, err := safetensors.Encode(tensorsOf(p), map[string]string{"format": "igs checkpoint 1"})
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "m.safetensors", data)
	owing, err := safetensors.Encode(tensorsOf(p), map[string]string{"format": "igs checkpoint 2"})
	if err != nil {
		t.Fatal(err)
	}
	known := ModelHints{W: 40, H: 30}
	trainer := func([]byte) (*splat.Splats, ModelHints, error) { return p, known, nil }
	m, notes, err := Read(path, ModelHints{}, trainer)
	if err != nil || m.W != 40 || m.H != 30 || m.Splats != p || m.TopK != 10 || m.Gamma != 1 {
		t.Errorf("%+v, %v", m, err)
	}
	if all := strings.Join(notes, "\n"); !strings.Contains(all, "gamma 1 is assumed") || !strings.Contains(all, "topk 10 is assumed") || !strings.Contains(all, "8 bits a sample") {
		t.Errorf("notes: %s", all)
	}
	if m, _, err := Read(write(t, "owing.safetensors", owing), ModelHints{}, trainer); err != nil || m.Splats != p {
		t.Errorf("of a checkpoint that owes work: %+v, %v", m, err)
	}
	known.TopK, known.Gamma, known.Pictures = 7, 0.5, []imageio.Layer{{Name: "a", C: 3, Depth: 32, Low: -1, High: 9}}
	m, notes, err = Read(path, ModelHints{}, trainer)
	if err != nil || m.TopK != 7 || m.Gamma != 0.5 || !slices.Equal(m.Layers, known.Pictures) || !slices.Equal(notes, []string{"gamma 0.5, topk 7: from the folder of the run"}) {
		t.Errorf("%+v, %q, %v", m, notes, err)
	}
	if m, _, err = Read(path, ModelHints{TopK: 5, Gamma: 2, Layers: []int{1, 1, 1}}, trainer); err != nil || m.TopK != 5 || m.Gamma != 2 || len(m.Layers) != 3 {
		t.Errorf("what the user says does not win: %+v, %v", m, err)
	}
	if _, _, err = Read(path, ModelHints{}, func([]byte) (*splat.Splats, ModelHints, error) { return nil, ModelHints{}, errors.New("damaged") }); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("%v", err)
	}
}

// A file without splats that is far larger than memory is refused because of its header.
func TestLargeSafetensorsAreNotRead(t *testing.T) {
	const values = 1 << 28
	for name, c := range map[string]struct{ header, say string }{
		"weights":    {`{"w":{"dtype":"F32","shape":[16384,16384],"data_offsets":[0,1073741824]}}`, "xy is missing"},
		"checkpoint": {`{"__metadata__":{"format":"igs checkpoint 1"},"xy":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"scale":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"rot":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"feat":{"dtype":"F32","shape":[1,1],"data_offsets":[20,24]},"w":{"dtype":"F32","shape":[268435450],"data_offsets":[24,1073741824]}}`, "a checkpoint of 1 splats has 76"},
	} {
		path := write(t, "w.safetensors", append(binary.LittleEndian.AppendUint64(nil, uint64(len(c.header))), c.header...))
		if err := os.Truncate(path, int64(8+len(c.header)+4*values)); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _, err := Read(path, ModelHints{}, nil)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v", name, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: %d bytes allocated", name, used)
		}
	}
}

func TestBadSafetensorsAreRefused(t *testing.T) {
	good := model()
	data, err := encodeSafetensors(good)
	if err != nil {
		t.Fatal(err)
	}
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ key, value, say string }{
		{"width", "0", "picture of 0"}, {"width", "x", `width is "x"`}, {"height", "99999", "picture of 40×99999"}, {"topk", "0", "top-K"},
		{"gamma", "0", "gamma of 0"}, {"gamma", "NaN", "gamma of NaN"}, {"gamma", "Inf", "gamma of +Inf"}, {"layers", "[]", "layers of 0 channels"},
		{"layers", `[{"channels":3,"depth":8,"high":1}]`, "layers of 3 channels"}, {"layers", `{`, "layers"}, {"bits", "[16,16,16]", "four numbers"},
		{"bits", "[16,16,16,33]", "33 bits"}, {"recipe", strings.Repeat("x", 2000), "longer"}, {"version", "", ""}, {"topk", "", "topk"},
	} {
		changed := maps.Clone(metadata)
		changed[c.key] = c.value
		if c.value == "" {
			delete(changed, c.key)
			c.say = "no " + c.key
		}
		refused(t, tensors, changed, c.say)
	}
	for i, c := range []struct {
		change safetensors.Tensor
		say    string
	}{
		{safetensors.Tensor{Name: "xy", Shape: []int{25, 3}, Values: make([]float32, 75)}, "should be [25 2]"},
		{safetensors.Tensor{Name: "scale", Shape: []int{24, 2}, Values: make([]float32, 48)}, "should be [25 2]"},
		{safetensors.Tensor{Name: "rot", Shape: []int{25, 1, 1}, Values: make([]float32, 25)}, "the shape [25 1 1]"},
		{safetensors.Tensor{Name: "feat", Shape: []int{25, 13}, Values: make([]float32, 325)}, "13 channels"},
	} {
		changed := slices.Clone(tensors)
		changed[i] = c.change
		refused(t, changed, metadata, c.say)
	}
	refused(t, tensors[:3], metadata, "3 tensors")
}

// refused checks the form of the error about a file: one line that names the file, exit code 4 and a hint.
func refused(t *testing.T, tensors []safetensors.Tensor, metadata map[string]string, say string) {
	t.Helper()
	data, err := safetensors.Encode(tensors, metadata)
	if err != nil {
		t.Fatal(err)
	}
	path := write(t, "m.safetensors", data)
	m, _, err := Read(path, ModelHints{}, nil)
	if m != nil || err == nil || !strings.Contains(err.Error(), say) {
		t.Errorf("want an error with %q: %v", say, err)
		return
	}
	if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("code %d, hint %q: %v", fault.Code(err), fault.Hint(err), err)
	}
}
