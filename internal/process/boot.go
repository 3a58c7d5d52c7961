package process

import (
	"os"
	"strings"
)

// Boot identifies the kernel that runs now, since its start: two processes with the same value have the same kernel, in
// containers too. It is "" where the system does not say.
func Boot() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(text))
}
