package sampling

import (
	"math"
	"slices"

	"igs/internal/parallel"
)

// Weights calls take with the weights of the indices 0, 1, 2 …, in rows of any length. A row is valid during the call
// and may be changed. A second call gives the same weights. Only one row needs to be in memory; as float32 all weights
// of an 8K picture would take 133 MB.
type Weights func(take func(row []float32))

// without returns the weights with −1 for the taken indices.
func (w Weights) without(taken []int) Weights {
	taken = slices.Sorted(slices.Values(taken))
	return func(take func(row []float32)) {
		begin, left := 0, taken
		w(func(row []float32) {
			for ; len(left) > 0 && left[0] < begin+len(row); left = left[1:] {
				row[left[0]-begin] = -1
			}
			begin += len(row)
			take(row)
		})
	}
}

// longRow is a number of weights that are worth several goroutines.
const longRow = 1 << 14

// Powered returns the weights raised to a power. Weights that are not above 0, such as NaN, become 0. Splats are added
// in proportion to powers of errors.
func Powered(rows Weights, power float64) Weights {
	return func(take func(row []float32)) {
		rows(func(row []float32) {
			if len(row) < longRow {
				raise(row, power)
			} else {
				parallel.Runs(len(row), func(first, end int) { raise(row[first:end], power) })
			}
			take(row)
		})
	}
}

// raise raises a row to a power. For the powers of the recipes it uses operations that every machine rounds alike. For
// other powers the last bit of math.Pow may depend on the machine.
func raise(row []float32, power float64) {
	if n := len(row) / 8 * 8; vectors && power == 1.5 && n > 0 {
		raiseVectors(&row[0], n)
		row = row[n:]
	}
	for x, v := range row {
		switch {
		case !(v > 0):
			row[x] = 0
		case power == 1.5:
			row[x] = v * float32(math.Sqrt(float64(v)))
		case power == 2:
			row[x] = v * v
		default:
			row[x] = float32(math.Pow(float64(v), power))
		}
	}
}

// sum adds up the weights that count.
func (w Weights) sum() (sum float64) {
	w(func(row []float32) {
		part := sum // a local variable, which stays in a register
		for _, v := range row {
			if v > 0 && v <= math.MaxFloat32 { // it counts
				part += float64(v)
			}
		}
		sum = part
	})
	return sum
}
