// Package render renders models row by row, so that no picture is held whole. It owns what is shown, the part that is
// rendered, the files that the rows go to, and the comparison of the rows with a target.
//
// Rows come from the top. A row is [channel][column], with samples from 0 to 1 as they are displayed. Sizes are pixels.
package render

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// Rows calls take with each row of a picture, from the top. A row is valid during the call, and take may change it. An
// error of take ends the rendering and is returned.
type Rows func(take func(y int, row [][]float32) error) error

// Window is a part of a picture, px.
type Window struct{ X, Y, W, H int }

// Of gives the part of the rows that lies in the window.
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

// Errors gives the absolute difference between rendered rows and the target, in each channel, times video.ErrorGain.
// Of a layer with alpha, the colours get the mean of the differences over black and over white. gamma is that of the
// target's samples.
func Errors(rendered Rows, target *imageio.Samples, gamma float64) Rows {
	return func(take func(y int, row [][]float32) error) error {
		line, most := make([]float32, target.W), greatest(target)
		return rendered(func(y int, row [][]float32) error {
			for c := range row {
				target.Row(c, y, line)
				imageio.Show(line, gamma)
				errorLine(row[c], row[c], line, most[c])
			}
			if err := target.Err(); err != nil {
				return err
			}
			meanErrors(row, target.Layers)
			return take(y, row)
		})
	}
}

// wideRow is the width of a row whose channels are worth several goroutines, px.
const wideRow = 2048

// Compare gives rows with three times the channels: the render, the target, and the error as in Errors. The scorer gets
// every row too, so files and scores need only one rendering. gamma is that of the target's samples.
func Compare(rendered Rows, target *imageio.Samples, gamma float64, scorer *Scorer) Rows {
	return func(take func(y int, row [][]float32) error) error {
		shown, errors, most := imageio.NewRow(target.C, target.W), imageio.NewRow(target.C, target.W), greatest(target)
		var all, row [][]float32
		var y int
		channel := func(_, c int) {
			target.Row(c, y, shown[c])
			imageio.Show(shown[c], gamma)
			errorLine(errors[c], row[c], shown[c], most[c])
		}
		return rendered(func(at int, drawn [][]float32) error {
			y, row = at, drawn
			if target.W < wideRow {
				for c := range row {
					channel(0, c)
				}
			} else {
				parallel.Each(len(row), channel)
			}
			if err := target.Err(); err != nil {
				return err
			}
			meanErrors(errors, target.Layers)
			scorer.Add(shown, row)
			all = append(append(append(all[:0], row...), shown...), errors...)
			return take(y, all)
		})
	}
}
