package engine

import (
	"igs/imageio"
	"igs/internal/parallel"
)

// Pictures are read row by row from the top: at 8K a plane of float32 is 133 MB, too much to hold beside the memory of
// a run.

// Rows returns the rendered splats, clamped to [0,1], in the colour space of the target.
func (c *Renderer) Rows() imageio.Rows {
	return imageio.Rows{Gamma: c.setup.Gamma, Each: c.eachRow}
}

func (c *Renderer) eachRow(take func(y int, row [][]float32) error) error {
	s := c.plan.Shape
	rows := &c.host.rows
	for i := range rows {
		if rows[i] == nil {
			rows[i] = imageio.NewRow(s.C, s.W)
		}
	}
	return c.render(func(v view) error {
		begin, end := v.rows()
		parallel.Each(end-begin, func(_, i int) {
			if s.Bytes {
				v.bytes8(begin+i, rows[i])
				return
			}
			for n := 0; n < s.C; n += 4 {
				v.quads(begin+i, n/4, rows[i][n:min(n+4, s.C)])
			}
		})
		for y := begin; y < end; y++ {
			if err := take(y, rows[y-begin]); err != nil {
				return err
			}
		}
		return nil
	})
}
