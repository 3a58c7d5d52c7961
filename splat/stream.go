package splat

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"igs/internal/fault"
)

// Write writes the file of a model to w.
func Write(w io.Writer, m *Model) error {
	data, err := encode(m)
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("writing model: %w", err)
	}
	return nil
}

// Read reads a model from r, to the end of r. It never reads more than the maximum size that the header allows.
func Read(r io.Reader) (*Model, error) {
	m, err := read(r)
	if err != nil {
		return nil, fault.New(fault.BadInput, "igs reads models that it wrote itself (.igsm)", "model: %w", err)
	}
	return m, nil
}

func read(r io.Reader) (*Model, error) {
	head := make([]byte, headerBytes+crc32.Size)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := recognise(head[:n]); err != nil {
		return nil, err
	}
	most := mostBytes(head)
	rest, err := io.ReadAll(io.LimitReader(r, most-int64(n)+1))
	if err != nil {
		return nil, err
	}
	if int64(n+len(rest)) > most {
		return nil, fmt.Errorf("longer than %d bytes, the most that its header describes", most)
	}
	return decode(append(head[:n], rest...))
}
