package report

import (
	"fmt"

	"igs/record"
	"igs/runlog"
)

// partsOf lists how many bytes of the model file are for each kind of parameter, and says what rounding cost. It lists
// nothing for a file of parameters that are not rounded.
func partsOf(r *record.Result) (parts []group, rounding string) {
	if r == nil || r.Rounding == nil || r.Bytes < 1 || r.Splats < 1 {
		return nil, ""
	}
	k := r.Rounding
	header := float64(r.Bytes) - k.Position - k.Shape - k.Angle - k.Colour
	for _, p := range []struct {
		name  string
		bytes float64
	}{{"positions", k.Position}, {"sizes and aspects", k.Shape}, {"angles", k.Angle}, {"colours", k.Colour}, {"header", max(0, header)}} {
		text := fmt.Sprintf("%s, %.1f bits a splat", runlog.Bytes(int64(p.bytes)), 8*p.bytes/float64(r.Splats))
		parts = append(parts, group{p.name, text, int(100 * p.bytes / max(1, k.Position, k.Shape, k.Angle, k.Colour))})
	}
	return parts, fmt.Sprintf("rounding costs %.3f dB", k.Loss)
}
