//go:build unix

package signals

import (
	"os"
	"syscall"
)

// preempting are the signals that a scheduler can be told to send before it takes the machine away.
var preempting = []os.Signal{syscall.SIGUSR1}
