package imageio

import (
	"cmp"
	"fmt"
)

// onDisk reads all layers to a scratch file, row by row where the format allows.
func (k *stack) onDisk(o Options) (s *Samples, err error) {
	if err := k.resolve(o.Alpha); err != nil {
		return nil, err
	}
	size := k.size(o)
	disk, err := newScratch(o.Scratch, size, o.Stride)
	if err != nil {
		return nil, err
	}
	s = &Samples{W: size.W, H: size.H, C: size.C, Depth: size.Depth, disk: disk}
	defer func() {
		if err != nil {
			s.Close()
			s = nil
		}
	}()
	reduced := k.newReducer(o)
	if k.single(o) {
		p := k.pictures[0]
		layer, notes, err := p.bands(o.Alpha, func(y int, band *Samples) error {
			s.put(0, y, band)
			return cmp.Or(s.Err(), band.rows(func(at int, row [][]float32) error {
				for c := range row {
					reduced.add(c, y+at, row[c])
				}
				return nil
			}))
		})
		if err != nil {
			return s, named(p.path, err)
		}
		s.Layers, s.Notes = []Layer{p.named(layer)}, append(k.notes, notes...)
	} else if s.Layers, s.Notes, err = k.read(o, func(c, y int, row []float32) {
		s.set(c, y, row)
		reduced.add(c, y, row)
	}); err != nil {
		return s, err
	}
	s.reduced = reduced.to
	s.Notes = append(s.Notes, fmt.Sprintf("kept in a temporary file of %d MiB; splats are placed by a copy of %d x %d px", size.bytes()>>20, s.reduced.W, s.reduced.H))
	return s, s.Err()
}

// reducer makes the smaller copy of a picture.
type reducer struct {
	to       *Samples
	channels []*shrinker
}

func (k *stack) newReducer(o Options) *reducer {
	from, size := k.size(o), k.reducedSize(o)
	r := &reducer{to: NewSamples(size.W, size.H, size.C, size.Depth)}
	from.C = 1
	for c := range size.C {
		r.channels = append(r.channels, newShrinker(from, size, func(y int, row [][]float32) error { r.to.set(c, y, row[0]); return nil }))
	}
	return r
}

// add adds row y of a channel. The rows of a channel come from the top.
func (r *reducer) add(c, y int, row []float32) {
	r.channels[c].visit(y, [][]float32{row}) // its visitor returns no errors
}
