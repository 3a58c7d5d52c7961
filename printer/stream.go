package printer

import (
	"errors"
	"io"
	"sync"
	"syscall"

	"igs/internal/fault"
)

// stream is an output stream of the program. It keeps the first error of a write, so no result is lost in silence.
// After an error it writes nothing more: a reader must not get half of the results.
type stream struct {
	w io.Writer

	mutex  sync.Mutex
	err    error
	broken func() // called when the reader has closed the other end; nil = nobody wants to know
}

func (s *stream) Write(b []byte) (int, error) {
	s.mutex.Lock()
	if s.err != nil {
		defer s.mutex.Unlock()
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = lost(err)
	broken := s.broken
	s.mutex.Unlock()
	if broken != nil && closedByReader(err) {
		broken()
	}
	return n, lost(err)
}

// lost is the error of results that could not be written, nil for nil.
func lost(err error) error {
	switch {
	case err == nil:
		return nil
	case closedByReader(err):
		return fault.New(fault.BrokenPipe, "", "write the results: %w", err)
	}
	return fault.New(fault.Failed, "free some space, or write the results to another place", "write the results: %w", err)
}

// closedByReader reports whether a write failed because nobody reads the pipe any more.
func closedByReader(err error) bool { return errors.Is(err, syscall.EPIPE) }

func (s *stream) onBroken(tell func()) {
	s.mutex.Lock()
	s.broken = tell
	s.mutex.Unlock()
}

// failure is the first error of the stream, nil when everything was written.
func (s *stream) failure() error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.err
}

// OnBroken sets the function that is called when the reader of either stream has closed it. nil = none. Any goroutine
// may call it.
func (c *Console) OnBroken(tell func()) {
	c.out.onBroken(tell)
	c.err.onBroken(tell)
}
