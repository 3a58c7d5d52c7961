package report

import (
	"strings"
	"testing"

	"igs/record"
)

// The parts of a model file add up to its size, and the largest has the whole bar.
func TestPartsOfModelFile(t *testing.T) {
	r := &record.Result{Splats: 1000, Bytes: 5000, Rounding: &record.Rounding{Loss: 0.0123, Position: 1800, Shape: 1000, Angle: 600, Colour: 1500}}
	parts, rounding := partsOf(r)
	if len(parts) != 5 || parts[0].Percent != 100 || parts[2].Percent != 33 || parts[4].Text != "100 B, 0.8 bits a splat" {
		t.Errorf("got %+v", parts)
	}
	if !strings.Contains(rounding, "0.012 dB") {
		t.Errorf("got %q", rounding)
	}
	if parts, _ := partsOf(&record.Result{Splats: 1000, Bytes: 5000}); parts != nil {
		t.Errorf("a file of float32 has the parts %+v", parts)
	}
}
