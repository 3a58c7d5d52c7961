package runlog

import (
	"math"
	"testing"
)

func TestQuantities(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 10 << 10: "10 KiB", 1<<20 - 1: "1.0 MiB", 183 << 20: "183 MiB", 3 << 29: "1.5 GiB", 1 << 50: "1024 TiB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d bytes: %s, want %s", n, got, want)
		}
	}
	for s, want := range map[float64]string{0: "0 ms", 0.85: "850 ms", 1: "1.0 s", 59.94: "59.9 s", 59.96: "1m00s", 252: "4m12s", 3599.6: "1h00m", 7500: "2h05m", -1: "?", math.Inf(1): "?"} {
		if got := Duration(s); got != want {
			t.Errorf("%v s: %s, want %s", s, got, want)
		}
	}
	if got := Duration(math.NaN()); got != "?" {
		t.Error(got)
	}
}
