package engine

import (
	"testing"

	"igs/memory"
)

// With a loss without SSIM, the sums of SSIM are in the buffer of the records. They must not overlap the windows or the
// pairs of the next band.
func TestSumsOfSSIMHaveAPlaceOfTheirOwn(t *testing.T) {
	for _, pairs := range []int{100, 50_000, 2_000_000} {
		for _, mode := range []memory.Mode{memory.Stored, memory.Banded} {
			for _, loss := range []int64{1, 16 << 20} {
				set := Platform{card, CPU}.Setup(10)
				set.Limits.LossBytes = loss
				r := shaped(1500, 900, 5000, pairs, "igs", mode)
				r.Capacity = pairs
				plan, err := memory.Choose(r, set.Limits)
				if err != nil {
					t.Fatal(err)
				}
				var e Engine
				e.trainingPasses(plan.Shape)
				moments, maps, sums := e.windows.sizes(plan)
				begin := e.windows.sumsBegin(plan)
				if begin < moments+maps || begin < 8*int64(plan.Pairs) {
					t.Errorf("%d pairs, %s: the sums begin at %d, moments and maps take %d, pairs %d", pairs, plan, begin, moments+maps, 8*plan.Pairs)
				}
				for _, o := range e.records.declare(plan) {
					if begin+sums > o.Bytes {
						t.Errorf("%d pairs, %s: the sums end at %d of %d", pairs, plan, begin+sums, o.Bytes)
					}
				}
			}
		}
	}
}
