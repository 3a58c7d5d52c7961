package convert

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"igs/imageio"
	"igs/internal/float16"
	"igs/internal/golden"
	"igs/splat"
	"igs/splat/reference"
)

const w, h = 64, 48

// drawn is the picture that the research code draws, by its formula but without tiles. It is planar, in float64.
// The matrix of the rotation is written as it is stored, column by column.
func drawn(p *splat.Splats) []float64 {
	type gaussian struct{ x, y, a, b, c float64 }
	var all []gaussian
	for i := range p.N {
		sin, cos := math.Sincos(float64(p.Rot[i]))
		columns := [2][2]float64{{cos, -sin}, {sin, cos}}
		var cov [2][2]float64
		for k := range 2 {
			sigma := 1 / float64(p.Scale[2*i+k])
			for r := range 2 {
				for s := range 2 {
					cov[r][s] += sigma * sigma * columns[k][r] * columns[k][s]
				}
			}
		}
		det := cov[0][0]*cov[1][1] - cov[0][1]*cov[0][1]
		all = append(all, gaussian{float64(p.XY[2*i]) * w, float64(p.XY[2*i+1]) * h, cov[1][1] / det, -cov[0][1] / det, cov[0][0] / det})
	}
	out := make([]float64, p.C*w*h)
	for y := range h {
		for x := range w {
			type share struct {
				alpha float64
				i     int
			}
			var shares []share
			for i, g := range all {
				dx, dy := g.x-float64(x), g.y-float64(y)
				shares = append(shares, share{math.Exp(-(0.5*(g.a*dx*dx+g.c*dy*dy) + g.b*dx*dy)), i})
			}
			slices.SortFunc(shares, func(a, b share) int { return -int(math.Copysign(1, a.alpha-b.alpha)) })
			sum := 1e-4
			for _, s := range shares[:10] {
				sum += s.alpha
			}
			for _, s := range shares[:10] {
				for c := range p.C {
					out[(c*h+y)*w+x] += s.alpha / sum * float64(p.Feat[s.i*p.C+c])
				}
			}
		}
	}
	return out
}

func psnr(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return -10 * math.Log10(sum/float64(len(a)))
}

