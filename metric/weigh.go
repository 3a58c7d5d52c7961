package metric

const vectorColumns = 8 // that weighVectors computes at once

// weigh writes the weighted sum of eleven rows to out, which may be one of the rows. The filters of SSIM and FLIP are
// such sums, and take most of the time of the scores. With vectors a sum takes a fifth of the time. The last bits depend
// on whether the CPU has them.
func weigh(out []float64, rows *[size][]float64, weights *[size]float64) {
	n, done := len(out), 0
	var first [size]*float64
	for k, row := range rows {
		rows[k] = row[:n]
		first[k] = &row[0]
	}
	if vectors && n >= vectorColumns {
		done = n / vectorColumns * vectorColumns
		weighVectors(&out[0], done, &first, weights)
	}
	weighColumns(out, rows, weights, done)
}

// weighColumns computes the columns of weigh from `from` on. The sum is written without a loop over the weights, because
// that takes 2.5 times as long.
func weighColumns(out []float64, rows *[size][]float64, weights *[size]float64, from int) {
	n, w := len(out), *weights
	r0, r1, r2, r3, r4, r5 := rows[0][:n], rows[1][:n], rows[2][:n], rows[3][:n], rows[4][:n], rows[5][:n]
	r6, r7, r8, r9, r10 := rows[6][:n], rows[7][:n], rows[8][:n], rows[9][:n], rows[10][:n]
	for x := from; x < n; x++ {
		out[x] = w[0]*r0[x] + w[1]*r1[x] + w[2]*r2[x] + w[3]*r3[x] + w[4]*r4[x] + w[5]*r5[x] +
			w[6]*r6[x] + w[7]*r7[x] + w[8]*r8[x] + w[9]*r9[x] + w[10]*r10[x]
	}
}
