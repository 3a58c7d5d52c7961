package process

import (
	"bytes"
	"os"
	"strconv"
)

// ResidentMemory is the memory of the process that is in RAM, bytes; 0 when it is unknown.
func ResidentMemory() int64 {
	text, _ := os.ReadFile("/proc/self/statm") // in pages: the size, and what is resident
	fields := bytes.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize())
}
