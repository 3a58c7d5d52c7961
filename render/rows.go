// Package render owns pictures that are drawn and never held whole: what of a model is drawn and which part of it, the files that
// the rows go to, and the comparison of the rows with a target.
//
// Rows come from the top. A row is [channel][column], samples from 0 to 1 as they are shown. Sizes are pixels.
package render

import (
	"math"
	"slices"

	"igs/imageio"
	"igs/video"
)

// Rows hands the rows of a picture to take, from the top. A row is valid during the call and free to be changed. An error of take
// ends the drawing and comes back.
type Rows func(take func(y int, row [][]float32) error) error

// Window is a part of a picture, px.
type Window struct{ X, Y, W, H int }

// Of is the part of the rows that lies in the window.
func (a Window) Of(rows Rows) Rows {
	return func(take func(y int, row [][]float32) error) error {
		return rows(func(y int, row [][]float32) error {
			if y < a.Y || y >= a.Y+a.H {
				return nil
			}
			part := make([][]float32, len(row))
			for c := range row {
				part[c] = row[c][a.X : a.X+a.W]
			}
			return take(y-a.Y, part)
		})
	}
}

// Errors is the absolute difference between drawn rows and the target, in each channel, times video.ErrorGain.
// gamma is that of the target's samples.
func Errors(drawn Rows, target *imageio.Samples, gamma float64) Rows {
	return func(take func(y int, row [][]float32) error) error {
		line := make([]float32, target.W)
		return drawn(func(y int, row [][]float32) error {
			for c := range row {
				target.Row(c, y, line)
				imageio.Show(line, gamma)
				errorLine(row[c], row[c], line)
			}
			return take(y, row)
		})
	}
}

// errorLine writes the enlarged difference of two lines to dst, which may be one of them.
func errorLine(dst, drawn, target []float32) {
	for x, v := range target {
		dst[x] = min(1, video.ErrorGain*float32(math.Abs(float64(drawn[x]-v))))
	}
}

// Compare hands on rows with three times the channels: what is drawn, the target, and the enlarged error, each as it is shown. The
// scorer sees every row, so files and scores take one drawing. gamma is that of the target's samples.
func Compare(drawn Rows, target *imageio.Samples, gamma float64, scorer *Scorer) Rows {
	return func(take func(y int, row [][]float32) error) error {
		shown, errors := imageio.NewRow(target.C, target.W), imageio.NewRow(target.C, target.W)
		return drawn(func(y int, row [][]float32) error {
			for c := range row {
				target.Row(c, y, shown[c])
				imageio.Show(shown[c], gamma)
				errorLine(errors[c], row[c], shown[c])
			}
			scorer.Add(shown, row)
			return take(y, slices.Concat(row, shown, errors))
		})
	}
}
