// Package parallel runs loops on all cores. The result of a loop must not depend on the core that
// does the work: the work for a number may write only to data of that number or of its worker.
package parallel

import (
	"runtime"
	"sync"
)

// Workers is the most goroutines that a loop starts.
var Workers = runtime.GOMAXPROCS(0)

// Each calls work for the numbers 0 … n-1. A worker handles its numbers one after the other. worker
// is less than Workers.
func Each(n int, work func(worker, i int)) {
	var wg sync.WaitGroup
	workers := min(Workers, n)
	for worker := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := worker; i < n; i += workers {
				work(worker, i)
			}
		}()
	}
	wg.Wait()
}

// Runs splits 0 … n-1 into runs of consecutive numbers, one for each worker. The result of do for a
// number must not depend on the run that the number is in.
func Runs(n int, do func(first, end int)) {
	WorkerRuns(n, func(_, first, end int) { do(first, end) })
}

// WorkerRuns is Runs with the number of the worker, which is less than Workers.
func WorkerRuns(n int, do func(worker, first, end int)) {
	runs := min(Workers, n)
	var wg sync.WaitGroup
	for i := range runs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			do(i, n*i/runs, n*(i+1)/runs)
		}()
	}
	wg.Wait()
}
