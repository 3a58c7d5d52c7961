package splat

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"igs/splat/symbols"
)

// pythonDump prints the symbols and the parameters of model files as little-endian numbers: x, y, size, aspect, angle,
// the colours of each splat, then the planes.
const pythonDump = `
import sys, numpy as np, decode_igsm
for path in sys.argv[1:]:
    m = decode_igsm.decode(open(path, "rb").read())
    for s in m["symbols"]:
        sys.stdout.buffer.write(np.array(s, "<i4").tobytes())
    sys.stdout.buffer.write(m["planes"].astype("<f4").tobytes())
`

// The decoder that was written from docs/format.md alone gets the same symbols as igs, and the same float32.
func TestPythonDecodesTheSame(t *testing.T) {
	python := pythonWithNumPy(t)
	scripts, err := filepath.Abs("../scripts")
	if err != nil {
		t.Fatal(err)
	}
	dir, args := t.TempDir(), []string{"-c", pythonDump}
	var want []byte
	seen := map[string]bool{}
	for i, m := range append(models(), someModel(600, 3)) { // all of them in format version 2, where many become the same
		m.Grid = typicalSteps.Grid()
		data, err := encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if seen[string(data)] {
			continue
		}
		seen[string(data)] = true
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
		back, err := decode(data)
		if err != nil {
			t.Fatal(err)
		}
		set, err := Quantise(back, back.Grid)
		if err != nil {
			t.Fatal(err)
		}
		want = appendNumbers(want, set, back.Splats)
	}
	run := exec.Command(python, args...)
	run.Env = append(os.Environ(), "PYTHONPATH="+scripts+string(os.PathListSeparator)+os.Getenv("PYTHONPATH"), "PYTHONDONTWRITEBYTECODE=1")
	var problem bytes.Buffer
	run.Stderr = &problem
	got, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &problem)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("Python decodes other numbers: %d bytes, want %d", len(got), len(want))
	}
}

func appendNumbers(data []byte, set *symbols.Set, p *Splats) []byte {
	for _, s := range [][]int32{set.X, set.Y, set.Size, set.Aspect, set.Angle, set.Colour} {
		data, _ = binary.Append(data, order, s)
	}
	for _, plane := range p.planes() {
		for k := range p.N {
			data = appendFloats(data, *plane.at(k))
		}
	}
	return data
}

// pythonWithNumPy is an interpreter. With IGS_REQUIRE_PYTHON=1 a missing one is a failure.
func pythonWithNumPy(t *testing.T) string {
	for _, name := range []string{"python3", "/usr/bin/python3"} { // the second is where a distribution puts NumPy
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			return name
		}
	}
	if os.Getenv("IGS_REQUIRE_PYTHON") == "1" {
		t.Fatal("no python3 with NumPy, and IGS_REQUIRE_PYTHON is 1")
	}
	t.Skip("no python3 with NumPy")
	return ""
}
