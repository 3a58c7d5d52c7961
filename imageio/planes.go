package imageio

import (
	"fmt"
	"image"
	"runtime"
	"sync"
	"sync/atomic"

	"igs/internal/fault"
)

// planar copies a decoder's picture into planes and turns it on the way.
func planar(img image.Image, head header) (*Image, error) {
	src := rowsOf(img)
	if src == nil {
		return nil, fault.New(fault.BadInput, convertHint, "%s of a kind igs cannot read: %T", head.format, img)
	}
	m := New(head.w, head.h, head.c)
	if head.turn.swapsSides() {
		m.W, m.H = m.H, m.W
	}
	m.Depth = head.depth
	if !m.fill(src, head) {
		m.Notes = append(m.Notes, "alpha channel dropped")
	}
	if head.turn > upright {
		m.Notes = append(m.Notes, fmt.Sprintf("turned as its EXIF orientation %d says", head.turn))
	}
	if _, ok := img.(*image.CMYK); ok {
		m.Notes = append(m.Notes, "CMYK converted to RGB without a colour profile")
	}
	return m, nil
}

// fill copies all rows, in bands that run side by side: at 8K the conversion would
// otherwise take about as long again as a quick decode.
func (m *Image) fill(src stored, head header) (opaque bool) {
	const least = 1 << 16 // samples for which a goroutine is worth starting
	bands := min(runtime.GOMAXPROCS(0), head.h, head.w*head.h/least+1)
	var seenThrough atomic.Bool
	var wg sync.WaitGroup
	for band := range bands {
		wg.Go(func() {
			if !m.fillBand(src, head, head.h*band/bands, head.h*(band+1)/bands) {
				seenThrough.Store(true)
			}
		})
	}
	wg.Wait()
	return !seenThrough.Load()
}

// fillBand copies the stored rows y0 to y1-1.
func (m *Image) fillBand(src stored, head header, y0, y1 int) (opaque bool) {
	opaque = true
	to := head.turn.place(head.w, head.h)
	row := make([][]float32, m.C)
	if to.perX == 1 { // rows stay rows: decode right into the planes
		for y := y0; y < y1; y++ {
			at := to.start + y*to.perY
			for c := range row {
				row[c] = m.Plane(c)[at : at+head.w]
			}
			opaque = src.row(y, row) && opaque
		}
		return opaque
	}
	for c := range row {
		row[c] = make([]float32, head.w)
	}
	for y := y0; y < y1; y++ {
		opaque = src.row(y, row) && opaque
		for c, samples := range row {
			plane, at := m.Plane(c), to.start+y*to.perY
			for _, v := range samples {
				plane[at] = v
				at += to.perX
			}
		}
	}
	return opaque
}
