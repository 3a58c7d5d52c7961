package sampling

import (
	"math"
	"slices"
)

// Weights walks through the weights of the indices 0, 1, 2 …, a row of any length at a
// time, which is valid during the call and free to be changed. A second walk gives the
// same. So no more than a row has to be held: as float32 an 8K picture's take 133 MB.
type Weights func(take func(row []float32))

// without gives the taken indices the weight −1.
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

// Powered gives rows raised to a power: what splats are added by, where the rows are
// errors. Whatever is not above 0, NaN included, becomes 0.
func Powered(rows Weights, power float64) Weights {
	return func(take func(row []float32)) {
		rows(func(row []float32) {
			raise(row, power)
			take(row)
		})
	}
}

// raise has short ways for the powers of the recipe, which every machine rounds alike. On
// other powers math.Pow may leave the last bit open.
func raise(row []float32, power float64) {
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
		for _, v := range row {
			if counts(v) {
				sum += float64(v)
			}
		}
	})
	return sum
}

// counts is false for 0, for negative weights, for infinity and for NaN.
func counts(weight float32) bool { return weight > 0 && weight <= math.MaxFloat32 }
