package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"testing"
)

var sample = []Tensor{
	{"xy", []int{2, 2}, []float32{0, -1.5, math.MaxFloat32, math.SmallestNonzeroFloat32}},
	{"nothing", []int{0, 3}, []float32{}},
	{"rot \"θ\"", []int{3}, []float32{1, 2, 3}},
	{"scalar", []int{}, []float32{7}},
}

func TestRoundTrip(t *testing.T) {
	data, err := Encode(sample, map[string]string{"b": "2", "a": "1\n"})
	if err != nil {
		t.Fatal(err)
	}
	if n := binary.LittleEndian.Uint64(data); n%8 != 0 {
		t.Errorf("a header of %d bytes leaves the values unaligned", n)
	}
	tensors, metadata, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(tensors, sample) {
		t.Errorf("got %v, want %v", tensors, sample)
	}
	if metadata["a"] != "1\n" || metadata["b"] != "2" {
		t.Errorf("metadata %v", metadata)
	}
	if again, _ := Encode(sample, metadata); !bytes.Equal(again, data) {
		t.Error("the same tensors gave other bytes")
	}
}

// A file as another program may write it: the header has another order than the values, and no
// metadata.
func TestForeignFile(t *testing.T) {
	header := `{"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}`
	data := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	data = append(data, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x40, 0x40)
	tensors, _, err := Decode(data)
	want := []Tensor{{"a", []int{1, 2}, []float32{1, 2}}, {"b", []int{1}, []float32{3}}}
	if err != nil || !reflect.DeepEqual(tensors, want) {
		t.Errorf("%v, %v", tensors, err)
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	data, err := Encode(sample, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if _, _, err := Decode(data[:n]); err == nil {
			t.Errorf("the first %d of %d bytes were taken", n, len(data))
		}
	}
	if _, _, err := Decode(append(data, 0)); err == nil {
		t.Error("a byte too many was taken")
	}
}

func TestBadTensorsAreRefused(t *testing.T) {
	if _, err := Encode([]Tensor{{"x", []int{3}, make([]float32, 2)}}, nil); err == nil {
		t.Error("two values for a shape of three")
	}
	for _, header := range []string{
		`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`,
		`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
		`{"a":1}`, `[]`, `{`, ``,
	} {
		data := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
		if _, _, err := Decode(append(data, 0, 0, 0, 0)); err == nil {
			t.Errorf("taken: %s", header)
		}
	}
}

func FuzzDecode(f *testing.F) {
	data, _ := Encode(sample, map[string]string{"k": "v"})
	f.Add(data)
	f.Add(data[:20])
	f.Add(binary.LittleEndian.AppendUint64(nil, math.MaxUint64))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Encode(tensors, metadata)
		if err != nil {
			t.Fatal(err)
		}
		twice, _, err := Decode(again)
		if err != nil || len(twice) != len(tensors) {
			t.Fatalf("%d tensors became %d: %v", len(tensors), len(twice), err)
		}
	})
}