// The pickler of Python wrote the checkpoint. igs draws the model as the research code does.
func TestCheckpointIsDrawnAsByTheResearchCode(t *testing.T) {
	m, notes, err := Read("testdata/small.pt", ModelHints{W: w, H: h}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.W != w || m.H != h || m.TopK != 10 || m.Gamma != 1 || m.Recipe != "image-gs" || !reflect.DeepEqual(m.Layers, splat.Plain(3, 8)) {
		t.Errorf("model %+v", m)
	}
	if all := strings.Join(notes, "\n"); !strings.Contains(all, "gamma 1 is assumed") || !strings.Contains(all, "half a pixel") {
		t.Errorf("notes: %s", all)
	}
	frame := reference.Forward(reference.Scene{W: w, H: h, K: m.TopK, Cut: 18}, m.Splats)
	if got := psnr(frame.Color, drawn(research(40, 3))); got < 60 {
		t.Errorf("%.2f dB between igs and the research code", got)
	} else {
		t.Logf("%.2f dB", got)
	}
}

func TestEveryKindOfStorage(t *testing.T) {
	p := research(40, 3)
	want, _, err := Read(write(t, "a.pt", torchFile(binary.LittleEndian, true, float32s(binary.LittleEndian, p)...)), ModelHints{W: w, H: h}, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The tensors are parts of a larger storage, column by column, in double precision.
	transposed := func(order binary.ByteOrder) stored {
		data := make([]byte, 8*5)
		for j := range 2 {
			for i := range p.N {
				var b [8]byte
				order.PutUint64(b[:], math.Float64bits(float64(p.XY[2*i+j])))
				data = append(data, b[:]...)
			}
		}
		return stored{"xy", "DoubleStorage", data, 5 + 2*p.N, 5, []int{p.N, 2}, []int{1, p.N}}
	}
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		tensors := float32s(order, p)
		tensors[0] = transposed(order)
		tensors[2].size, tensors[2].stride = []int{p.N}, []int{1}
		m, _, err := Read(write(t, "a.pt", torchFile(order, false, tensors...)), ModelHints{W: w, H: h}, nil)
		if err != nil {
			t.Fatal(order, err)
		}
		if !reflect.DeepEqual(m, want) {
			t.Errorf("%v: another model", order)
		}
	}
}

func TestNarrowFloats(t *testing.T) {
	little := binary.LittleEndian
	for _, c := range []struct {
		class string
		bits  uint16
		want  float64
	}{
		{"HalfStorage", 0x3555, 0.333251953125}, {"HalfStorage", 0xc500, -5}, {"HalfStorage", 0x0001, 0x1p-24},
		{"HalfStorage", 0x83ff, -0x3ffp-24}, {"HalfStorage", 0x7bff, 65504}, {"HalfStorage", 0x7c00, math.Inf(1)},
		{"BFloat16Storage", 0x3eab, 0.333984375}, {"BFloat16Storage", 0xc0a0, -5},
	} {
		if got := storages[c.class].read(little, little.AppendUint16(nil, c.bits)); float64(got) != c.want {
			t.Errorf("%s %04x is %g, want %g", c.class, c.bits, got, c.want)
		}
	}
	if got := float16.Wide(0x7e00); !math.IsNaN(float64(got)) {
		t.Errorf("not a number is %g", got)
	}
}

func TestFolderOfTheRun(t *testing.T) {
	p := research(40, 4)
	dir := t.TempDir()
	path := filepath.Join(dir, "checkpoints", "ckpt_step-7.pt")
	if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	for i := range p.Scale {
		p.Scale[i] = 1 / p.Scale[i]
	}
	settings := "#################### Training Config ####################\nadd_steps: 500\ndisable_inverse_scale: true\ndisable_topk_norm: false\ngamma: 2.2\ninput_path: textures/a\ntopk: 8\n"
	for name, data := range map[string][]byte{"checkpoints/ckpt_step-7.pt": torchFile(binary.LittleEndian, true, float32s(binary.LittleEndian, p)...), "cfg_train.yaml": []byte(settings)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []int{1, 3} {
		if err := golden.WritePNG(filepath.Join(dir, []string{"gt_res-48x64_1.png", "gt_res-48x64_2.png"}[i]), imageio.New(w, h, c), 8); err != nil {
			t.Fatal(err)
		}
	}
	m, notes, err := Read(path, ModelHints{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.W != w || m.H != h || m.Gamma != 2.2 || m.TopK != 8 || len(m.Layers) != 2 || m.Layers[0].C != 1 || m.Layers[1].C != 3 {
		t.Errorf("model %+v", m)
	}
	if want := float64(research(40, 4).Scale[3]); math.Abs(float64(m.Splats.Scale[3])-want) > 1e-6 {
		t.Errorf("scale %g, want %g", m.Splats.Scale[3], want)
	}
	if !strings.HasPrefix(notes[0], "size 64 × 48 px, layers 1,3, gamma 2.2, topk 8, σ as scale: from the folder") {
		t.Errorf("note %q", notes[0])
	}
	t.Chdir(filepath.Dir(path))
	if m, _, err := Read(filepath.Base(path), ModelHints{}, nil); err != nil || m.W != w || m.TopK != 8 {
		t.Errorf("by its name alone: %+v, %v", m, err)
	}
	m, _, err = Read(path, ModelHints{W: 128, H: 96, Gamma: 1, Layers: []int{3, 1}}, nil)
	if err != nil || m.W != 128 || m.Gamma != 1 || m.Layers[0].C != 3 {
		t.Errorf("what the user says does not win: %+v, %v", m, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cfg_train.yaml"), []byte("disable_topk_norm: true\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Read(path, ModelHints{}, nil); err == nil || !strings.Contains(err.Error(), "without dividing") {
		t.Errorf("a sum of splats: %v", err)
	}
}
