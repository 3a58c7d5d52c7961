package splat

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/splat/symbols"
)

// Save writes a model file. The file at path is replaced only when the new file is complete.
func Save(path string, m *Model) error {
	data, err := encode(m)
	if err == nil {
		err = wholefile.WriteBytes(path, data)
	}
	if err != nil {
		return fmt.Errorf("writing model %s: %w", path, wholefile.Unnamed(err))
	}
	return nil
}

// Encode returns the file of a model. The same model always gives the same bytes.
func Encode(m *Model) ([]byte, error) { return encode(m) }

// EncodeFast returns a larger file of a model with all bits of its parameters, in a fraction of the time of Encode.
func EncodeFast(m *Model) ([]byte, error) {
	whole := *m
	whole.Bits, whole.Grid = Lossless, symbols.Grid{}
	return encodeWith(&whole, false)
}

// FileBytes returns the size of the file of a model.
func FileBytes(m *Model) (int64, error) {
	data, err := encode(m)
	return int64(len(data)), err
}

// Load reads a model file. Every error has the code fault.BadInput and contains the path.
func Load(path string) (*Model, error) {
	m, err := load(path)
	if err == nil {
		return m, nil
	}
	hint := "igs reads only models that it wrote (.igsm); train the picture again or copy the file again"
	if better := fault.Hint(err); better != "" {
		hint = better
	} else if bare := wholefile.Unnamed(err); bare != err {
		err, hint = bare, "" // the file could not be read, so the hint about its content does not apply
	}
	return nil, fault.New(fault.BadInput, hint, "model %s: %w", path, err)
}

// load reads a model file. It reads only the header of a file that is longer than its header allows.
func load(path string) (*Model, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	head := make([]byte, min(int64(headerBytes+crc32.Size), info.Size()))
	if _, err := io.ReadFull(file, head); err != nil {
		return nil, err
	}
	if err := recognise(head); err != nil {
		return nil, err
	}
	if size, most := info.Size(), mostBytes(head); size > most {
		return nil, fmt.Errorf("the file has %d bytes, and its header describes at most %d", size, most)
	}
	data := append(make([]byte, 0, info.Size()), head...)
	if _, err := io.ReadFull(file, data[len(head):cap(data)]); err != nil {
		return nil, err
	}
	return decode(data[:cap(data)])
}
