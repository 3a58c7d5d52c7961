// Package safetensors reads and writes named float32 tensors in the safetensors format of Hugging
// Face (huggingface.co/docs/safetensors). A file has the length of a JSON header in 8 bytes
// (little-endian), the header with type, shape and offsets of each tensor, and the values. Types
// other than F32 are refused. Python and other tools for weights of networks read such files.
package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Tensor is an array of numbers. The last dimension varies fastest.
type Tensor struct {
	Name   string
	Shape  []int
	Values []float32 // their number is the product of the shape
}

const (
	lengthBytes   = 8
	longestHeader = 16 << 20 // bytes; 10 000 times the header of a file of igs
	metadataKey   = "__metadata__"
)

// place is the entry of a tensor in the header. The offsets count from the end of the header.
type place struct {
	Type    string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

// Encode writes tensors in the given order. The same tensors and metadata always give the same
// bytes.
func Encode(tensors []Tensor, metadata map[string]string) ([]byte, error) {
	var header bytes.Buffer
	add := func(name string, value any) error {
		key, err := json.Marshal(name)
		if err != nil {
			return err
		}
		text, err := json.Marshal(value)
		if err != nil {
			return err
		}
		header.WriteString(map[bool]string{true: "{", false: ","}[header.Len() == 0])
		header.Write(append(append(key, ':'), text...))
		return nil
	}
	if err := add(metadataKey, metadata); err != nil {
		return nil, err
	}
	var at int64
	for _, t := range tensors {
		n, ok := volume(t.Shape)
		if !ok || n != int64(len(t.Values)) {
			return nil, fmt.Errorf("tensor %s: %d values for the shape %v", t.Name, len(t.Values), t.Shape)
		}
		if err := add(t.Name, place{"F32", t.Shape, [2]int64{at, at + 4*n}}); err != nil {
			return nil, err
		}
		at += 4 * n
	}
	header.WriteByte('}')
	for header.Len()%lengthBytes != 0 { // the values must be aligned
		header.WriteByte(' ')
	}
	out := make([]byte, 0, int64(lengthBytes+header.Len())+at)
	out = binary.LittleEndian.AppendUint64(out, uint64(header.Len()))
	out = append(out, header.Bytes()...)
	for _, t := range tensors {
		for _, v := range t.Values {
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
		}
	}
	return out, nil
}

// File is a safetensors file whose header has been read.
type File struct {
	Metadata map[string]string

	r      io.ReaderAt
	size   int64
	start  int64 // offset of the values
	places map[string]place
	names  []string // in the order of the values
}

// Open reads the header of a file of size bytes, and checks it against that size.
func Open(r io.ReaderAt, size int64) (*File, error) {
	header, err := readHeader(r, size)
	if err != nil {
		return nil, err
	}
	f := &File{r: r, size: size, start: lengthBytes + int64(len(header)), places: map[string]place{}}
	entries := map[string]json.RawMessage{}
	if err := json.Unmarshal(header, &entries); err != nil {
		return nil, fmt.Errorf("not a safetensors file: %w", err)
	}
	if text, ok := entries[metadataKey]; ok {
		if err := json.Unmarshal(text, &f.Metadata); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
		delete(entries, metadataKey)
	}
	for name, text := range entries {
		var p place
		if err := json.Unmarshal(text, &p); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		if p.Type != "F32" {
			return nil, fmt.Errorf("tensor %q is of type %q; only F32 is read", name, p.Type)
		}
		f.places[name], f.names = p, append(f.names, name)
	}
	return f, f.arrange()
}

func readHeader(r io.ReaderAt, size int64) ([]byte, error) {
	var first [lengthBytes]byte
	if size < lengthBytes {
		return nil, errors.New("shorter than the header of a safetensors file")
	}
	if err := readAt(r, first[:], 0); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint64(first[:])
	if length > longestHeader || length > uint64(size-lengthBytes) {
		return nil, errors.New("not a safetensors file, or cut short")
	}
	header := make([]byte, length)
	return header, readAt(r, header, lengthBytes)
}

// arrange sorts the tensors by the offsets of their values. The values must fill the rest of the file.
func (f *File) arrange() error {
	slices.SortFunc(f.names, func(a, b string) int {
		from, to := f.places[a].Offsets, f.places[b].Offsets
		return cmp.Or(cmp.Compare(from[0], to[0]), cmp.Compare(from[1], to[1]), cmp.Compare(a, b)) // an empty tensor has the offset of the next one
	})
	var end int64
	for _, name := range f.names {
		p := f.places[name]
		n, ok := volume(p.Shape)
		if begin := p.Offsets[0]; !ok || begin != end || p.Offsets[1] > f.Values() || p.Offsets[1]-begin != 4*n {
			return fmt.Errorf("tensor %q has wrong offsets in the header", name)
		}
		end = p.Offsets[1]
	}
	if end != f.Values() {
		return fmt.Errorf("%d bytes follow the last tensor", f.Values()-end)
	}
	return nil
}

// Names are the names of the tensors, in the order of their values.
func (f *File) Names() []string { return f.names }

// Size is the size of the file, and Values the size of all values in it, in bytes.
func (f *File) Size() int64   { return f.size }
func (f *File) Values() int64 { return f.size - f.start }

// Shape is the shape of a tensor. It returns false when there is no tensor of this name.
func (f *File) Shape(name string) ([]int, bool) {
	p, ok := f.places[name]
	return p.Shape, ok
}

// Read reads the values of one tensor. It returns none for a name that does not exist.
func (f *File) Read(name string) ([]float32, error) {
	p := f.places[name]
	b := make([]byte, p.Offsets[1]-p.Offsets[0])
	if err := readAt(f.r, b, f.start+p.Offsets[0]); err != nil {
		return nil, err
	}
	return floats(b), nil
}

func readAt(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		return err
	}
	return nil
}

// Decode is the inverse of Encode. It returns the tensors in the order of their values. For any
// header, it allocates at most a few times the length of data.
func Decode(data []byte) (tensors []Tensor, metadata map[string]string, err error) {
	f, err := Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range f.names {
		values, err := f.Read(name)
		if err != nil {
			return nil, nil, err
		}
		tensors = append(tensors, Tensor{name, f.places[name].Shape, values})
	}
	return tensors, f.Metadata, nil
}

func floats(b []byte) []float32 {
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

// volume is the product of a shape. It returns false for a negative side and for more values than a file may have.
func volume(shape []int) (int64, bool) {
	n := int64(1)
	for _, side := range shape {
		if side < 0 || side > math.MaxInt32 {
			return 0, false
		}
		if n *= int64(side); n > math.MaxInt32 { // 8 GB
			return 0, false
		}
	}
	return n, true
}
