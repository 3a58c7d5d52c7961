package imageio

import (
	"image"
	"image/color"

	"igs/internal/fault"
	"igs/internal/limits"
)

// FromImage converts a decoded picture to planes, as reading its file would. image.Gray and image.Gray16 give one
// channel, all other types give RGB. The depth is that of the type. Alpha that is not constant is kept. Alpha that
// is constant and not opaque is dropped, with a note: colours stay as the picture stores them, which is straight in an
// image.NRGBA and multiplied by alpha, as over black, in an image.RGBA. A type that package image does not have is read by its method At, in 8 bits if its colour model has 8 bits, else in 16.
func FromImage(img image.Image) (*Samples, error) {
	b := img.Bounds()
	head := header{w: b.Dx(), h: b.Dy(), turn: upright}
	switch {
	case head.w < 1 || head.h < 1:
		return nil, fault.New(fault.BadInput, "decode the picture first", "a picture without pixels: %d x %d px", head.w, head.h)
	case head.w > limits.Side || head.h > limits.Side:
		return nil, fault.New(fault.BadInput, sideHint, "a picture of %d x %d px", head.w, head.h)
	}
	img = plain(img)
	if !complete(img, head.w, head.h) {
		return nil, fault.New(fault.BadInput, "make it with image.New…, or decode it", "an %T of %d x %d px has too few samples", img, head.w, head.h)
	}
	head.c, head.depth = 3, 8
	switch img.(type) {
	case *image.Gray:
		head.c = 1
	case *image.Gray16:
		head.c, head.depth = 1, 16
	case *image.RGBA64, *image.NRGBA64:
		head.depth = 16
	}
	switch img.(type) {
	case *image.RGBA, *image.RGBA64:
		head.associated = true
	}
	head.transparent = true
	s, err := planar(img, head, Alpha{})
	if err == nil && !s.Layers[0].Alpha {
		s.Layers = nil
	}
	return s, err
}

// plain converts a picture to one of the types that rows8 and rows16 know, unless it has one.
func plain(img image.Image) image.Image {
	switch p := img.(type) {
	case *image.Paletted:
		return straightPalette(p)
	case *image.YCbCr:
		return atOrigin(p)
	case *image.NYCbCrA:
		if p.Rect.Min != (image.Point{}) { // its planes may begin at any sample
			return copied(p, false)
		}
		return p
	case *image.Gray, *image.RGBA, *image.NRGBA, *image.CMYK, *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return p
	}
	switch img.ColorModel() {
	case color.GrayModel:
		grey := image.NewGray(image.Rectangle{Max: img.Bounds().Size()})
		return drawn(grey, img)
	case color.Gray16Model:
		grey := image.NewGray16(image.Rectangle{Max: img.Bounds().Size()})
		return drawn(grey, img)
	case color.RGBAModel, color.NRGBAModel, color.YCbCrModel, color.NYCbCrAModel, color.CMYKModel, color.AlphaModel:
		return copied(img, false)
	}
	return copied(img, true)
}

// copied is a picture with straight alpha and 8 or 16 bits a sample.
func copied(img image.Image, deep bool) image.Image {
	at := image.Rectangle{Max: img.Bounds().Size()}
	if deep {
		return drawn(image.NewNRGBA64(at), img)
	}
	return drawn(image.NewNRGBA(at), img)
}

// drawn copies a picture to one whose top left is the origin.
func drawn[T interface {
	image.Image
	Set(x, y int, c color.Color)
}](to T, from image.Image) T {
	b := from.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			to.Set(x, y, from.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return to
}

// straightPalette converts the colours of a palette to color.NRGBA, the one type that rows8 reads without a guess.
func straightPalette(p *image.Paletted) image.Image {
	if len(p.Palette) > 256 {
		return copied(p, true)
	}
	out := *p
	out.Palette = make(color.Palette, len(p.Palette))
	for i, c := range p.Palette {
		if c == nil {
			c = color.Black
		}
		out.Palette[i] = color.NRGBAModel.Convert(c)
	}
	return &out
}

// atOrigin moves the top left of a picture to the origin. A part of a picture may begin between two chroma samples:
// then it is copied.
func atOrigin(p *image.YCbCr) image.Image {
	if p.Rect.Min == (image.Point{}) {
		return p
	}
	if p.Rect.Min.X%4 != 0 || p.Rect.Min.Y%4 != 0 {
		return copied(p, false)
	}
	out := *p
	out.Rect = p.Rect.Sub(p.Rect.Min)
	return &out
}

// complete says whether a picture has as many samples as its size needs. A picture that a program made may have fewer.
func complete(img image.Image, w, h int) bool {
	holds := func(n, stride, pixel int) bool { return stride >= w*pixel && n >= (h-1)*stride+w*pixel }
	chroma := func(p *image.YCbCr) bool {
		last := p.COffset(p.Rect.Max.X-1, p.Rect.Max.Y-1)
		return holds(len(p.Y), p.YStride, 1) && last >= 0 && last < len(p.Cb) && last < len(p.Cr)
	}
	switch p := img.(type) {
	case *image.Gray:
		return holds(len(p.Pix), p.Stride, 1)
	case *image.Gray16:
		return holds(len(p.Pix), p.Stride, 2)
	case *image.RGBA:
		return holds(len(p.Pix), p.Stride, 4)
	case *image.NRGBA:
		return holds(len(p.Pix), p.Stride, 4)
	case *image.CMYK:
		return holds(len(p.Pix), p.Stride, 4)
	case *image.RGBA64:
		return holds(len(p.Pix), p.Stride, 8)
	case *image.NRGBA64:
		return holds(len(p.Pix), p.Stride, 8)
	case *image.Paletted:
		return holds(len(p.Pix), p.Stride, 1)
	case *image.YCbCr:
		return chroma(p)
	case *image.NYCbCrA:
		return chroma(&p.YCbCr) && holds(len(p.A), p.AStride, 1)
	}
	return false
}

// SetRow stores the samples of row y of channel c, clamped to 0..1 and rounded to the nearest step. NaN becomes black.
func (s *Samples) SetRow(c, y int, row []float32) { s.set(c, y, row[:s.W]) }
