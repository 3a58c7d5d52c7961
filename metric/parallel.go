package metric

import (
	"runtime"
	"sync"
)

// parallel splits 0..n-1 into one run of numbers a processor. What do computes for a
// number must not depend on the run that it is in.
func parallel(n int, do func(first, end int)) {
	runs := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { do(n*i/runs, n*(i+1)/runs) })
	}
	wg.Wait()
}

func total(sums []float64) float64 {
	sum := 0.0
	for _, s := range sums {
		sum += s
	}
	return sum
}
