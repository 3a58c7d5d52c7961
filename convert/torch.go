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
	"igs/internal/float16"
)

// element is the type of the numbers in a storage.
type element struct {
	bytes int
	read  func(order binary.ByteOrder, b []byte) float32
}

// storages lists the classes of storage that hold floats.
var storages = map[string]element{
	"FloatStorage":  {4, func(order binary.ByteOrder, b []byte) float32 { return math.Float32frombits(order.Uint32(b)) }},
	"DoubleStorage": {8, func(order binary.ByteOrder, b []byte) float32 { return float32(math.Float64frombits(order.Uint64(b))) }},
	"HalfStorage":   {2, func(order binary.ByteOrder, b []byte) float32 { return float16.Wide(order.Uint16(b)) }},
	"BFloat16Storage": {2, func(order binary.ByteOrder, b []byte) float32 {
		return math.Float32frombits(uint32(order.Uint16(b)) << 16)
	}},
}

// archive is a file of torch.save since PyTorch 1.6: a zip without compression of FOLDER/data.pkl, FOLDER/byteorder and
// the storages FOLDER/data/KEY.
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

// file finds a file of the archive. Files are not compressed, so none is longer than the archive.
func (a *archive) file(name string) (*zip.File, error) {
	f := a.files[a.folder+"/"+name]
	switch {
	case f == nil:
		return nil, fmt.Errorf("%q is missing in it", name)
	case f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64:
		return nil, fault.New(fault.BadInput, "unpack the zip and pack it again without compression", "its %q is compressed, which torch.save does not do", name)
	case f.UncompressedSize64 > math.MaxInt64:
		return nil, fmt.Errorf("its %q has %d bytes", name, f.UncompressedSize64)
	}
	return f, nil
}

// content reads a whole file of the archive. A file of more than limit bytes is an error.
func (a *archive) content(name string, limit int64) ([]byte, error) {
	f, err := a.file(name)
	switch {
	case err != nil:
		return nil, err
	case f.UncompressedSize64 > uint64(limit):
		return nil, fmt.Errorf("its %q has %d bytes", name, f.UncompressedSize64)
	}
	return extent(f, 0, int64(f.UncompressedSize64))
}

// extent reads a part of a file. The other bytes are read for the checksum, but not kept.
func extent(f *zip.File, from, to int64) ([]byte, error) {
	data, err := func() ([]byte, error) {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		if _, err := io.CopyN(io.Discard, r, from); err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(r, to-from))
		if err == nil && int64(len(data)) < to-from {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		return data, err
	}()
	if err != nil {
		return nil, fmt.Errorf("its %q is damaged: %w", f.Name, err)
	}
	return data, nil
}

// root is the value that was saved.
func (a *archive) root() (any, error) {
	data, err := a.content("data.pkl", 1<<20)
	if err != nil {
		return nil, err
	}
	return unpickle(data)
}

// values reads the numbers of a tensor from its storage, from its first to its last number. A tensor with more numbers
// than its storage is an error, so no tensor is larger than its file.
func (a *archive) values(t *tensor) ([]float32, error) {
	f, err := a.file("data/" + t.storage.key)
	if err != nil {
		return nil, err
	}
	width := t.storage.bytes
	elements := int(f.UncompressedSize64) / width
	if len(t.size) == 1 { // as one column
		t = &tensor{t.storage, t.offset, []int{t.size[0], 1}, []int{t.stride[0], 1}}
	}
	rows, columns := t.size[0], t.size[1]
	if rows > elements || columns > elements || rows*columns > elements {
		return nil, fmt.Errorf("the shape %v, but only %d numbers are there", t.size, elements)
	}
	if rows*columns == 0 {
		return nil, nil
	}
	for _, n := range append(t.stride, t.offset) {
		if n < 0 || n > elements {
			return nil, fmt.Errorf("it lies beyond its numbers")
		}
	}
	last := t.offset + (rows-1)*t.stride[0] + (columns-1)*t.stride[1]
	if last >= elements {
		return nil, fmt.Errorf("it lies beyond its numbers")
	}
	data, err := extent(f, int64(width*t.offset), int64(width*(last+1)))
	if err != nil {
		return nil, err
	}
	values := make([]float32, 0, rows*columns)
	for i := range rows {
		for j := range columns {
			at := width * (i*t.stride[0] + j*t.stride[1])
			values = append(values, t.storage.read(a.order, data[at:at+width]))
		}
	}
	return values, nil
}
