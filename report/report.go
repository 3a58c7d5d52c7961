// Package report owns what people read about sessions that are over, or not: the table of
// runs that igs compare prints, and report.html, one page a session that holds all it
// shows. It only reads the files of sessions and never needs a device.
//
// Sizes are bytes, times seconds, qualities dB (PSNR) or plain numbers (SSIM), rates bits
// a pixel. Pictures are told apart by the SHA-256 of their files: only runs of the same
// picture are compared with each other, since a PSNR says nothing about another picture's.
// What is written depends on the files alone, never on the time of writing.
package report

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// WriteFile writes report.html into the folder of a session. It has links to the files
// beside it. s is what session.json says, or will say: the page comes first, so that a
// session that is done has one.
func WriteFile(dir string, s *record.Session) error {
	path := filepath.Join(dir, record.ReportFile)
	if err := wholefile.Write(path, newPage(dir, s, true).write); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Write writes the page of a session to wherever it is wanted, without links to files.
func Write(dir string, s *record.Session, to io.Writer) error {
	return newPage(dir, s, false).write(to)
}

// ReadSession reads the record of a session. A folder that is none is a fault.BadInput with
// a hint at the one that was meant.
func ReadSession(dir string) (*record.Session, error) {
	s, err := record.ReadSession(dir)
	switch {
	case err == nil:
		return s, nil
	case !missing(err):
		return nil, unreadable(dir, err)
	case exists(filepath.Join(dir, record.RunFile)):
		return nil, fault.New(fault.BadInput, "give the folder above it: igs report "+filepath.Dir(filepath.Clean(dir)), "%s is the folder of a run, and a report is about a session", dir)
	}
	if sessions := sessionsIn(dir); len(sessions) > 0 {
		return nil, fault.New(fault.BadInput, "give one of them: igs report "+sessions[len(sessions)-1], "%s holds %s, and a report is about one that it is given", dir, count(len(sessions), "session", "sessions"))
	}
	return nil, unreadable(dir, err)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
