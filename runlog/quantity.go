package runlog

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Bytes writes a number of bytes in the unit that gives one to four digits.
func Bytes(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	x, u := float64(n), 0
	for math.Abs(x) >= 1023.5 && u < len(units)-1 {
		x, u = x/1024, u+1
	}
	digits := 0
	if u > 0 && math.Abs(x) < 9.95 {
		digits = 1
	}
	return strconv.FormatFloat(x, 'f', digits, 64) + " " + units[u]
}

// Duration writes seconds in at most two units: 850 ms, 12.3 s, 4m12s, 2h05m. It writes "?" for NaN, negative numbers
// and more than three years.
func Duration(s float64) string {
	if math.IsNaN(s) || s < 0 || s > 1e8 { // an estimate may be wrong by any factor
		return "?"
	}
	switch d := time.Duration(s * float64(time.Second)); {
	case s < 0.9995:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 59.95:
		return fmt.Sprintf("%.1f s", s)
	case s < 3599.5:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}

// Decibels writes a PSNR.
func Decibels(x float64) string {
	if math.IsInf(x, 1) {
		return "∞ dB"
	}
	return fmt.Sprintf("%.2f dB", x)
}
