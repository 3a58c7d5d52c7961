package main

import (
	"errors"
	"io/fs"
	"os"

	"igs/imageio"
)

// pushedRows hands the rows of a picture to take from the top, as the drawing of splats
// does, and ends with take's error.
type pushedRows func(take func(y int, row [][]float32) error) error

var errEnough = errors.New("no more rows are wanted")

// writeSheets writes files of rows as they come, all in one pass. Encoders ask for their
// rows, each in a goroutine of its own, so that a band is drawn while the one before it is
// packed. An error of the source is drawing, one of a file writing, so that a lost device
// is not blamed on the folder. After either no file is left that was not there before; one
// that was to be written over is whole, as it was or as it was to be.
func writeSheets(sheets []sheet, rows pushedRows) (drawing, writing error) {
	queues := make([]*queue, len(sheets))
	for i, s := range sheets {
		queues[i] = newQueue(s, len(sheets))
	}
	drawing = rows(func(_ int, row [][]float32) error {
		for _, q := range queues {
			if !q.push(row) {
				return errEnough
			}
		}
		return nil
	})
	for _, q := range queues {
		if err := q.end(drawing); err != nil && writing == nil && !errors.Is(err, errEnough) {
			writing = err
		}
	}
	if errors.Is(drawing, errEnough) {
		drawing = nil
	}
	if drawing != nil {
		writing = nil
	}
	if drawing != nil || writing != nil {
		for _, q := range queues {
			q.takeBack()
		}
	}
	return drawing, writing
}

// What waits for the encoders at most: a band of a picture that is far larger than memory, and of others a small part.
const (
	queueBytes = 24 << 20
	queueShare = 256
)

// queue takes rows to a file. Their memory goes round between the two sides.
type queue struct {
	sheet       sheet
	created     bool // its file was not there before
	free, ready chan [][]float32
	cause       error // why there are no more rows
	done        chan struct{}
	err         error // of the file
}

// newQueue is one of so many that share the memory.
func newQueue(s sheet, queues int) *queue {
	length := max(min(queueBytes/queues/(4*s.spec.W*s.spec.C), s.spec.H/queueShare), 2)
	_, err := os.Lstat(s.path)
	q := &queue{sheet: s, created: errors.Is(err, fs.ErrNotExist), free: make(chan [][]float32, length), ready: make(chan [][]float32, length), done: make(chan struct{})}
	for range length {
		q.free <- make([][]float32, s.spec.C)
	}
	go func() {
		defer close(q.done)
		q.err = imageio.WriteRows(s.path, s.spec, q.row)
	}()
	return q
}

// push copies the sheet's channels of a row; it says false when the file has failed.
func (q *queue) push(row [][]float32) bool {
	select {
	case held := <-q.free:
		for c := range held {
			held[c] = append(held[c][:0], row[q.sheet.first+c]...)
		}
		q.ready <- held // there is room for all that exist
		return true
	case <-q.done:
		return false
	}
}

// row is what the encoder asks for.
func (q *queue) row(_ int, dst [][]float32) error {
	held, ok := <-q.ready
	if !ok {
		return q.cause
	}
	for c := range dst {
		copy(dst[c], held[c])
	}
	q.free <- held
	return nil
}

// end waits for the file.
func (q *queue) end(cause error) error {
	if q.cause = cause; cause == nil {
		q.cause = errors.New("the drawing ended early")
	}
	close(q.ready)
	<-q.done
	return q.err
}

// takeBack removes the file if it appeared where none was.
func (q *queue) takeBack() {
	if q.created && q.err == nil {
		os.Remove(q.sheet.path)
	}
}
