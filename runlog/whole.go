// Package runlog turns the events of training into what people and programs read: a live
// terminal line, plain lines, JSON lines, metrics.csv and a text log.
//
// Every sink has a method Take that is an event.Sink. Times are seconds of wall time;
// bytes are shown in binary units. Sinks that write a run's files keep those files whole
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
