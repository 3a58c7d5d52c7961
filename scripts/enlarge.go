//go:build ignore

// Makes a large JPEG of a photograph, mirrored at its edges as often as it takes: go run scripts/enlarge.go IN.jpg OUT.jpg WxH
package main

import (
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"log"
	"os"
)

func main() {
	var w, h int
	if _, err := fmt.Sscanf(os.Args[3], "%dx%d", &w, &h); err != nil {
		log.Fatal(err)
	}
	in, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	photo, err := jpeg.Decode(in)
	if err != nil {
		log.Fatal(err)
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
	out, err := os.Create(os.Args[2])
	if err == nil {
		err = jpeg.Encode(out, large, &jpeg.Options{Quality: 85})
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
