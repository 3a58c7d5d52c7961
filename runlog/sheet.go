package runlog

import (
	"bytes"
	"time"
)

// sheet is a file that grows and is whole at every moment: what is added is kept in memory
// and the file is written anew, at most once in two seconds, because a fast device
// evaluates several times a second and each writing waits for the disk. These files are
// a few hundred rows.
type sheet struct {
	path    string
	text    bytes.Buffer
	written int // bytes of text in the file
	last    time.Time
	now     func() time.Time
	err     error // the first that writing met
}

const pause = 2 * time.Second

func newSheet(path string) *sheet { return &sheet{path: path, now: time.Now} }

// Write adds to the sheet. An error of writing the file is kept for Close.
func (s *sheet) Write(p []byte) (int, error) {
	s.text.Write(p)
	if s.now().Sub(s.last) >= pause {
		s.publish()
	}
	return len(p), nil
}

// Close writes what is not in the file yet and returns the first error there was.
func (s *sheet) Close() error {
	s.publish()
	return s.err
}

func (s *sheet) publish() {
	if s.err != nil || s.written == s.text.Len() && !s.last.IsZero() {
		return
	}
	s.err = WriteFile(s.path, s.text.Bytes())
	s.written, s.last = s.text.Len(), s.now()
}
