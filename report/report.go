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
// beside it.
func WriteFile(session string) error {
	path := filepath.Join(session, record.ReportFile)
	p, err := newPage(session, true)
	if err != nil {
		return err
	}
	if err := wholefile.Write(path, p.write); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Write writes the page of a session to wherever it is wanted, without links to files.
func Write(session string, to io.Writer) error {
	p, err := newPage(session, false)
	if err != nil {
		return err
	}
	return p.write(to)
}

// CheckSession says what is wrong with the folder of a session, before a page is asked for.
func CheckSession(dir string) error {
	_, err := readSession(dir)
	return err
}

func readSession(dir string) (*record.Session, error) {
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
