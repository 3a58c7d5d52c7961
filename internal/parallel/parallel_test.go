package parallel

import (
	"slices"
	"sync/atomic"
	"testing"
)

// Every number is handled once, for any number of workers.
func TestEachNumberIsDoneOnce(t *testing.T) {
	defer func(n int) { Workers = n }(Workers)
	for _, Workers = range []int{1, 2, 3, 8} {
		for _, n := range []int{0, 1, 2, 7, 100} {
			each, runs := make([]int32, n), make([]int32, n)
			Each(n, func(worker, i int) {
				if worker >= Workers {
					t.Errorf("worker %d of %d", worker, Workers)
				}
				atomic.AddInt32(&each[i], 1)
			})
			Runs(n, func(first, end int) {
				for i := first; i < end; i++ {
					atomic.AddInt32(&runs[i], 1)
				}
			})
			once := slices.Repeat([]int32{1}, n)
			if !slices.Equal(each, once) || !slices.Equal(runs, once) {
				t.Errorf("%d workers: Each %v, Runs %v", Workers, each, runs)
			}
		}
	}
}
