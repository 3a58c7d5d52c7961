// Package process measures the process that it runs in.
package process

import (
	"time"

	"golang.org/x/sys/windows"
)

// CPUTime is the CPU time of all threads of the process so far, in user and kernel mode. It does not
// use Filetime.Nanoseconds, which counts from 1970.
func CPUTime() time.Duration {
	var created, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &kernel, &user) != nil {
		return 0
	}
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Duration(100 * (ticks(kernel) + ticks(user)))
}

// PeakMemory is 0: it is unknown on Windows.
func PeakMemory() int64 { return 0 }
