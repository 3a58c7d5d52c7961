package symbols

import "math/bits"

// Positions are coded by halving cells: how many of the splats of a cell lie in one half of it. The halves follow each
// other along a Hilbert curve, so the splats appear in the order of the curve.

// cell is a rectangle of 2^size[0] × 2^size[1] levels, with its lowest levels in at.
type cell struct {
	at   [2]int32
	size [2]int
	turn turn
	late bool  // the cell is half of a square
	u    int32 // which half: 0 is the one that the curve visits first
}

// turn says how a curve runs through a square: after swap has exchanged the axes and flip has reversed both, it visits
// the quarters (0,0), (0,1), (1,1), (1,0).
type turn struct{ swap, flip int32 }

// in returns the turn in quarter (u, v).
func (t turn) in(u, v int32) turn {
	if v == 0 {
		t.swap ^= 1
		t.flip ^= u
	}
	return t
}

// hilbert returns the place of (x, y) along the curve through a square of 2^bits levels (Hilbert 1891).
func hilbert(x, y int32, bits int) (place uint64) {
	var t turn
	for k := bits - 1; k >= 0; k-- {
		at := [2]int32{x >> k & 1, y >> k & 1}
		u, v := at[t.swap]^t.flip, at[1-t.swap]^t.flip
		place = place<<2 | uint64(2*u+(u^v))
		t = t.in(u, v)
	}
	return place
}

// bitsFor is the size of the smallest square that holds positions from low to high.
func bitsFor(low, high [2]int32) int {
	return bits.Len32(uint32(max(high[0]-low[0], high[1]-low[1])))
}

// axis returns the axis along which the cell is halved, and which half comes first.
func (q cell) axis() (axis, first int32) {
	if q.late {
		return 1 - q.turn.swap, q.u ^ q.turn.flip
	}
	return q.turn.swap, q.turn.flip
}

// half returns the lower half (0) or the upper half (1) along an axis.
func (q cell) half(axis, upper int32) cell {
	h := q
	h.size[axis]--
	h.at[axis] += upper << h.size[axis]
	if bit := upper ^ q.turn.flip; q.late {
		h.turn, h.late = q.turn.in(q.u, bit), false
	} else {
		h.u, h.late = bit, true
	}
	return h
}

// cells codes the positions of splats.
type cells struct {
	to     coder
	last   [2]int32                               // the highest levels; the lowest are 0
	counts [fewest][2*sideBits + 1][fewest]chance // by number of splats, log₂ of the area of the half, number so far
	share  [16]chance
	splats [][2]int32 // in the order of the curve; a reader fills them
	done   int
	reads  bool
}

const fewest = 15 // number of splats from which a count is coded by its share, of which every sixteenth then has a count

func newCells(to coder, last [2]int32, splats [][2]int32) *cells {
	c := &cells{to: to, last: last, splats: splats}
	_, c.reads = to.(*reader)
	for n := range c.counts {
		start := countStart(int64(n))
		for k := range c.counts[n] {
			c.counts[n][k] = start
		}
	}
	for k := range c.share {
		c.share[k] = even()
	}
	return c
}

// countStart returns the chances that k of n splats lie in the first half if at least k do, for a beta-binomial
// distribution with α = β = 3: P(k) ∝ (k+1)(k+2)(n−k+1)(n−k+2).
func countStart(n int64) (start [fewest]chance) {
	weight := func(k int64) int64 { return (k + 1) * (k + 2) * (n - k + 1) * (n - k + 2) }
	for k := range n {
		sum := int64(0)
		for j := k; j <= n; j++ {
			sum += weight(j)
		}
		start[k] = chance{p: uint32(weight(k) << 24 / sum), count: 10}
	}
	return start
}

// all codes all splats, which lie in a square of 2^size levels.
func (c *cells) all(size int) { c.code(cell{size: [2]int{size, size}}, len(c.splats)) }

// code codes the next n splats, which lie in a cell.
func (c *cells) code(q cell, n int) {
	switch {
	case n == 0:
		return
	case q.size[0]+q.size[1] == 0:
		for range n {
			c.splats[c.done] = q.at
			c.done++
		}
		return
	}
	axis, first := q.axis()
	near := q.half(axis, first)
	count := 0
	if middle := q.half(axis, 1).at[axis]; middle <= c.last[axis] {
		for !c.reads && count < n && (c.splats[c.done+count][axis] >= middle) == (first == 1) {
			count++
		}
		count = c.count(count, n, near.size[0]+near.size[1])
	} else if first == 0 {
		count = n // nothing is beyond the highest level
	}
	c.code(near, count)
	c.code(q.half(axis, 1-first), n-count)
}

// count codes how many of n splats lie in the first half.
func (c *cells) count(k, n, area int) int {
	if n == 1 {
		return c.to.code(half, k)
	}
	if n < fewest {
		for j := range n {
			stop := 0
			if j == k {
				stop = 1
			}
			if flip(c.to, &c.counts[n][area][j], stop) == 1 {
				return j
			}
		}
		return n
	}
	share := k * 16 / (n + 1)
	node := 1
	for b := 3; b >= 0; b-- {
		node = node*2 + flip(c.to, &c.share[node], share>>b&1)
	}
	share = node - 16
	from, to := (share*(n+1)+15)/16, ((share+1)*(n+1)+15)/16
	return from + uniform(c.to, k-from, to-from)
}

// uniform codes v, which is one of n equally probable numbers from 0.
func uniform(to coder, v, n int) (low int) {
	for n > 1 {
		upper := n / 2
		if to.code(uint32(upper<<16/n), b2i(v-low >= n-upper)) == 1 {
			low, n = low+n-upper, upper
		} else {
			n -= upper
		}
	}
	return low
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
