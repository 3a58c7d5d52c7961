package main

import (
	"time"

	"golang.org/x/sys/windows"
)

// cpuTime is what all threads of the process have computed so far, in user and kernel.
// Filetime.Nanoseconds counts from 1970 and is of no use for spans.
func cpuTime() time.Duration {
	var created, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &kernel, &user) != nil {
		return 0
	}
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return time.Duration(100 * (ticks(kernel) + ticks(user)))
}

// hostPeak is not known here.
func hostPeak() int64 { return 0 }
