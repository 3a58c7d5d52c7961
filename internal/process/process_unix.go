//go:build unix

// Package process measures the process that it runs in.
package process

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// CPUTime is what all threads of the process have computed so far, in user and kernel.
func CPUTime() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// PeakMemory is the most memory that the process has had at once, bytes. On a CPU device it includes the memory of the device.
func PeakMemory() int64 {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // counts bytes there
	}
	return int64(u.Maxrss) << 10
}
