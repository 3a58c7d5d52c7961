package process

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// FreeMemory is the memory that programs can still have without swapping, bytes, within the limit of the control group
// of the process; 0 when it is unknown.
func FreeMemory() int64 {
	text, _ := os.ReadFile("/proc/meminfo")
	free := field(text, "MemAvailable:") << 10
	if limit, err := number("/sys/fs/cgroup/memory.max"); err == nil {
		used, _ := number("/sys/fs/cgroup/memory.current")
		stat, _ := os.ReadFile("/sys/fs/cgroup/memory.stat")
		free = min(free, max(limit-used+field(stat, "inactive_file "), 1)) // what is read from files can be read again
	}
	return free
}

// field is the number after a name, 0 when there is none.
func field(text []byte, name string) int64 {
	_, rest, _ := bytes.Cut(text, []byte(name))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(string(line), "kB")), 10, 64)
	return n
}

// number reads a file that has one number.
func number(path string) (int64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
