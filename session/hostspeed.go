package session

import (
	"time"

	"igs/imageio"
	"igs/metric"
)

// The patch that is scored to measure the host, and its time on the reference machine.
const (
	patchW, patchH = 512, 96
	patchSeconds   = 0.0095
)

// hostSpeed is the time that this host takes, as a factor on the reference machine. It scores a small patch.
func hostSpeed(now func() time.Time) float64 {
	scorer := metric.NewScorer(patchW, patchH, 3)
	patch, other := imageio.NewRow(3, patchW), imageio.NewRow(3, patchW)
	for c := range patch {
		for x := range patchW {
			patch[c][x] = float32((x*(c+3))%17) / 16
			other[c][x] = float32((x*(c+5))%19) / 18
		}
	}
	began := now()
	for range patchH {
		scorer.Add(patch, other)
	}
	scorer.Scores()
	return max(now().Sub(began).Seconds(), 1e-4) / patchSeconds
}
