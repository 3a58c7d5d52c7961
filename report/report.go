// Package report owns what people read about sessions, finished or not: the table of runs that
// igs compare prints, and report.html, one page for each session, without references to other
// sites. The folder report_files beside it has the page that explores the models. This package reads the files of sessions and
// needs no device.
//
// Sizes are bytes, times are seconds, rates are bits per pixel. PSNR is in dB, SSIM is a plain
// number. The SHA-256 of a file identifies a picture. Only runs of the same picture are
// compared, because PSNR values of different pictures are not comparable. The output depends
// on the files alone, not on the time.
package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/record"
)

// WriteFile writes report.html into the folder of a session, with links to the files there, and report_files, which has the page that
// explores the models.
// s is the content of session.json, or its next content: the page is written before
// session.json says done, so every session that is done has a page.
func WriteFile(dir string, s *record.Session) error {
	path := filepath.Join(dir, record.ReportFile)
	places, err := explore(dir, runsOf(dir, s))
	if err == nil {
		err = wholefile.Write(path, newPage(dir, s, places).write)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// Write writes the page of a session to a writer: one file with all its pictures, without links to other files.
func Write(dir string, s *record.Session, to io.Writer) error {
	return newPage(dir, s, nil).write(to)
}

// WriteRuns writes a page about runs, which may be of several sessions, as Write does.
func WriteRuns(runs []Run, to io.Writer) error {
	p := &page{Name: "Comparison", Status: record.Done}
	p.fill(runs, min(len(runs), mostSections))
	var sessions []string
	for i := range p.Rows {
		sessions = addNew(sessions, p.Rows[i].above)
	}
	p.Facts = []fact{{"sessions", strings.Join(sessions, ", ")}, {"runs", fmt.Sprint(len(runs))}}
	return p.write(to)
}

// ReadSession reads the record of a session. Any other folder is a fault.BadInput; its hint
// names the folder that was probably meant.
func ReadSession(dir string) (*record.Session, error) {
	s, err := record.ReadSession(dir)
	switch {
	case err == nil:
		s.Settle(dir)
		return s, nil
	case !missing(err):
		return nil, unreadable(dir, err)
	case wholefile.Exists(filepath.Join(dir, record.RunFile)):
		return nil, fault.New(fault.BadInput, "give the folder above it: igs report "+filepath.Dir(filepath.Clean(dir)), "%s is the folder of a run, but a report is about a session", dir)
	}
	if sessions := SessionsIn(dir); len(sessions) > 0 {
		return nil, fault.New(fault.BadInput, "give one of them: igs report "+sessions[len(sessions)-1], "%s holds %s, but a report is about one session", dir, count(len(sessions), "session", "sessions"))
	}
	return nil, unreadable(dir, err)
}
