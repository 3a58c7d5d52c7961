package process

import (
	"bytes"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// AddressSpace is the limit of the address space of the process (ulimit -v), and how much of it is in use, in bytes. The
// limit is 0 when there is none.
func AddressSpace() (limit, used int64) {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &r) != nil || r.Cur > 1<<62 {
		return 0, 0
	}
	text, _ := os.ReadFile("/proc/self/statm") // in pages, the size first
	size, _, _ := bytes.Cut(text, []byte(" "))
	pages, _ := strconv.ParseInt(string(size), 10, 64)
	return int64(r.Cur), pages * int64(os.Getpagesize())
}
