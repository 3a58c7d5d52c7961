package imageio

// Names of the composites of a picture with alpha.
const (
	OverBlack = "over black"
	OverWhite = "over white"
)

// Composites are the pictures without alpha that rows of layers stand for. A layer with alpha is two pictures: over black
// and over white. Any other layer is one.
type Composites struct {
	Layers []Layer // of the composites
	from   []Layer // nil when no layer has alpha
	row    [][]float32
}

// NewComposites makes composites of rows w px wide.
func NewComposites(layers []Layer, w int) *Composites {
	c := &Composites{}
	for _, l := range layers {
		if !l.Alpha {
			c.Layers = append(c.Layers, l)
			continue
		}
		c.from = layers
		for _, over := range []string{OverBlack, OverWhite} {
			part := l
			part.C, part.Alpha, part.Name = l.Colours(), false, over
			if len(layers) > 1 && l.Name != "" {
				part.Name = l.Name + " " + over
			}
			c.Layers = append(c.Layers, part)
		}
	}
	if c.from == nil {
		return c
	}
	for _, l := range c.Layers {
		c.row = append(c.row, NewRow(l.C, w)...)
	}
	return c
}

// Alpha says whether a layer has alpha.
func (c *Composites) Alpha() bool { return c.from != nil }

// Row is the row of all composites, as [channel][column]. It is valid until the next call.
func (c *Composites) Row(row [][]float32) [][]float32 {
	if c.from == nil {
		return row
	}
	at := 0
	for _, l := range c.from {
		if !l.Alpha {
			for _, plane := range row[:l.C] {
				copy(c.row[at], plane)
				at++
			}
		} else {
			for _, grey := range []float32{0, 1} {
				Matte(row[:l.C], grey, c.row[at:][:l.Colours()])
				at += l.Colours()
			}
		}
		row = row[l.C:]
	}
	return c.row
}
