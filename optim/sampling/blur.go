package sampling

import (
	"math"

	"igs/imageio"
	"igs/internal/parallel"
)

// Blurred is a picture convolved with a Gaussian of k taps. k is odd, and σ is that of OpenCV for a window of this
// size. The border is reflected about the centre of the last pixel.
//
// It keeps only the rows that a block needs, blurred along x, in a ring. At 8K these take 4 MB, and the whole blurred
// picture would take 400 MB.
type Blurred struct {
	*blocks
	m      *imageio.Samples
	taps   []float64
	across [][][]float32 // [row % len][channel][column]
	done   int           // number of rows blurred along x so far
	own    []convolution // one per worker
	column []float32     // scratch memory of at: one value per tap
}

// BlurTarget smooths a large target before errors are measured against it: the error of a large picture is mostly noise
// that is finer than any new splat. The window grows by one pixel for every 400 px of √(W·H). Below 400 px it is one
// pixel, which does not blur.
func BlurTarget(m *imageio.Samples) *Blurred {
	k := int(math.Floor(math.Sqrt(float64(m.W)*float64(m.H)) / 400))
	if k < 1 {
		return blur(m, 1)
	}
	return blur(m, max(3, k)|1)
}

func blur(m *imageio.Samples, k int) *Blurred {
	b := &Blurred{m: m, taps: blurTaps(k), across: make([][][]float32, min(blockRows+k-1, m.H)), own: make([]convolution, parallel.Workers), column: make([]float32, k)}
	for i := range b.across {
		b.across[i] = imageio.NewRow(m.C, m.W)
	}
	for i := range b.own {
		b.own[i] = convolution{b.taps, make([]float32, m.W+k-1), make([][]float32, k), make([]float64, m.W)}
	}
	b.blocks = newBlocks(m.H, m.C, m.W, b.down)
	b.ahead = b.along
	return b
}

// along blurs along x all rows that the output rows begin … end-1 need and that are not blurred yet.
func (b *Blurred) along(begin, end int) {
	if begin == 0 {
		b.done = 0
	}
	from, half := b.done, len(b.taps)/2
	b.done = min(end+half, b.m.H)
	parallel.Each(b.done-from, func(worker, i int) {
		own, y := &b.own[worker], from+i
		for c, to := range b.across[y%len(b.across)] {
			inside := b.m.Row(c, y, own.extended[half:])
			for x := range half {
				own.extended[x] = inside[mirror(x-half, b.m.W)]
				own.extended[half+b.m.W+x] = inside[mirror(b.m.W+x, b.m.W)]
			}
			for j := range own.lines {
				own.lines[j] = own.extended[j:]
			}
			own.sum(to)
		}
	})
}

// down blurs row y along y.
func (b *Blurred) down(worker, y int, row [][]float32) {
	own := &b.own[worker]
	for c, to := range row {
		for j := range own.lines {
			own.lines[j] = b.across[mirror(y+j-len(b.taps)/2, b.m.H)%len(b.across)][c]
		}
		own.sum(to)
	}
}

// at returns one sample, with the same bits as in its row. It is not safe for concurrent use.
func (b *Blurred) at(c, y, x int) float32 {
	own, k := &b.own[0], len(b.taps)
	for i := range k {
		for j := range k {
			own.extended[j] = b.m.At(c, mirror(y+i-k/2, b.m.H), mirror(x+j-k/2, b.m.W))
			own.lines[j] = own.extended[j:]
		}
		own.sum(b.column[i : i+1])
	}
	for i := range k {
		own.lines[i] = b.column[i:]
	}
	own.sum(own.extended[:1])
	return own.extended[0]
}

// convolution is the scratch memory of a worker.
type convolution struct {
	taps     []float64
	extended []float32   // a row with its reflections at both ends
	lines    [][]float32 // one per tap
	sums     []float64
}

// sum writes the sum over j of tap j times line j. The taps are symmetric, so lines are added in pairs, from the
// outside to the inside. Two pairs at a time halve the number of passes over the sums.
func (v *convolution) sum(to []float32) {
	k, sums := len(v.taps), v.sums[:len(to)]
	for x, s := range v.lines[k/2][:len(to)] {
		sums[x] = v.taps[k/2] * float64(s)
	}
	j := 0
	for ; j+1 < k/2; j += 2 {
		t0, before0, after0 := v.taps[j], v.lines[j][:len(to)], v.lines[k-1-j][:len(to)]
		t1, before1, after1 := v.taps[j+1], v.lines[j+1][:len(to)], v.lines[k-2-j][:len(to)]
		for x := range sums {
			s := sums[x] + float64(t0*(float64(before0[x])+float64(after0[x])))
			sums[x] = s + float64(t1*(float64(before1[x])+float64(after1[x])))
		}
	}
	for ; j < k/2; j++ {
		before, after := v.lines[j][:len(to)], v.lines[k-1-j][:len(to)]
		for x := range sums {
			sums[x] += float64(v.taps[j] * (float64(before[x]) + float64(after[x])))
		}
	}
	for x, s := range sums {
		to[x] = float32(s)
	}
}

// blurTaps returns taps rounded to float32, because the last bit of math.Exp depends on the architecture.
func blurTaps(k int) []float64 {
	sigma := float64(0.3*(float64(k-1)*0.5-1)) + 0.8
	taps := make([]float64, k)
	sum := 0.0
	for i := range taps {
		x := (float64(i) - float64(k-1)/2) / sigma
		taps[i] = math.Exp(-x * x / 2)
		sum += taps[i]
	}
	for i := range taps {
		taps[i] = float64(float32(taps[i] / sum))
	}
	return taps
}

// mirror reflects an index beyond the border into the picture, without repeating the last pixel: … 2 1 | 0 1 2 … n-1 |
// n-2 …
func mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}
