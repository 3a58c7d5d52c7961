package engine

import "igs/imageio"

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
		v.read(rows[:end-begin])
		for y := begin; y < end; y++ {
			if err := take(y, rows[y-begin]); err != nil {
				return err
			}
		}
		return nil
	})
}
