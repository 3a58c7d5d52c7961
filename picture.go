package igs

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"reflect"
	"slices"

	"igs/imageio"
)

// Size is the size of a picture.
type Size struct {
	W, H     int // px
	Channels int // 1 for grey, 3 for RGB, one more for alpha; for a texture stack the sum over its pictures
	Depth    int // bits per sample: 8 or 16
}

// String describes the size, such as "64 × 48 px, 3 channels of 8 bits".
func (s Size) String() string {
	return fmt.Sprintf("%d × %d px, %d channels of %d bits", s.W, s.H, s.Channels, s.Depth)
}

// maxSide is the maximum width and height of a picture for training, px.
const maxSide = 32768

// check returns an error for a size that no picture file and no texture stack may have.
func (s Size) check() error {
	switch {
	case s.W < 1 || s.H < 1 || s.W > maxSide || s.H > maxSide:
		return badInput(fmt.Sprintf("a side may have 1 to %d px", maxSide), "a picture of %d × %d px", s.W, s.H)
	case s.Channels < 1 || s.Channels > 12:
		return badInput("use 1 channel for grey and 3 for RGB", "a picture of %d channels", s.Channels)
	case s.Depth != 8 && s.Depth != 16:
		return badInput("use a Depth of 8 or 16", "a picture of %d bits per sample", s.Depth)
	}
	return nil
}

// Picture is a picture for training, with 8 or 16 bits per sample. It is immutable and safe for concurrent use.
//
// A Picture is an image.Image. Functions of this package that take an image.Image use a Picture without conversion.
type Picture struct{ samples *imageio.Samples }

// NewPicture converts an image. The picture is grey for an image.Gray or image.Gray16, else RGB. It keeps the 8 or 16
// bits per sample of the image. For JPEGs (image.YCbCr) the chroma is interpolated, as most image viewers do.
//
// Alpha is kept, unless it is constant: then it is dropped, and Notes says so if the image is not opaque. Colours of such
// an image keep their stored values: an image.NRGBA stores plain colours, an image.RGBA stores colours multiplied by
// alpha, which then appear as if drawn over black. To train without alpha, draw the image over a background first. An
// image whose alpha is 0 everywhere is an error.
func NewPicture(img image.Image) (*Picture, error) {
	if v := reflect.ValueOf(img); img == nil || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, badInput("decode a picture with image.Decode, or read one with ReadPicture", "the picture is nil")
	}
	if p, ok := img.(*Picture); ok {
		if p.samples == nil {
			return nil, badInput("get a Picture from NewPicture, PictureFromRows or ReadPicture", "an empty Picture")
		}
		return p, nil
	}
	s, err := imageio.FromImage(img)
	if err != nil {
		return nil, classify(err)
	}
	return &Picture{s}, nil
}

// PictureFromRows makes a picture from its rows. It has 1 channel (grey), 3 (RGB), or 2 or 4: with alpha as the last, and
// colours that are not multiplied by it. It calls row for each y from the top. row must fill
// dst[channel][column] with samples from 0 to 1; each dst[channel] has W samples. Samples are clamped and rounded to
// the depth of the picture, and NaN becomes 0. If row returns an error, PictureFromRows returns that error.
func PictureFromRows(size Size, row func(y int, dst [][]float32) error) (*Picture, error) {
	if err := size.check(); err != nil {
		return nil, err
	}
	if size.Channels > 4 {
		return nil, badInput("use 1 channel for grey, 3 for RGB, and one more for alpha", "a picture of %d channels", size.Channels)
	}
	s := imageio.NewSamples(size.W, size.H, size.Channels, size.Depth)
	if imageio.HasAlpha(size.Channels) {
		s.Layers = []imageio.Layer{{C: size.Channels, Depth: size.Depth, High: 1, Alpha: true}}
	}
	dst, seen := imageio.NewRow(size.Channels, size.W), s.Layers == nil
	for y := range size.H {
		if err := row(y, dst); err != nil {
			return nil, err
		}
		for _, line := range dst {
			if len(line) != size.W {
				return nil, badInput("fill the slices without changing their lengths", "row %d has %d samples, not %d", y, len(line), size.W)
			}
		}
		if s.Layers != nil {
			imageio.Mix(dst)
			seen = seen || slices.Max(dst[size.Channels-1]) > 0
		}
		for c, line := range dst {
			s.SetRow(c, y, line)
		}
	}
	if !seen {
		return nil, badInput("set the last channel, which is alpha", "every pixel is transparent (alpha 0), so there is nothing to see")
	}
	return &Picture{s}, nil
}

// ReadPicture reads a PNG, JPEG, TIFF, WebP, OpenEXR or QOI file, or a folder of such files as a texture stack, as the
// command igs does.
//
// It does more than NewPicture: it applies the EXIF orientation, converts colours to sRGB by the colour profile, keeps
// pictures of grey and alpha grey, and model files contain the name of the picture.
func ReadPicture(path string) (*Picture, error) {
	s, err := imageio.ReadSamples(path)
	if err != nil {
		return nil, classify(err)
	}
	return &Picture{s}, nil
}

// Size returns the size of the picture. It is zero for the zero Picture.
func (p *Picture) Size() Size {
	if p.samples == nil {
		return Size{}
	}
	return Size{p.samples.W, p.samples.H, p.samples.C, p.samples.Depth}
}

// Notes returns what the conversion changed, such as "alpha channel dropped".
func (p *Picture) Notes() []string {
	if p.samples == nil {
		return nil
	}
	return append([]string(nil), p.samples.Notes...)
}

// HasAlpha says whether the picture, or the first of a texture stack, has alpha.
func (p *Picture) HasAlpha() bool {
	return p.samples != nil && len(p.samples.Layers) > 0 && p.samples.Layers[0].Alpha
}

// ColorModel returns the grey, RGBA or NRGBA model of 8 or 16 bits. NRGBA is for pictures with alpha.
func (p *Picture) ColorModel() color.Model {
	s := p.Size()
	switch grey := s.Channels < 3 || p.samples.Grey(); {
	case p.HasAlpha() && s.Depth == 16:
		return color.NRGBA64Model
	case p.HasAlpha():
		return color.NRGBAModel
	case grey && s.Depth == 16:
		return color.Gray16Model
	case grey:
		return color.GrayModel
	case s.Depth == 16:
		return color.RGBA64Model
	}
	return color.RGBAModel
}

// Bounds returns a rectangle that begins at (0, 0).
func (p *Picture) Bounds() image.Rectangle { return image.Rect(0, 0, p.Size().W, p.Size().H) }

// At returns the colour of a pixel. For a texture stack it is that of the first picture.
func (p *Picture) At(x, y int) color.Color {
	if !(image.Point{X: x, Y: y}).In(p.Bounds()) {
		return p.ColorModel().Convert(color.Black)
	}
	s := p.samples
	if p.HasAlpha() {
		return s.Straight(x, y)
	}
	if s.Depth == 16 {
		if s.Grey() {
			return color.Gray16{Y: s.Row16(0, y)[x]}
		}
		return color.RGBA64{R: s.Row16(0, y)[x], G: s.Row16(1, y)[x], B: s.Row16(2, y)[x], A: 0xffff}
	}
	if s.Grey() {
		return color.Gray{Y: s.Row8(0, y)[x]}
	}
	return color.RGBA{R: s.Row8(0, y)[x], G: s.Row8(1, y)[x], B: s.Row8(2, y)[x], A: 0xff}
}

// fingerprint identifies the picture: its size and a checksum (CRC-32C) of its samples.
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
