//go:build ignore

// Makes a large JPEG from a photograph by repeating it, mirrored at its edges.
//
//	go run scripts/enlarge.go IN.jpg OUT.jpg WxH
package main

import (
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"os"
)

func main() {
	if err := enlarge(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "enlarge:", err)
		os.Exit(1)
	}
}

func enlarge(from, to, size string) error {
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	photo, err := jpeg.Decode(in)
	if err != nil {
		return err
	}
	b := photo.Bounds()
	tile := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(tile, tile.Rect, photo, b.Min, draw.Src)
	mirrored := func(at, n int) int {
		if at %= 2 * n; at >= n {
			at = 2*n - 1 - at
		}
		return at
	}
	large := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			large.SetRGBA(x, y, tile.RGBAAt(mirrored(x, b.Dx()), mirrored(y, b.Dy())))
		}
	}
	out, err := os.Create(to)
	if err == nil {
		err = jpeg.Encode(out, large, &jpeg.Options{Quality: 85})
	}
	if err == nil {
		err = out.Close()
	}
	return err
}
