package sampling

// Systematic sampling visits the pixels in this order: a Hilbert curve in each square of 128 × 128 px, the squares of a
// band from left to right, the bands from the top. The curve of a square begins at its top left and ends at its top
// right, next to the following square. Points outside the picture are left out. This order needs 128 rows at a time, 4
// MB at 8K. A Hilbert curve over the whole picture would need all rows.

const (
	hilbertOrder = 7
	hilbertSide  = 1 << hilbertOrder
	hilbertArea  = hilbertSide * hilbertSide
)

// spot is a pixel of a square.
type spot struct{ x, y uint8 }

// hilbert lists the pixels of a square along the curve. onHilbert[y·side + x] is the position of pixel (x, y) on the
// curve.
var hilbert, onHilbert = func() (curve [hilbertArea]spot, place [hilbertArea]uint16) {
	for i := range curve {
		x, y := 0, 0
		for side, rest := 1, i; side < hilbertSide; side, rest = 2*side, rest/4 {
			right := rest / 2 & 1
			down := (rest ^ right) & 1
			if down == 0 {
				if right == 1 {
					x, y = side-1-x, side-1-y
				}
				x, y = y, x
			}
			x, y = x+side*right, y+side*down
		}
		curve[i] = spot{uint8(x), uint8(y)}
		place[y*hilbertSide+x] = uint16(i)
	}
	return curve, place
}()

// onCurve returns a number by which the pixels of a picture are in the order of the curve.
func onCurve(pixel, width int) int {
	x, y := pixel%width, pixel/width
	squares := (width + hilbertSide - 1) / hilbertSide
	square := y/hilbertSide*squares + x/hilbertSide
	return square*hilbertArea + int(onHilbert[y%hilbertSide*hilbertSide+x%hilbertSide])
}
