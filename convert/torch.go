package convert

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"igs/internal/fault"
)

// element is a type of number in a storage.
type element struct {
	bytes int
	read  func(order binary.ByteOrder, b []byte) float32
}

// storages are the classes of storage that hold floats.
var storages = map[string]element{
	"FloatStorage":  {4, func(order binary.ByteOrder, b []byte) float32 { return math.Float32frombits(order.Uint32(b)) }},
	"DoubleStorage": {8, func(order binary.ByteOrder, b []byte) float32 { return float32(math.Float64frombits(order.Uint64(b))) }},
	"HalfStorage":   {2, func(order binary.ByteOrder, b []byte) float32 { return half(order.Uint16(b)) }},
	"BFloat16Storage": {2, func(order binary.ByteOrder, b []byte) float32 {
		return math.Float32frombits(uint32(order.Uint16(b)) << 16)
	}},
}

// half is the number of an IEEE 754 binary16.
func half(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, int(h>>10&31), uint32(h&1023)
	switch exponent {
	case 0: // subnormal: fraction · 2^-24
		return float32(math.Copysign(math.Ldexp(float64(fraction), -24), float64(1-2*int(h>>15))))
	case 31:
		return math.Float32frombits(sign | 255<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | uint32(exponent+112)<<23 | fraction<<13)
}

// archive is a file of torch.save since PyTorch 1.6: a zip of FOLDER/data.pkl, FOLDER/byteorder and the storages
// FOLDER/data/KEY, none of them compressed.
type archive struct {
	files  map[string]*zip.File
	folder string
	order  binary.ByteOrder
}

func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("a damaged zip file: %w", err)
	}
	a := &archive{files: map[string]*zip.File{}, order: binary.LittleEndian}
	found := false
	for _, f := range z.File {
		a.files[f.Name] = f
		if folder, ok := strings.CutSuffix(f.Name, "/data.pkl"); ok && !strings.Contains(folder, "/") {
			a.folder, found = folder, true
		}
	}
	if !found {
		return nil, errors.New("a zip file without data.pkl, which torch.save did not write")
	}
	if a.files[a.folder+"/byteorder"] != nil {
		order, err := a.content("byteorder", 16)
		if err != nil {
			return nil, err
		}
		switch string(order) {
		case "little":
		case "big":
			a.order = binary.BigEndian
		default:
			return nil, fmt.Errorf("the byte order %q", order)
		}
	}
	return a, nil
}

// content is a file of the archive, whole, of at most limit bytes. Nothing is unpacked: a file is no longer than the archive.
func (a *archive) content(name string, limit int64) ([]byte, error) {
	f := a.files[a.folder+"/"+name]
	switch {
	case f == nil:
		return nil, fmt.Errorf("%s is missing in it", name)
	case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
		return nil, fault.New(fault.BadInput, "unpack the zip and pack it again without compression", "its %s is compressed, which torch.save does not do", name)
	case f.UncompressedSize64 > uint64(limit):
		return nil, fmt.Errorf("its %s has %d bytes", name, f.UncompressedSize64)
	}
	r, err := f.Open()
	if err == nil {
		defer r.Close()
		var data []byte
		if data, err = io.ReadAll(r); err == nil {
			return data, nil
		}
	}
	return nil, fmt.Errorf("its %s is damaged: %w", name, err)
}

// root is the value that was saved.
func (a *archive) root() (any, error) {
	data, err := a.content("data.pkl", 1<<20)
	if err != nil {
		return nil, err
	}
	return unpickle(data)
}

// array reads what a tensor shows of its storage. A tensor that shows a number more than once is refused, so that none is
// larger than its file.
func (a *archive) array(t *tensor) (array, error) {
	data, err := a.content("data/"+t.storage.key, math.MaxInt64)
	if err != nil {
		return array{}, err
	}
	width := t.storage.bytes
	elements := len(data) / width
	if len(t.size) == 1 { // as one column
		t = &tensor{t.storage, t.offset, []int{t.size[0], 1}, []int{t.stride[0], 1}}
	}
	if len(t.size) != 2 {
		return array{}, fmt.Errorf("it has %d dimensions", len(t.size))
	}
	rows, columns := t.size[0], t.size[1]
	if rows < 0 || columns < 0 || rows > elements || columns > elements || rows*columns > elements {
		return array{}, fmt.Errorf("the shape %v, but only %d numbers are there", t.size, elements)
	}
	if rows*columns == 0 {
		return array{shape: t.size}, nil
	}
	for _, n := range append(t.stride, t.offset) {
		if n < 0 || n > elements {
			return array{}, fmt.Errorf("it lies beyond its numbers")
		}
	}
	if last := t.offset + (rows-1)*t.stride[0] + (columns-1)*t.stride[1]; last >= elements {
		return array{}, fmt.Errorf("it lies beyond its numbers")
	}
	values := make([]float32, 0, rows*columns)
	for i := range rows {
		for j := range columns {
			at := width * (t.offset + i*t.stride[0] + j*t.stride[1])
			values = append(values, t.storage.read(a.order, data[at:at+width]))
		}
	}
	return array{t.size, values}, nil
}
