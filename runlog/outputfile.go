package runlog

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"time"
)

// outputFile is a file that grows and is complete at every moment. Its text is kept in memory,
// and the whole file is written again from time to time. Training waits for each write. So the
// next write comes after costFactor times the time of the last one: each file then takes at
// most a third of a percent of the time of a run, on any disk and at any length.
type outputFile struct {
	path    string
	text    bytes.Buffer
	written int // bytes of text in the file
	last    time.Time
	cost    time.Duration // of the last write
	now     func() time.Time
	err     error // the first error of a write
}

const (
	minInterval = 2 * time.Second // between two writes
	costFactor  = 300
)

func newOutputFile(path string) *outputFile { return &outputFile{path: path, now: time.Now} }

// reopenOutputFile keeps the text of an existing file. A missing file counts as empty.
func reopenOutputFile(path string) (*outputFile, error) {
	s := newOutputFile(path)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s.text.Write(text)
	return s, nil
}

// Write adds to the file. Flush and Close return the error if writing the file fails.
func (s *outputFile) Write(p []byte) (int, error) {
	s.text.Write(p)
	if s.now().Sub(s.last) >= max(minInterval, costFactor*s.cost) {
		s.publish()
	}
	return len(p), nil
}

// Flush puts everything on the disk and returns the first error of all writes.
func (s *outputFile) Flush() error {
	s.publish()
	return s.err
}

func (s *outputFile) publish() {
	if s.err != nil || s.written == s.text.Len() && !s.last.IsZero() {
		return
	}
	began := s.now()
	s.err = WriteFile(s.path, s.text.Bytes())
	s.written, s.last = s.text.Len(), s.now()
	s.cost = s.last.Sub(began)
}
