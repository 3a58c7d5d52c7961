package vk

import (
	"strings"
	"testing"

	"igs/internal/fault"
)

func TestSpaceError(t *testing.T) {
	const mib = 1 << 20
	for _, k := range []struct {
		limit, used int64
		cores       int
		hint        string // "" for no error
	}{
		{0, 1 << 40, 99, ""},
		{1900000 << 10, 1200 * mib, 2, "ulimit -v 2355200"}, // 2300 MiB
		{2244 * mib, 1200 * mib, 2, ""},
		{2243 * mib, 1200 * mib, 2, "ulimit -v 2355200"},
		{4000 * mib, 1200 * mib, 64, "ulimit -v 6963200"},
	} {
		err := spaceError(k.limit, k.used, k.cores)
		if k.hint == "" {
			if err != nil {
				t.Errorf("%d of %d, %d cores: %v", k.used, k.limit, k.cores, err)
			}
			continue
		}
		if fault.Code(err) != fault.OutOfMemory || !strings.Contains(fault.Hint(err), k.hint) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%d of %d, %d cores: %v, hint %q", k.used, k.limit, k.cores, err, fault.Hint(err))
		}
	}
}
