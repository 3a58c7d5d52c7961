package optim

import (
	"igs/imageio"
	"igs/internal/parallel"
	"igs/memory"
)

// Pictures pass through here row by row, from the top: at 8K a plane of float32 is 133 MB, and the memory of a run belongs to the device.

// eachRow draws the splats as a sampling.RowSource, as they are shown.
func (c *canvas) eachRow(take func(y int, row [][]float32) error) error {
	s := c.plan.Shape
	var rows [memory.TileSize][][]float32
	for i := range rows {
		rows[i] = imageio.NewRow(s.C, s.W)
	}
	return c.draw(func(v view) error {
		begin, end := v.rows()
		parallel.Each(end-begin, func(_, i int) {
			for n, line := range rows[i] {
				for x := range line {
					line[x] = shown(v.at(x, begin+i, n), c.gamma)
				}
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
