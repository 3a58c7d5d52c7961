package runlog

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"
)

// outputFile is a file that grows and is complete at every moment. Its text is kept in memory,
// and the whole file is written again from time to time. Training waits for each write. So the
// next write comes after costFactor times the time of the last one: each file then takes at
// most a third of a percent of the time of a run, on any disk and at any length.
//
// Flush may be called on another goroutine than Write, which does not wait for it.
type outputFile struct {
	path string
	now  func() time.Time

	writing sync.Mutex // of the file on the disk

	mu      sync.Mutex // of all below
	text    []byte     // it only grows, so its beginning may be read without the lock
	written int        // bytes of text in the file
	last    time.Time
	cost    time.Duration // of the last write
	err     error         // the first error of a write
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
	s.text = text
	return s, nil
}

// Write adds to the file. Flush and Close return the error if writing the file fails.
func (s *outputFile) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.text = append(s.text, p...)
	due := s.now().Sub(s.last) >= max(minInterval, costFactor*s.cost)
	s.mu.Unlock()
	if due && s.writing.TryLock() {
		s.publish()
		s.writing.Unlock()
	}
	return len(p), nil
}

// Flush puts everything on the disk and returns the first error of all writes.
func (s *outputFile) Flush() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.publish()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// publish writes the file. The caller has locked writing.
func (s *outputFile) publish() {
	s.mu.Lock()
	text := s.text
	if s.err != nil || s.written == len(text) && !s.last.IsZero() {
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	began := s.now()
	err := WriteFile(s.path, text)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err, s.written, s.last = err, len(text), s.now()
	s.cost = s.last.Sub(began)
}
