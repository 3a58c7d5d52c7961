//go:build linux

package session

import (
	"runtime/debug"
	"testing"

	"igs/internal/process"
)

// The limit of Go leaves room for what else the process holds: what is resident and is neither of Go nor of the device.
func TestMemoryOfGoAtTheEnd(t *testing.T) {
	const budget = 1 << 34
	h := hostMemory{budget: budget}
	defer h.limit()()
	if got := debug.SetMemoryLimit(-1); got != budget-programBytes {
		t.Errorf("a limit of %d bytes before training", got)
	}
	h.settle(1 << 30) // more than the process has: no less is left for the program
	if got := debug.SetMemoryLimit(-1); got != budget-programBytes {
		t.Errorf("a limit of %d bytes beside a small rest", got)
	}
	h.settle(-1 << 30) // as if other parts of the process had a gigabyte
	if got := debug.SetMemoryLimit(-1); got > budget-1<<29 || got < budget-1<<30-process.ResidentMemory()-1<<26 {
		t.Errorf("a limit of %d bytes beside a large rest", got)
	}
}
