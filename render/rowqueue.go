package render

import (
	"cmp"
	"errors"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"igs/imageio"
	"igs/internal/wholefile"
	"igs/record"
)

var errEnough = errors.New("no more rows are wanted")

// WriteFiles writes all files in one pass over the rows. Each file has an encoder in its own goroutine, so a band is
// rendered while the band before it is encoded. rendering is an error of the rows, writing an error of a file: they
// have different causes and hints. After an error no new file is left, and a file that was to be replaced is whole, old
// or new.
func WriteFiles(files []OutputFile, rows Rows) (rendering, writing error) {
	queues := make([]*rowQueue, len(files))
	for i, f := range files {
		queues[i] = newRowQueue(f, len(files))
	}
	rendering = rows(func(_ int, row [][]float32) error {
		for _, q := range queues {
			if !q.push(row) {
				return errEnough
			}
		}
		return nil
	})
	for _, q := range queues {
		if err := q.end(rendering); err != nil && writing == nil && !errors.Is(err, errEnough) {
			writing = err
		}
	}
	if errors.Is(rendering, errEnough) {
		rendering = nil
	}
	if rendering != nil {
		writing = nil
	}
	if rendering != nil || writing != nil {
		for _, q := range queues {
			q.takeBack()
		}
	}
	return rendering, writing
}

// The rows that wait for encoders take at most queueBytes in all. A queue holds at most 1/queueShare of the rows of its
// picture, so even a small picture is never held whole.
const (
	queueBytes = 24 << 20
	queueShare = 256
)

// writeThumbnail writes a JPEG or a PNG, by the ending of the path.
func writeThumbnail(path string, small *imageio.Thumbnail) error {
	return wholefile.Write(path, func(to io.Writer) error {
		if filepath.Ext(path) == ".jpg" {
			return jpeg.Encode(to, small.Image(), &jpeg.Options{Quality: record.ThumbnailQuality})
		}
		return small.Write(to)
	})
}

// rowQueue passes rows to the encoder of one file. The memory of a row returns to the queue when the encoder has read
// it.
type rowQueue struct {
	file        OutputFile
	created     bool // the file did not exist before
	free, ready chan [][]float32
	cause       error // why no more rows come
	done        chan struct{}
	err         error              // of the file
	small       *imageio.Thumbnail // nil: none is wanted
}

// newRowQueue makes a queue. queues is the number of queues that share the memory.
func newRowQueue(f OutputFile, queues int) *rowQueue {
	length := max(min(queueBytes/queues/(4*f.Spec.W*f.Spec.C), f.Spec.H/queueShare), 2)
	_, err := os.Lstat(cmp.Or(f.Path, f.Thumbnail))
	q := &rowQueue{file: f, created: errors.Is(err, fs.ErrNotExist), free: make(chan [][]float32, length), ready: make(chan [][]float32, length), done: make(chan struct{})}
	for range length {
		q.free <- make([][]float32, f.Spec.C)
	}
	if f.Thumbnail != "" {
		q.small = imageio.NewThumbnail(f.Spec.W, f.Spec.H, f.Spec.C, f.Width)
	}
	go func() {
		defer close(q.done)
		q.err = q.write()
	}()
	return q
}

// write writes the file and its thumbnail. The thumbnail is the younger one, which shows that it belongs to the file.
func (q *rowQueue) write() error {
	var err error
	if q.file.Path != "" {
		err = imageio.WriteRows(q.file.Path, q.file.Spec, q.row)
	} else {
		room := imageio.NewRow(q.file.Spec.C, q.file.Spec.W)
		for y := 0; y < q.file.Spec.H && err == nil; y++ {
			err = q.row(y, room)
		}
	}
	if err != nil || q.small == nil {
		return err
	}
	return writeThumbnail(q.file.Thumbnail, q.small)
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

// row gives the encoder its next row.
func (q *rowQueue) row(_ int, dst [][]float32) error {
	held, ok := <-q.ready
	if !ok {
		return q.cause
	}
	if q.small != nil {
		q.small.Add(held)
	}
	for c := range dst { // no sample is copied
		dst[c], held[c] = held[c], dst[c]
	}
	q.free <- held
	return nil
}

// end waits until the file is complete. cause is an error of the rows, or nil.
func (q *rowQueue) end(cause error) error {
	if q.cause = cause; cause == nil {
		q.cause = errors.New("the rows ended early")
	}
	close(q.ready)
	<-q.done
	return q.err
}

// takeBack removes the file if it did not exist before.
func (q *rowQueue) takeBack() {
	if q.created && q.err == nil {
		if q.file.Path != "" {
			os.Remove(q.file.Path)
		}
		if q.small != nil {
			os.Remove(q.file.Thumbnail)
		}
	}
}
