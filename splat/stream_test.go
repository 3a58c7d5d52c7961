package splat

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/iotest"

	"igs/internal/fault"
)

func TestStreamIsTheFile(t *testing.T) {
	m := streamed()
	path := filepath.Join(t.TempDir(), "m.igsm")
	if err := Save(path, m); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Write(&got, m); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Fatalf("Write gives other bytes than Save, %v", err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Read(iotest.OneByteReader(bytes.NewReader(want)))
	if err != nil || !reflect.DeepEqual(read, loaded) {
		t.Fatalf("Read gives another model than Load, %v", err)
	}
}

func streamed() *Model {
	p := New(9, 3)
	for i := range p.N {
		p.XY[2*i], p.Scale[2*i], p.Scale[2*i+1], p.Feat[3*i] = float32(i)/9, 0.5, 0.25, float32(i)
	}
	return &Model{Splats: p, W: 20, H: 10, TopK: 10, Layers: Plain(3, 8), Gamma: 1, Bits: Lossless, Recipe: "igs", Version: "test"}
}

// endless is a reader without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestStreamsThatAreNoModel(t *testing.T) {
	var whole bytes.Buffer
	if err := Write(&whole, streamed()); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for name, r := range map[string]io.Reader{
		"nothing": bytes.NewReader(nil), "short": bytes.NewReader(whole.Bytes()[:10]), "cut": bytes.NewReader(whole.Bytes()[:whole.Len()-1]),
		"longer": io.MultiReader(bytes.NewReader(whole.Bytes()), bytes.NewReader([]byte{0})), "of another kind": bytes.NewReader(make([]byte, 1000)),
		"that fails": iotest.ErrReader(broken),
	} {
		if _, err := Read(r); fault.Code(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("the reader's own error is lost: %v", err)
	}
	tail := &endless{}
	if _, err := Read(io.MultiReader(bytes.NewReader(whole.Bytes()), tail)); err == nil || tail.read > 1<<20 {
		t.Errorf("%d bytes of an endless stream were read, %v", tail.read, err)
	}
	if err := Write(io.Discard, &Model{}); err == nil {
		t.Error("an empty model was written")
	}
}
