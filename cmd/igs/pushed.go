package main

import (
	"errors"
	"iter"

	"igs/imageio"
)

// pushedRows hands the rows of a picture to take from the top, as the drawing of splats
// does, and ends with take's error.
type pushedRows func(take func(y int, row [][]float32) error) error

var errEnough = errors.New("no more rows are wanted")

// writePushed writes a PNG of rows as they come. A PNG encoder asks for its rows; so the
// source stands still between two of them. An error of the source is drawing, one of the
// file writing, so that a lost device is not blamed on the folder.
func writePushed(path string, w, h, c, depth int, rows pushedRows) (drawing, writing error) {
	next, stop := iter.Pull(func(yield func([][]float32) bool) {
		drawing = rows(func(_ int, row [][]float32) error {
			if !yield(row) {
				return errEnough
			}
			return nil
		})
	})
	writing = imageio.WriteRows(path, w, h, c, depth, func(y int, dst [][]float32) error {
		row, ok := next()
		if !ok {
			return drawing
		}
		for c := range dst {
			copy(dst[c], row[c])
		}
		return nil
	})
	stop()
	if drawing != nil && !errors.Is(drawing, errEnough) {
		return drawing, nil
	}
	return nil, writing
}
