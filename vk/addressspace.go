package vk

import (
	"cmp"
	"fmt"
	"runtime"

	"igs/internal/fault"
	"igs/internal/process"
)

// Address space that a driver and the threads of a run take beside their memory. A thread reserves 8 MiB for its stack
// and 64 MiB for its heap, and a driver on the CPU has a thread for each core.
const (
	spaceOfDriver = 900 << 20
	spaceOfCore   = 72 << 20
)

// checkAddressSpace returns an error when a limit (ulimit -v) leaves too little address space for a driver. With less, a
// thread cannot start or the Go runtime finds no memory, and both end the process without a chance to say why.
func checkAddressSpace() error {
	limit, used := process.AddressSpace()
	return spaceError(limit, used, runtime.NumCPU())
}

func spaceError(limit, used int64, cores int) error {
	need := used + spaceOfDriver + spaceOfCore*int64(cores)
	if limit == 0 || limit >= need {
		return nil
	}
	const step = 100 << 20
	return fault.New(fault.OutOfMemory,
		fmt.Sprintf("raise it: ulimit -v unlimited, or ulimit -v %d for small pictures; memory.budget limits the memory itself", (need+step)/step*step>>10),
		"the address space is limited to %.2f GB (ulimit -v), and a Vulkan driver needs more", float64(limit)/1e9)
}

// withinSpace is the free memory of a device on the CPU, which lies in the address space of the process. free is 0 when
// the driver does not say it.
func withinSpace(free, all int64) int64 {
	limit, used := process.AddressSpace()
	if limit == 0 {
		return free
	}
	left := max(limit-used-spaceOfCore*int64(runtime.NumCPU()), 1)
	return min(cmp.Or(free, all), left)
}
