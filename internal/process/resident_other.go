//go:build !linux

package process

// ResidentMemory is the memory of the process that is in RAM, bytes; 0 when it is unknown.
func ResidentMemory() int64 { return 0 }
