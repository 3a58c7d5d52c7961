// Package runlog turns the events of training into what people and programs read: a live
// terminal line, plain lines, JSON lines, metrics.csv and a text log.
//
// Every sink has a method Take that is an event.Sink. Times are seconds of wall time;
// bytes are shown in binary units. Sinks that write a run's files keep those files whole
// at every moment: a reader, or a crash, never meets half a row.
package runlog

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile makes data appear under path all at once: temporary name in the same folder,
// sync, rename. A crash leaves the old file or the new one.
func WriteFile(path string, data []byte) error {
	f, err := createBeside(path)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, withoutPath(err))
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", path, withoutPath(err))
	}
	return nil
}

// createBeside is os.CreateTemp with the permissions of an ordinary file: 0600 would stay
// after the rename.
func createBeside(path string) (*os.File, error) {
	for try := 0; ; try++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".igs-%08x.tmp", rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if err == nil || !errors.Is(err, fs.ErrExist) || try == 100 {
			return f, err
		}
	}
}

// withoutPath takes the temporary name out of an error.
func withoutPath(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	var linkErr *os.LinkError
	if errors.As(err, &linkErr) {
		return linkErr.Err
	}
	return err
}
