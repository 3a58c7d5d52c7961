package imageio

import (
	"image"
	"image/color"
)

// ycbcr is the usual JPEG: full luma, chroma mostly at half the resolution. Where chroma
// is halved it is interpolated between its samples (weights 3/4 and 1/4 an axis, the
// samples lying midway between the pixels), as libjpeg and so nearly every other program
// shows it. Repeating the samples instead makes 2 x 2 px steps along coloured edges,
// which splats would then be spent on.
type ycbcr struct {
	*image.YCbCr
	w, cw, ch    int // width, and width and height of the chroma planes
	halfX, halfY bool
	convert      func(y, cb, cr byte) (r, g, b byte) // nil: fullToRGB
}

func newYCbCr(p *image.YCbCr, head header) ycbcr {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	out := ycbcr{YCbCr: p, w: w, cw: w, ch: h}
	switch {
	case head.format == formatWebP:
		out.convert = videoToRGB
	case head.colours.asStored():
		out.convert = asStored
	}
	switch p.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		out.halfX = true
	case image.YCbCrSubsampleRatio420:
		out.halfX, out.halfY = true, true
	case image.YCbCrSubsampleRatio440:
		out.halfY = true
	}
	if out.halfX {
		out.cw = (w + 1) / 2
	}
	if out.halfY {
		out.ch = (h + 1) / 2
	}
	return out
}

func (p ycbcr) row(y int, dst [][]uint8) bool {
	luma, cb, cr := p.Y[y*p.YStride:][:p.w], dst[1][:p.w], dst[2][:p.w]
	sums := make([]int32, p.cw)
	p.chroma(p.Cb, y, sums, cb)
	p.chroma(p.Cr, y, sums, cr)
	red := dst[0][:p.w]
	if p.convert == nil { // the usual case, without a call for each pixel
		for x, v := range luma {
			red[x], cb[x], cr[x] = fullToRGB(v, cb[x], cr[x])
		}
		return true
	}
	for x, v := range luma {
		red[x], cb[x], cr[x] = p.convert(v, cb[x], cr[x])
	}
	return true
}

// chroma writes the interpolated samples of row y to out. Ratios other than 4:4:4, 4:2:2, 4:2:0 and 4:4:0 are rare; for
// them samples are repeated. sums is memory for a row of the plane.
func (p ycbcr) chroma(plane []byte, y int, sums []int32, out []byte) {
	if !p.halfX && !p.halfY {
		for x := range out {
			out[x] = plane[p.COffset(x, y)]
		}
		return
	}
	y0, y1 := neighbours(y, p.ch, p.halfY)
	near, far := plane[y0*p.CStride:][:len(sums)], plane[y1*p.CStride:][:len(sums)]
	for i, v := range near {
		sums[i] = 3*int32(v) + int32(far[i])
	}
	rounded := func(x int, sum int32) byte {
		return byte((sum + 8 - int32(x&1)) >> 4) // halves are rounded up and down in turn, so there is no bias
	}
	if !p.halfX {
		for x, v := range sums {
			out[x] = rounded(x, 4*v)
		}
		return
	}
	before := sums[0]
	for i, v := range sums[:len(sums)-1] {
		next, pair := sums[i+1], out[2*i:][:2]
		pair[0], pair[1] = rounded(0, 3*v+before), rounded(1, 3*v+next)
		before = v
	}
	last := sums[len(sums)-1]
	end := out[2*(len(sums)-1):]
	end[0] = rounded(0, 3*last+before)
	if len(end) > 1 {
		end[1] = rounded(1, 4*last)
	}
}

// neighbours gives the nearest chroma row to row i and the next nearest, clamped to n rows. At full resolution both are i.
func neighbours(i, n int, half bool) (near, next int) {
	if !half {
		return i, i
	}
	near = i / 2
	next = near - 1 + 2*(i&1)
	return near, max(0, min(next, n-1))
}

// asStored is for samples that are red, green and blue already.
func asStored(y, cb, cr byte) (r, g, b byte) { return y, cb, cr }

// fullToRGB is the conversion of JFIF, as image/color does it, in units of 1/65536.
func fullToRGB(y, cb, cr byte) (r, g, b byte) {
	luma, u, v := 65793*int(y), int(cb)-128, int(cr)-128
	return clamped(luma + 91881*v), clamped(luma - 22554*u - 46802*v), clamped(luma + 116130*u)
}

// videoToRGB is the conversion of ITU-R BT.601 with the range of video, which WebP has (RFC 6386, section 9.2). The
// factors are 255/219, 255/112 times 0.701 and 0.886, and the latter times the weights of red and blue in green, in
// units of 1/65536.
func videoToRGB(y, cb, cr byte) (r, g, b byte) {
	luma := 76309*(int(y)-16) + 1<<15
	u, v := int(cb)-128, int(cr)-128
	return clamped(luma + 104597*v), clamped(luma - 25675*u - 53279*v), clamped(luma + 132201*u)
}

func clamped(v int) byte { return byte(max(0, min(v>>16, 255))) }

// ycbcra is a picture with a plane of straight alpha.
type ycbcra struct {
	ycbcr
	*image.NYCbCrA
}

func (p ycbcra) row(y int, dst [][]uint8) bool {
	p.ycbcr.row(y, dst)
	opaque := true
	for _, v := range p.A[y*p.AStride:][:p.w] {
		opaque = opaque && v == 0xff
	}
	return opaque
}

func (p ycbcra) transparency(y int, dst []uint8) { copy(dst, p.A[y*p.AStride:][:p.w]) }

// inks is a JPEG of four components: cyan, magenta, yellow and black, or luma and chroma of the first three. Two of them
// may have half the resolution.
type inks struct {
	ycbcr
	*image.CMYK
}

// newInks splits the samples of image/jpeg, which are those of the file as 255 − v. It repeats chroma of half the
// resolution, so every second sample is as it was.
func newInks(p *image.CMYK, head header) inks {
	ratio, step := image.YCbCrSubsampleRatio444, 1
	if head.colours.halved {
		ratio, step = image.YCbCrSubsampleRatio420, 2
	}
	invert := byte(255) // luma and chroma as they are stored
	if head.colours.asStored() {
		invert = 0
	}
	m := image.NewYCbCr(image.Rect(0, 0, head.w, head.h), ratio)
	for y := range head.h {
		line, luma := p.Pix[y*p.Stride:], m.Y[y*m.YStride:]
		for x := range head.w {
			luma[x] = line[4*x] ^ invert
		}
		if y%step != 0 {
			continue
		}
		cb, cr := m.Cb[y/step*m.CStride:], m.Cr[y/step*m.CStride:]
		for x := 0; x < head.w; x += step {
			cb[x/step], cr[x/step] = line[4*x+1]^invert, line[4*x+2]^invert
		}
	}
	return inks{newYCbCr(m, head), p}
}

func (p inks) row(y int, dst [][]uint8) bool {
	p.ycbcr.row(y, dst)
	line := p.CMYK.Pix[y*p.CMYK.Stride:][:4*p.w]
	for x := range dst[0] {
		dst[0][x], dst[1][x], dst[2][x] = color.CMYKToRGB(dst[0][x], dst[1][x], dst[2][x], line[4*x+3])
	}
	return true
}
