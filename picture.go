package igs

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"reflect"

	"igs/imageio"
)

// Size is that of a picture: px, channels (1 for grey, 3 for RGB, the sum of all in a texture stack) and bits a sample (8 or 16).
type Size struct{ W, H, Channels, Depth int }

func (s Size) String() string {
	return fmt.Sprintf("%d × %d px, %d channels of %d bits", s.W, s.H, s.Channels, s.Depth)
}

// maxSide bounds both sides of a picture that is trained, px.
const maxSide = 32768

// check allows what a picture file may have, and a texture stack.
func (s Size) check() error {
	switch {
	case s.W < 1 || s.H < 1 || s.W > maxSide || s.H > maxSide:
		return badInput(fmt.Sprintf("a side may have 1 to %d px", maxSide), "a picture of %d × %d px", s.W, s.H)
	case s.Channels < 1 || s.Channels > 12:
		return badInput("1 is grey, 3 is RGB", "a picture of %d channels", s.Channels)
	case s.Depth != 8 && s.Depth != 16:
		return badInput("give 8 or 16", "a picture of %d bits a sample", s.Depth)
	}
	return nil
}

// Picture is a picture that models are trained on, as its file stores it: 8 or 16 bits a sample. It never changes. It is an image.Image itself, so
// that a function of this package takes it as it is.
type Picture struct{ samples *imageio.Samples }

// NewPicture takes a decoded picture with all bits that it has: 8 or 16 a sample, grey for image.Gray and image.Gray16 and RGB for all others.
// JPEGs (image.YCbCr) get their colours interpolated, as most programs show them.
//
// Alpha is dropped, and Notes says so. Colours stay as they are stored: straight in an image.NRGBA, and in an image.RGBA, which stores them
// multiplied by alpha, as over black. Draw the picture over a background first where that matters.
func NewPicture(img image.Image) (*Picture, error) {
	if v := reflect.ValueOf(img); img == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, badInput("decode one with image.Decode, or read one with ReadPicture", "no picture")
	}
	if p, ok := img.(*Picture); ok {
		if p.samples == nil {
			return nil, badInput("a Picture comes from NewPicture, PictureFromRows or ReadPicture", "an empty Picture")
		}
		return p, nil
	}
	s, err := imageio.FromImage(img)
	if err != nil {
		return nil, classify(err)
	}
	return &Picture{s}, nil
}

// PictureFromRows takes a picture row by row from the top, of 1 or 3 channels. row fills dst, a slice of W samples from 0 to 1 a channel, with row y;
// its error ends it and comes back. Samples are clamped, and rounded to the depth of the picture; NaN becomes black.
func PictureFromRows(size Size, row func(y int, dst [][]float32) error) (*Picture, error) {
	if err := size.check(); err != nil {
		return nil, err
	}
	if size.Channels != 1 && size.Channels != 3 {
		return nil, badInput("1 is grey, 3 is RGB", "a picture of %d channels", size.Channels)
	}
	s := imageio.NewSamples(size.W, size.H, size.Channels, size.Depth)
	dst := imageio.NewRow(size.Channels, size.W)
	for y := range size.H {
		if err := row(y, dst); err != nil {
			return nil, err
		}
		for c, line := range dst {
			if len(line) != size.W {
				return nil, badInput("fill the slices, and leave their lengths", "row %d has %d samples, not %d", y, len(line), size.W)
			}
			s.SetRow(c, y, line)
		}
	}
	return &Picture{s}, nil
}

// ReadPicture reads a PNG, JPEG, TIFF, WebP, OpenEXR or QOI file as the command igs does, or a folder of them as a texture stack. Beyond what
// NewPicture can do it keeps grey pictures with alpha grey, turns pictures as their EXIF orientation says, takes colours to sRGB by their
// profile, and has the model file name the picture.
func ReadPicture(path string) (*Picture, error) {
	s, err := imageio.ReadSamples(path)
	if err != nil {
		return nil, classify(err)
	}
	return &Picture{s}, nil
}

// Size is that of the picture; the zero Picture has none.
func (p *Picture) Size() Size {
	if p.samples == nil {
		return Size{}
	}
	return Size{p.samples.W, p.samples.H, p.samples.C, p.samples.Depth}
}

// Notes say what reading changed, such as "alpha channel dropped".
func (p *Picture) Notes() []string {
	if p.samples == nil {
		return nil
	}
	return append([]string(nil), p.samples.Notes...)
}

// ColorModel is grey or RGBA, of 8 or 16 bits.
func (p *Picture) ColorModel() color.Model {
	s := p.Size()
	switch grey := s.Channels < 3; {
	case grey && s.Depth == 16:
		return color.Gray16Model
	case grey:
		return color.GrayModel
	case s.Depth == 16:
		return color.RGBA64Model
	}
	return color.RGBAModel
}

// Bounds begin at 0, 0.
func (p *Picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.Size().W, p.Size().H) }

// At is the colour of a pixel, of a texture stack that of its first three channels.
func (p *Picture) At(x, y int) color.Color {
	if !(image.Point{X: x, Y: y}).In(p.Bounds()) {
		return p.ColorModel().Convert(color.Black)
	}
	s := p.samples
	if s.Depth == 16 {
		if s.C < 3 {
			return color.Gray16{Y: s.Row16(0, y)[x]}
		}
		return color.RGBA64{R: s.Row16(0, y)[x], G: s.Row16(1, y)[x], B: s.Row16(2, y)[x], A: 0xffff}
	}
	if s.C < 3 {
		return color.Gray{Y: s.Row8(0, y)[x]}
	}
	return color.RGBA{R: s.Row8(0, y)[x], G: s.Row8(1, y)[x], B: s.Row8(2, y)[x], A: 0xff}
}

// fingerprint tells the picture from others: its size and a checksum (CRC-32C) of its samples.
func (p *Picture) fingerprint() string {
	s, sum, table := p.samples, uint32(0), crc32.MakeTable(crc32.Castagnoli)
	line := make([]byte, 0, 2*s.W)
	for c := range s.C {
		for y := range s.H {
			if s.Depth == 8 {
				sum = crc32.Update(sum, table, s.Row8(c, y))
				continue
			}
			line = line[:0]
			for _, v := range s.Row16(c, y) {
				line = binary.LittleEndian.AppendUint16(line, v)
			}
			sum = crc32.Update(sum, table, line)
		}
	}
	return fmt.Sprintf("%dx%dx%dx%d %08x", s.W, s.H, s.C, s.Depth, sum)
}
