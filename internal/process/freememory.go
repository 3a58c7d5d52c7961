//go:build !linux

package process

// FreeMemory is 0: it is unknown on other systems.
func FreeMemory() int64 { return 0 }
