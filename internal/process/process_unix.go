//go:build unix

// Package process measures the process that it runs in.
package process

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// CPUTime is the CPU time of all threads of the process so far, in user and kernel mode.
func CPUTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// PeakMemory is the peak memory of the process in bytes. For a CPU device it includes the memory of the device.
func PeakMemory() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // in bytes on these systems, in KiB on others
	}
	return int64(u.Maxrss) << 10
}
