//go:build !unix

package signals

import "os"

// preempting is empty: other systems have no such signal. A list that is empty would mean all signals to signal.Notify,
// so it holds one that never comes.
var preempting = []os.Signal{never{}}

type never struct{}

func (never) String() string { return "never" }
func (never) Signal()        {}
