// Package runlog turns the events of training into the files of a run: metrics.csv, a text log and TensorBoard files.
// It also owns how sizes, times and decibels are written for people.
//
// Every sink has a method Take that is an event.Sink. Times are seconds of wall time, and sizes are in binary units.
// Files are complete at every moment: a reader never finds half a row, not even after a crash.
package runlog

import (
	"fmt"

	"igs/internal/wholefile"
)

// WriteFile replaces a file as a whole: after a crash there is the old file or the new one.
func WriteFile(path string, data []byte) error {
	if err := wholefile.WriteBytes(path, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
