package imageio

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"

	"igs/internal/fault"
	"igs/internal/wholefile"
)

// scratch keeps the rows of a picture in a file, for a picture that the memory cannot hold. The file is temporary. Where
// the system allows, it has no name from the beginning, so nothing is left of it when the process ends in any way.
//
// Row y has the channels one after the other. The samples of a channel are in the order of x mod phases, then of x. So
// the samples that a step of stride phases looks at follow each other, and a step reads 1/phases² of the file.
type scratch struct {
	file    file
	folder  string
	unnamed bool
	w, c    int
	bytes   int // of a sample: 1 or 2, little-endian
	phases  int
	starts  []int // by phase: the place of its first sample, in samples of the row
	rooms   sync.Pool

	mutex  sync.Mutex
	failed error // the first error of reading or writing
}

// file is the part of os.File that a scratch file uses.
type file interface {
	ReadAt(b []byte, at int64) (int, error)
	WriteAt(b []byte, at int64) (int, error)
	Close() error
	Name() string
}

// makeFile makes the temporary file. Tests replace it by one that fails.
var makeFile = func(folder string) (file, error) { return os.CreateTemp(folder, ".igs-picture-*.tmp") }

// newScratch makes the file in a folder. phases is the largest stride.
func newScratch(folder string, size Size, phases int) (*scratch, error) {
	f, err := makeFile(folder)
	if err != nil {
		return nil, scratchFault(folder, err)
	}
	s := &scratch{file: f, folder: folder, w: size.W, c: size.C, bytes: size.Depth / 8, phases: max(phases, 1)}
	s.unnamed = os.Remove(f.Name()) == nil
	at := 0
	for p := range s.phases {
		s.starts = append(s.starts, at)
		at += s.length(p)
	}
	s.rooms.New = func() any { b := make([]byte, s.w*s.bytes); return &b }
	return s, nil
}

func scratchFault(folder string, err error) error {
	return fault.New(fault.Failed, "make room there, or choose another disk with output.dir", "the scratch file for the rows of the picture in %s: %w", folder, wholefile.Unnamed(err))
}

// length is the number of samples of a phase in a row.
func (s *scratch) length(phase int) int { return max(s.w-phase+s.phases-1, 0) / s.phases }

func (s *scratch) at(c, y int) int64 { return (int64(y)*int64(s.c) + int64(c)) * int64(s.w*s.bytes) }

// fail keeps the first error.
func (s *scratch) fail(err error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.failed == nil {
		s.failed = err
	}
}

// err is the first error of reading or writing. The rows that could not be read are black.
func (s *scratch) err() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.failed
}

// close frees the space on the disk.
func (s *scratch) close() {
	s.file.Close()
	if !s.unnamed {
		os.Remove(s.file.Name())
	}
}

// read reads stored samples of a row, from the given place on.
func (s *scratch) read(b []byte, c, y, place int) {
	if n, err := s.file.ReadAt(b, s.at(c, y)+int64(place*s.bytes)); n < len(b) {
		clear(b[n:])
		s.fail(fmt.Errorf("read the scratch file of the picture: %w", wholefile.Unnamed(err)))
	}
}

// writeRow stores a row of a channel. Different rows may be written at the same time.
func writeRow[T sample](s *scratch, c, y int, row []T) {
	room := s.rooms.Get().(*[]byte)
	defer s.rooms.Put(room)
	for p, start := range s.starts {
		store((*room)[start*s.bytes:], row[min(p, len(row)):], s.phases)
	}
	if _, err := s.file.WriteAt(*room, s.at(c, y)); err != nil {
		s.fail(scratchFault(s.folder, err))
	}
}

// store writes the samples 0, step, 2·step, … of a row.
func store[T sample](to []byte, row []T, step int) {
	switch row := any(row).(type) {
	case []uint8:
		for x := 0; x < len(row); x += step {
			to[x/step] = row[x]
		}
	case []uint16:
		for x := 0; x < len(row); x += step {
			binary.LittleEndian.PutUint16(to[2*(x/step):], row[x])
		}
	}
}

// load reads stored samples to the places 0, step, 2·step, … of a row.
func load[T sample](row []T, step int, from []byte) {
	switch row := any(row).(type) {
	case []uint8:
		for i, v := range from {
			row[i*step] = v
		}
	case []uint16:
		for i := range len(from) / 2 {
			row[i*step] = binary.LittleEndian.Uint16(from[2*i:])
		}
	}
}

// readEvery reads the samples first, first+spacing, … of a row to dst; first is less than spacing. Beyond the end of the
// row the last sample is repeated. Several rows may be read at the same time.
func readEvery[T sample](s *scratch, c, y, first, spacing int, dst []T) {
	if s.phases%spacing != 0 { // the samples are in all phases
		row := make([]T, s.w)
		readEvery(s, c, y, 0, 1, row)
		every(row, first, spacing, dst)
		return
	}
	room := s.rooms.Get().(*[]byte)
	defer s.rooms.Put(room)
	turns := s.phases / spacing // the phases first, first+spacing, … take turns in dst
	for k := range min(turns, len(dst)) {
		phase := first + k*spacing
		n := min(s.length(phase), (len(dst)-k+turns-1)/turns)
		b := (*room)[:n*s.bytes]
		s.read(b, c, y, s.starts[phase])
		load(dst[k:], turns, b)
	}
	for i := max((s.w-first+spacing-1)/spacing, 0); i < len(dst); i++ {
		dst[i] = readSample[T](s, c, y, s.w-1)
	}
}

// readSample reads one sample.
func readSample[T sample](s *scratch, c, y, x int) T {
	var b [2]byte
	var v [1]T
	s.read(b[:s.bytes], c, y, s.starts[x%s.phases]+x/s.phases)
	load(v[:], 1, b[:s.bytes])
	return v[0]
}

// every copies the samples first, first+spacing, … of a row to dst. Beyond the end of the row the last sample is
// repeated.
func every[T sample](row []T, first, spacing int, dst []T) {
	inside := min(len(dst), max((len(row)-first+spacing-1)/spacing, 0))
	if spacing == 1 {
		copy(dst[:inside], row[min(first, len(row)):])
	} else if inside > 0 {
		from := row[first:]
		for i := range dst[:inside] {
			dst[i] = from[i*spacing]
		}
	}
	for i := inside; i < len(dst); i++ {
		dst[i] = row[len(row)-1]
	}
}

// rowTo reads a row as 0..1.
func (s *scratch) rowTo(c, y int, dst []float32) {
	if s.bytes == 2 {
		row := make([]uint16, s.w)
		readEvery(s, c, y, 0, 1, row)
		for x, v := range row {
			dst[x] = from16(v)
		}
		return
	}
	row := make([]uint8, s.w)
	readEvery(s, c, y, 0, 1, row)
	for x, v := range row {
		dst[x] = from8[v]
	}
}

// setRow stores a row of 0..1, rounded to the nearest step.
func (s *scratch) setRow(c, y int, row []float32) {
	if s.bytes == 2 {
		words := make([]uint16, len(row))
		for x, v := range row {
			words[x] = level(v, 65535)
		}
		writeRow(s, c, y, words)
		return
	}
	bytes := make([]uint8, len(row))
	for x, v := range row {
		bytes[x] = uint8(level(v, 255))
	}
	writeRow(s, c, y, bytes)
}

// sample is one sample as 0..1.
func (s *scratch) sample(c, y, x int) float32 {
	if s.bytes == 2 {
		return from16(readSample[uint16](s, c, y, x))
	}
	return from8[readSample[uint8](s, c, y, x)]
}
