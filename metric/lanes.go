package metric

// Rows of float32 are processed eight columns at a time where the CPU has vectors (lanes_amd64.s). Each function of
// this file has a plain loop beside it, which does the same on other CPUs. The last bits differ: the vectors replace
// tables by polynomials.
//
// Rows that igs makes itself are padded to whole vectors (newLine), so no function needs to end inside one.

const lanes = 8

// eight is a constant for all lanes of a vector.
type eight [lanes]float32

// spread makes constants.
func spread(values ...float64) []eight {
	all := make([]eight, len(values))
	for i, v := range values {
		for k := range lanes {
			all[i][k] = float32(v)
		}
	}
	return all
}

// padded is the number of columns of the vectors that hold n columns.
func padded(n int) int { return (n + lanes - 1) / lanes * lanes }

// newLine makes a row of n columns. Its capacity is a number of whole vectors.
func newLine(n int) []float32 { return make([]float32, padded(n))[:n] }

// weigh writes the sum of rows times weights to out, whose columns are padded. The filters of SSIM and FLIP are such
// sums. Rows have as many columns as out, rounded up to whole vectors.
func weigh(out []float32, rows [][]float32, weights []float32) {
	if vectors {
		weighVectors(&out[0], padded(len(out)), &rows[0], &weights[0], len(weights))
		return
	}
	clear(out)
	for k, w := range weights {
		for x, v := range rows[k][:len(out)] {
			out[x] += w * v
		}
	}
}

// weighTwice does the same with two weights for each row and two sums, whose rows are as long. Reading each row once
// takes less time.
func weighTwice(out, other []float32, rows [][]float32, weights [][2]float32) {
	if vectors {
		weighTwiceVectors(&out[0], &other[0], padded(len(out)), &rows[0], &weights[0], len(weights))
		return
	}
	clear(out)
	clear(other)
	for k, w := range weights {
		for x, v := range rows[k][:len(out)] {
			out[x] += w[0] * v
			other[x] += w[1] * v
		}
	}
}

// blur writes the sums of 11 columns of a row, times weights, to out, whose columns are padded. Column x of out has the columns
// from x on of row, which has two vectors more than out. The weights go from the one in the middle to one side; the other side
// has the same ones. weigh takes a third more time for such a sum.
func blur(out, row []float32, weights *[reach + 1]eight) {
	if vectors {
		blurVectors(&out[0], &row[0], padded(len(out)), &weights[0])
		return
	}
	for x := range out {
		sum := weights[0][0] * row[x+reach]
		for i := 1; i <= reach; i++ {
			sum += weights[i][0] * (row[x+reach-i] + row[x+reach+i])
		}
		out[x] = sum
	}
}

// combine writes a + b, a − b and their squares to rows, whose columns are padded.
func combine(rows *[moments][]float32, a, b []float32) {
	done := 0
	if vectors {
		done = len(a) / lanes * lanes
		if done > 0 {
			combineVectors(rows, &a[0], &b[0], done)
		}
	}
	for x := done; x < len(a); x++ {
		sum, difference := a[x]+b[x], a[x]-b[x]
		rows[sumMean][x], rows[differenceMean][x] = sum, difference
		rows[sumSquare][x], rows[differenceSquare][x] = sum*sum, difference*difference
	}
}

// similarity returns the sums of SSIM and of contrast over the columns from first to end-1.
func similarity(rows *[moments][]float32, first, end int) (index, contrast float64) {
	if n := (end - first) / lanes * lanes; vectors && n > 0 {
		var sums [2]eight
		similarityVectors(rows, first, n, &similarityConstants[0], &sums)
		for k := range lanes {
			index, contrast = index+float64(sums[0][k]), contrast+float64(sums[1][k])
		}
		first += n
	}
	for x := first; x < end; x++ {
		p, m := rows[sumMean][x], rows[differenceMean][x]
		p, m = p*p, m*m
		unlike := rows[differenceSquare][x] - m
		both := rows[sumSquare][x] - p + unlike + 2*c2
		c := (both - 2*unlike) / both
		index += float64((p - m + 2*c1) / (p + m + 2*c1) * c)
		contrast += float64(c)
	}
	return index, contrast
}

var similarityConstants = spread(2*c1, 2*c2)

// opponents converts the first n columns of rows of linear RGB to YCxCz in place. Rows are padded.
func opponents(rows *[3][]float32, n int) {
	if vectors {
		opponentVectors(rows, padded(n), &opponentConstants[0])
		return
	}
	for x := range n {
		y, cx, cz := opponent(float64(rows[0][x]), float64(rows[1][x]), float64(rows[2][x]))
		rows[0][x], rows[1][x], rows[2][x] = float32(y), float32(cx), float32(cz)
	}
}

// perceive converts rows of YCxCz to L*a*b* in place; see perceived.
func perceive(rows *[3][]float32) {
	n := len(rows[0])
	if vectors {
		perceiveVectors(rows, padded(n), &perceivedConstants[0])
		return
	}
	for x := range n {
		l, a, b := perceived(float64(rows[0][x]), float64(rows[1][x]), float64(rows[2][x]))
		rows[0][x], rows[1][x], rows[2][x] = float32(l), float32(a), float32(b)
	}
}

// compare writes the FLIP of two views to errors, whose columns are padded.
func compare(errors []float32, reference, test *view) {
	if vectors {
		compareVectors(&errors[0], padded(len(errors)), reference, test, &comparedConstants[0])
		return
	}
	for x := range errors {
		errors[x] = float32(difference(reference.at(x), test.at(x)))
	}
}
