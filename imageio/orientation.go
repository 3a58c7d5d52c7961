package imageio

// orientation is the EXIF orientation, 1 to 8.
type orientation int

const (
	upright     orientation = 1
	mirrored    orientation = 2 // left and right exchanged
	halfTurn    orientation = 3
	flipped     orientation = 4 // top and bottom exchanged
	transposed  orientation = 5 // rows and columns exchanged
	turnRight   orientation = 6 // shown after a turn of 90 degrees clockwise
	transversed orientation = 7 // transposed and turned by 180 degrees
	turnLeft    orientation = 8 // shown after a turn of 90 degrees anticlockwise
)

func (o orientation) swapsSides() bool { return o >= transposed }

// placement maps stored samples to a plane: column x of row y goes to index
// start + x*perX + y*perY. The copy from the picture of the decoder turns the picture, so no
// second picture is needed.
type placement struct{ start, perX, perY int }

// place gives the placement for stored sides w and h.
func (o orientation) place(w, h int) placement {
	last := w*h - 1
	switch o {
	case mirrored:
		return placement{w - 1, -1, w}
	case halfTurn:
		return placement{last, -1, -w}
	case flipped:
		return placement{(h - 1) * w, 1, -w}
	case transposed: // the result has rows of h samples
		return placement{0, h, 1}
	case turnRight:
		return placement{h - 1, h, -1}
	case transversed:
		return placement{last, -h, -1}
	case turnLeft:
		return placement{(w - 1) * h, -h, 1}
	}
	return placement{0, 1, w}
}
