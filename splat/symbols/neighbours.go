package symbols

// near is what the positions around a splat tell.
type near struct {
	count   int         // number of neighbours
	at      [most]int   // the nearest splats before it in the file
	weight  [most]int64 // 1/√(d² + ½ px²), 2⁻¹¹
	spacing int64       // d^⅔ of the third plus that of the fifth nearest splat, before it or after, 2⁻⁸ px^⅔
}

const (
	most   = 6   // number of neighbours
	window = 512 // neighbours are at most so many splats before or after in the file
)

// neighbours finds the neighbours of splat i.
func (s *Set) neighbours(i int) (q near) {
	var before [most]int64
	var all [5]int64 // squared distances, in levels
	seen := 0
	try := func(j int) int64 {
		dx, dy := int64(s.X[i]-s.X[j]), int64(s.Y[i]-s.Y[j])
		d := dx*dx + dy*dy
		if seen < len(all) || d < all[len(all)-1] {
			k := min(seen, len(all)-1)
			for ; k > 0 && all[k-1] > d; k-- {
				all[k] = all[k-1]
			}
			all[k] = d
			seen++
		}
		return d
	}
	for j := i - 1; j >= max(0, i-window); j-- {
		d := try(j)
		if q.count < most || d < before[most-1] {
			k := min(q.count, most-1)
			q.count = min(q.count+1, most)
			for ; k > 0 && before[k-1] > d; k-- {
				before[k], q.at[k] = before[k-1], q.at[k-1]
			}
			before[k], q.at[k] = d, j
		}
	}
	for j := i + 1; j < min(s.N(), i+window+1); j++ {
		try(j)
	}
	for k := range q.count {
		e := s.pixels(before[k])
		q.weight[k] = 1 + 1<<15/sqrt(e*e+128)
	}
	for _, k := range [2]int{2, 4} {
		if k < seen {
			e := min(s.pixels(all[k]), 1<<14)
			q.spacing += cbrt(e * e << 16)
		}
	}
	return q
}

// pixels returns the distance in 1/16 px for a squared distance in levels.
func (s *Set) pixels(d int64) int64 {
	return min(sqrt(min(d, 1<<42)<<8)*int64(s.Position)>>20, 1<<20)
}

// mean returns the weighted mean of the values of the neighbours; none: the value of no neighbours.
func (q *near) mean(value func(j int) int64, none int64) int64 {
	if q.count == 0 {
		return none
	}
	var sum, weights int64
	for k := range q.count {
		sum += q.weight[k] * value(q.at[k])
		weights += q.weight[k]
	}
	return floorDiv(sum, weights)
}
