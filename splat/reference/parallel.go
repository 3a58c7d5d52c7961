package reference

import (
	"runtime"
	"sync"
)

// inParallel calls work(0) … work(n-1) on all cores. Each call must write to places of
// its own: then the result does not depend on who ran when.
func inParallel(n int, work func(i int)) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				work(i)
			}
		})
	}
	wg.Wait()
}
