// Package runlog turns the events of training into the files of a run: metrics.csv, a text log, TensorBoard. It also owns how sizes,
// times and decibels are written for people.
//
// Every sink has a method Take that is an event.Sink. Times are seconds of wall time; bytes are shown in binary units. Files are whole
// at every moment: a reader, or a crash, never meets half a row.
package runlog

import (
	"fmt"

	"igs/internal/wholefile"
)

// WriteFile makes data appear under path all at once: a crash leaves the old file or the new one.
func WriteFile(path string, data []byte) error {
	if err := wholefile.WriteBytes(path, data); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
