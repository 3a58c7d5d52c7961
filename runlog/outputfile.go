package runlog

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"time"
)

// outputFile is a file that grows and is whole at every moment: what is added is kept in memory
// and the file is written anew from time to time. Each writing waits for the disk, on the
// goroutine that trains; so the next one waits for 300 times as long as the last took, and
// such files take a third of a percent of the time each, whatever the disk and their length.
type outputFile struct {
	path    string
	text    bytes.Buffer
	written int // bytes of text in the file
	last    time.Time
	cost    time.Duration // of writing it last
	now     func() time.Time
	err     error // the first that writing met
}

const (
	pause  = 2 * time.Second
	thrift = 300
)

func newOutputFile(path string) *outputFile { return &outputFile{path: path, now: time.Now} }

// reopenOutputFile goes on with the text of the file that is there; a missing one is empty.
func reopenOutputFile(path string) (*outputFile, error) {
	s := newOutputFile(path)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	s.text.Write(text)
	return s, nil
}

// Write adds to the file. An error of writing the file is kept for Flush and Close.
func (s *outputFile) Write(p []byte) (int, error) {
	s.text.Write(p)
	if s.now().Sub(s.last) >= max(pause, thrift*s.cost) {
		s.publish()
	}
	return len(p), nil
}

// Flush puts everything on the disk and returns the first error there was.
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
