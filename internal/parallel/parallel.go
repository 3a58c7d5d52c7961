// Package parallel spreads loops over the cores. The result of a loop must not depend on
// which core does what: work for a number writes only to what belongs to that number or
// to its worker.
package parallel

import (
	"runtime"
	"sync"
)

// Workers is how many goroutines a loop starts at most.
var Workers = runtime.GOMAXPROCS(0)

// Each calls work for the numbers 0 … n-1. Numbers of one worker come one after the
// other; worker is below Workers.
func Each(n int, work func(worker, i int)) {
	var wg sync.WaitGroup
	workers := min(Workers, n)
	for worker := range workers {
		wg.Go(func() {
			for i := worker; i < n; i += workers {
				work(worker, i)
			}
		})
	}
	wg.Wait()
}

// Runs splits 0 … n-1 into one run of numbers a worker. What do computes for a number
// must not depend on the run that the number is in.
func Runs(n int, do func(first, end int)) {
	runs := min(Workers, n)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { do(n*i/runs, n*(i+1)/runs) })
	}
	wg.Wait()
}
