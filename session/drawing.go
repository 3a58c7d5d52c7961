package session

import "igs/imageio"

// drawing is the picture of a model in memory, as it is shown: for each row the lines of all channels.
type drawing struct {
	w, h, c int
	samples []float32
}

func newDrawing(target *imageio.Samples) *drawing {
	return &drawing{target.W, target.H, target.C, make([]float32, 0, target.Pixels()*target.C)}
}

// drawingBytes is the memory of the drawing of a picture.
func drawingBytes(samples int64) int64 { return 4 * samples }

// keep adds the next row.
func (d *drawing) keep(_ int, row [][]float32) error {
	for _, line := range row {
		d.samples = append(d.samples, line...)
	}
	return nil
}

// rows are the rows of the drawing, once: the taker may change them.
func (d *drawing) rows(take func(y int, row [][]float32) error) error {
	row := make([][]float32, d.c)
	for y := range d.h {
		for c := range row {
			row[c] = d.samples[(y*d.c+c)*d.w:][:d.w]
		}
		if err := take(y, row); err != nil {
			return err
		}
	}
	return nil
}
