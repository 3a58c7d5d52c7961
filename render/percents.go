package render

// Percents makes a function to call with each row. It calls show when another percent of all rows is reached.
func Percents(all int, show func(row int)) func(row int) {
	shown := -1
	return func(row int) {
		if percent := 100 * row / all; percent > shown {
			shown = percent
			show(row)
		}
	}
}

// Watched is a target that reports the rows that are compared with it.
func Watched(target Target, show func(row int)) Target { return watched{target, show} }

type watched struct {
	Target
	show func(row int)
}

// Row gives a row of a channel.
func (t watched) Row(c, y int, dst []float32) []float32 {
	if c == 0 {
		t.show(y)
	}
	return t.Target.Row(c, y, dst)
}
