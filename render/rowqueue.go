package render

import (
	"errors"
	"io/fs"
	"os"

	"igs/imageio"
)

var errEnough = errors.New("no more rows are wanted")

// WriteFiles writes files of rows as they come, all in one pass over the rows. Each file has an encoder in a goroutine of its own,
// so that a band is drawn while the band before it is encoded. drawing is an error of the rows, writing one of a file: the two
// have different causes and different hints. After either error no file is left that did not exist before; a file that was to be
// replaced is whole, old or new.
func WriteFiles(files []OutputFile, rows Rows) (drawing, writing error) {
	queues := make([]*rowQueue, len(files))
	for i, f := range files {
		queues[i] = newRowQueue(f, len(files))
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

// The rows that wait for encoders take at most queueBytes in all. A queue holds at most one row in queueShare of its picture, so
// that a small picture is not kept whole.
const (
	queueBytes = 24 << 20
	queueShare = 256
)

// rowQueue takes rows to the encoder of one file. The memory of a row returns to the queue when the encoder has read the row.
type rowQueue struct {
	file        OutputFile
	created     bool // the file did not exist before
	free, ready chan [][]float32
	cause       error // why there are no more rows
	done        chan struct{}
	err         error // of the file
}

// newRowQueue makes one of the given number of queues, which share the memory.
func newRowQueue(f OutputFile, queues int) *rowQueue {
	length := max(min(queueBytes/queues/(4*f.Spec.W*f.Spec.C), f.Spec.H/queueShare), 2)
	_, err := os.Lstat(f.Path)
	q := &rowQueue{file: f, created: errors.Is(err, fs.ErrNotExist), free: make(chan [][]float32, length), ready: make(chan [][]float32, length), done: make(chan struct{})}
	for range length {
		q.free <- make([][]float32, f.Spec.C)
	}
	go func() {
		defer close(q.done)
		q.err = imageio.WriteRows(f.Path, f.Spec, q.row)
	}()
	return q
}

// push copies the file's channels of a row. It returns false when the file has failed.
func (q *rowQueue) push(row [][]float32) bool {
	select {
	case held := <-q.free:
		for c := range held {
			held[c] = append(held[c][:0], row[q.file.First+c]...)
		}
		q.ready <- held // never blocks: the channel has room for every row there is
		return true
	case <-q.done:
		return false
	}
}

// row is called by the encoder for the next row.
func (q *rowQueue) row(_ int, dst [][]float32) error {
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
func (q *rowQueue) end(cause error) error {
	if q.cause = cause; cause == nil {
		q.cause = errors.New("the drawing ended early")
	}
	close(q.ready)
	<-q.done
	return q.err
}

// takeBack removes a file that did not exist before.
func (q *rowQueue) takeBack() {
	if q.created && q.err == nil {
		os.Remove(q.file.Path)
	}
}
