package imageio

import (
	"bytes"
	"image"
	"image/color"
)

// sample is a sample as stored: 8 or 16 bits.
type sample interface{ uint8 | uint16 }

// stored gives the rows of the picture of a decoder. row writes row y, as stored, to dst, which has a
// slice for each channel. It says whether the row is opaque.
type stored[T sample] interface {
	row(y int, dst [][]T) (opaque bool)
}

// rows8 and rows16 together know every type that the decoders return. Each returns nil for a type
// of the other depth. An RGBA has alpha only when the file has colours multiplied by alpha.
func rows8(img image.Image, head header) stored[uint8] {
	switch p := img.(type) {
	case *image.Gray:
		return bytes8{p.Pix, p.Stride, 1, false}
	case *image.RGBA:
		return bytes8{p.Pix, p.Stride, 4, head.associated}
	case *image.NRGBA:
		return bytes8{p.Pix, p.Stride, 4, true}
	case *image.Paletted:
		return newPalette(p)
	case *image.YCbCr:
		return newYCbCr(p, head)
	case *image.NYCbCrA:
		return ycbcra{newYCbCr(&p.YCbCr, head), p}
	case *image.CMYK:
		if head.format == formatJPEG {
			return newInks(p, head)
		}
		return cmyk{p}
	}
	return nil
}

func rows16(img image.Image, head header) stored[uint16] {
	switch p := img.(type) {
	case *image.Gray16:
		return bytes16{p.Pix, p.Stride, 2, false}
	case *image.RGBA64:
		return bytes16{p.Pix, p.Stride, 8, head.associated}
	case *image.NRGBA64:
		return bytes16{p.Pix, p.Stride, 8, true}
	}
	return nil
}

// bytes8 is a picture of 8-bit samples with step bytes a pixel. The first sample is grey, or the first
// three are a colour; the fourth is straight alpha.
type bytes8 struct {
	pix          []byte
	stride, step int
	alpha        bool
}

func (b bytes8) transparency(y int, dst []uint8) {
	line := b.pix[y*b.stride:]
	for x := range dst {
		dst[x] = 0xff
		if b.alpha {
			dst[x] = line[x*b.step+b.step-1]
		}
	}
}

func (b bytes8) row(y int, dst [][]uint8) bool {
	line := b.pix[y*b.stride:][:len(dst[0])*b.step]
	for c, out := range dst {
		for x := range out {
			out[x] = line[x*b.step+c]
		}
	}
	opaque := true
	for i := 3; b.alpha && i < len(line); i += 4 {
		opaque = opaque && line[i] == 0xff
	}
	return opaque
}

// bytes16 is the same with samples of two bytes, big-endian.
type bytes16 struct {
	pix          []byte
	stride, step int
	alpha        bool
}

func (b bytes16) transparency(y int, dst []uint16) {
	line := b.pix[y*b.stride:]
	for x := range dst {
		dst[x] = 0xffff
		if at := (x+1)*b.step - 2; b.alpha {
			dst[x] = uint16(line[at])<<8 | uint16(line[at+1])
		}
	}
}

func (b bytes16) row(y int, dst [][]uint16) bool {
	line := b.pix[y*b.stride:][:len(dst[0])*b.step]
	for c, out := range dst {
		for x := range out {
			at := x*b.step + 2*c
			out[x] = uint16(line[at])<<8 | uint16(line[at+1])
		}
	}
	opaque := true
	for i := 6; b.alpha && i < len(line); i += 8 {
		opaque = opaque && line[i] == 0xff && line[i+1] == 0xff
	}
	return opaque
}

// palette is an indexed picture, with its colours as samples.
type palette struct {
	*image.Paletted
	colours [256][3]uint8
	alphas  [256]uint8
}

func newPalette(p *image.Paletted) *palette {
	out := &palette{Paletted: p, alphas: [256]uint8(bytes.Repeat([]byte{0xff}, 256))}
	shift := shift64(p.Palette)
	for i, c := range p.Palette {
		var n color.NRGBA
		switch c := c.(type) { // colours of image/png have 8 bits and straight alpha
		case color.NRGBA:
			n = c
		case color.RGBA:
			n = color.NRGBA(c)
		case color.RGBA64: // a colour of a TIFF, without alpha
			n = color.NRGBA{uint8(c.R >> shift), uint8(c.G >> shift), uint8(c.B >> shift), 0xff}
		}
		out.colours[i] = [3]uint8{n.R, n.G, n.B}
		out.alphas[i] = n.A
	}
	return out
}

// shift64 is the shift that gives 8 bits of a 16-bit colour. It is 0 for a palette in which no channel is above 255:
// some programs store 8 bits.
func shift64(colours color.Palette) int {
	for _, c := range colours {
		if c, ok := c.(color.RGBA64); ok && max(c.R, c.G, c.B) > 0xff {
			return 8
		}
	}
	return 0
}

func (p *palette) row(y int, dst [][]uint8) bool {
	opaque := true
	for x, index := range p.Pix[y*p.Stride:][:len(dst[0])] {
		for c := range dst {
			dst[c][x] = p.colours[index][c]
		}
		opaque = opaque && p.alphas[index] == 0xff
	}
	return opaque
}

func (p *palette) transparency(y int, dst []uint8) {
	for x, index := range p.Pix[y*p.Stride:][:len(dst)] {
		dst[x] = p.alphas[index]
	}
}

// cmyk is a CMYK picture, converted as image/color does: ink on white paper.
type cmyk struct{ *image.CMYK }

func (p cmyk) row(y int, dst [][]uint8) bool {
	line := p.Pix[y*p.Stride:][:4*len(dst[0])]
	for x := range dst[0] {
		dst[0][x], dst[1][x], dst[2][x] = color.CMYKToRGB(line[4*x], line[4*x+1], line[4*x+2], line[4*x+3])
	}
	return true
}
