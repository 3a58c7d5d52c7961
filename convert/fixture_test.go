package convert

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"igs/imageio"
	"igs/splat"
	"igs/splat/reference"
)

// fraction is the function of the same name in testdata/checkpoint.py.
func fraction(i, j, prime int) float64 { return float64((i*37+j*61)%prime) / float64(prime) }

// research are the splats of testdata/checkpoint.py, in the conventions of the research code.
func research(n, c int) *splat.Splats {
	p := splat.New(n, c)
	for i := range n {
		for j := range 2 {
			p.XY[2*i+j] = float32(fraction(i, j, 101))
			p.Scale[2*i+j] = float32(0.05 + 0.3*fraction(i, j, 89))
		}
		p.Rot[i] = float32(6*fraction(i, 0, 83) - 3)
		for j := range c {
			p.Feat[i*c+j] = float32(fraction(i, j, 79))
		}
	}
	return p
}

// stored is a tensor as a fixture writes it.
type stored struct {
	name, class  string
	bytes        []byte
	elements     int
	offset       int
	size, stride []int
}

// pickled pickles a dict of tensors as torch.save does, with opcodes of protocol 2.
type pickled struct{ bytes.Buffer }

func (p *pickled) text(s string) {
	p.WriteByte('X')
	binary.Write(p, binary.LittleEndian, uint32(len(s)))
	p.WriteString(s)
}

func (p *pickled) number(n int) {
	p.WriteByte('J')
	binary.Write(p, binary.LittleEndian, int32(n))
}

func (p *pickled) tuple(numbers []int) {
	p.WriteByte('(')
	for _, n := range numbers {
		p.number(n)
	}
	p.WriteByte('t')
}

func (p *pickled) tensor(t stored, key string) {
	p.WriteString("ctorch._utils\n_rebuild_tensor_v2\n((")
	p.text("storage")
	p.WriteString("ctorch\n" + t.class + "\n")
	p.text(key)
	p.text("cpu")
	p.number(t.elements)
	p.WriteString("tQ")
	p.number(t.offset)
	p.tuple(t.size)
	p.tuple(t.stride)
	p.WriteString("\x89ccollections\nOrderedDict\n)RtR")
}

// torchFile is a file of torch.save, with the tensors as a dict or as the state_dict of a checkpoint.
func torchFile(order binary.ByteOrder, checkpoint bool, tensors ...stored) []byte {
	var p pickled
	p.WriteString("\x80\x02")
	if checkpoint {
		p.WriteString("}(")
		p.text("step")
		p.number(7)
		p.text("state_dict")
	}
	p.WriteString("ccollections\nOrderedDict\n)R(")
	files := map[string][]byte{}
	for i, t := range tensors {
		key := strconv.Itoa(i)
		p.text(t.name)
		p.tensor(t, key)
		files["data/"+key] = t.bytes
	}
	p.WriteString("u")
	if checkpoint {
		p.WriteString("u")
	}
	p.WriteString(".")
	files["data.pkl"] = p.Bytes()
	files["byteorder"] = []byte("little")
	if order == binary.BigEndian {
		files["byteorder"] = []byte("big")
	}
	return zipped(files, zip.Store)
}

func zipped(files map[string][]byte, method uint16) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, data := range files {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "small/" + name, Method: method})
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// float32s stores the four tensors as float32.
func float32s(order binary.ByteOrder, p *splat.Splats) []stored {
	var all []stored
	for _, t := range []struct {
		name   string
		values []float32
		each   int
	}{{"xy", p.XY, 2}, {"scale", p.Scale, 2}, {"rot", p.Rot, 1}, {"feat", p.Feat, p.C}} {
		var data []byte
		for _, v := range t.values {
			data = binary.BigEndian.AppendUint32(data, math.Float32bits(v))
			if order == binary.LittleEndian {
				binary.LittleEndian.PutUint32(data[len(data)-4:], math.Float32bits(v))
			}
		}
		all = append(all, stored{t.name, "FloatStorage", data, len(t.values), 0, []int{p.N, t.each}, []int{t.each, 1}})
	}
	return all
}

// write writes data to a file and returns its path.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// model has no field at its default.
func model() *splat.Model {
	p, _ := reference.RandomScene(5, 40, 30, 25, 4)
	return &splat.Model{
		Splats: p, W: 40, H: 30, TopK: 7, Gamma: 2.2, Bits: splat.Bits{XY: 16, Scale: 12, Rot: 10, Feat: 8}, Recipe: "paper", Version: "1.2.3",
		Layers: []imageio.Layer{{Name: "albedo", C: 3, Depth: 8, High: 1}, {Name: "height", C: 1, Depth: 32, Low: -0.25, High: 7.5}},
	}
}
