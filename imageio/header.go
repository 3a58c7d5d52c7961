package imageio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"igs/imageio/exr"
	"igs/imageio/icc"
	"igs/internal/fault"
	"igs/internal/limits"
)

const (
	kindsHint   = "igs reads PNG, JPEG, TIFF, WebP, OpenEXR and QOI files"
	convertHint = "convert it to an ordinary PNG or JPEG first"
	corruptHint = "the file is incomplete or corrupt: fetch it or export it again"
	onlyFirst   = "only the first picture of the file is read"
)

// sideHint is for a picture that is too large.
var sideHint = fmt.Sprintf("scale it down or cut it: igs takes up to %d px a side", limits.Side)

type format string

const (
	formatPNG  format = "PNG"
	formatJPEG format = "JPEG"
	formatTIFF format = "TIFF"
	formatWebP format = "WebP"
	formatEXR  format = "OpenEXR"
	formatQOI  format = "QOI"
)

// header is what is known of a picture before it is decoded.
type header struct {
	format      format
	w, h        int // as stored, before the orientation is applied
	c           int // channels of the Image: 1 or 3, and one more for alpha that is kept
	depth       int // bits per sample of the Samples: 8 or 16
	turn        orientation
	transparent bool         // the file may have alpha
	alpha       bool         // the last of the c channels is alpha
	associated  bool         // colours are multiplied by the alpha
	cmyk        bool         // stored as CMYK
	samples     int          // a pixel of a TIFF
	pngColour   byte         // colour type of a PNG
	interlaced  bool         // the rows do not come from the top: an interlaced PNG, a progressive JPEG
	alphas      *alphaSpan   // the alpha of the whole picture, when the header is that of a band
	colours     jpegColours  // of a JPEG, known when it is decoded
	profile     *icc.Profile // the profile to apply to the samples, or nil
	notes       []string     // what reading changes or leaves out

	// The numbers from which leastBytes computes the least size of the file.
	bits    int   // a pixel, before compression
	packing int64 // the largest factor of compression
	free    int64 // pixels that may take no bytes
	extra   int64 // bytes that are stored without compression
}

// readHeader reads the header of a picture. It refuses a picture that is too large or empty, or that
// has more pixels than the bytes of the file can hold.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	if size == 0 {
		return header{}, fault.New(fault.BadInput, kindsHint, "is empty")
	}
	b := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 4096)
	first, err := b.Peek(firstRead)
	if err != nil && !errors.Is(err, io.EOF) {
		return header{}, fault.New(fault.BadInput, "", "cannot be read: %w", err)
	}
	var head header
	switch {
	case bytes.HasPrefix(first, []byte(pngMagic)):
		if head, err = readPNGHeader(b); err == nil {
			readPNGExtras(r, size).describe(&head)
		}
	case bytes.HasPrefix(first, []byte(jpegMagic)):
		head, err = readJPEGHeader(b)
	case bytes.HasPrefix(first, []byte(tiffLittle)), bytes.HasPrefix(first, []byte(tiffBig)):
		head, err = readTIFFHeader(r, size)
	case len(first) >= 12 && string(first[:4]) == "RIFF" && string(first[8:12]) == "WEBP":
		head, err = readWebPHeader(r, size)
	case bytes.HasPrefix(first, []byte(exr.Magic)):
		head, err = readEXRHeader(r, size)
	case bytes.HasPrefix(first, []byte(qoiMagic)):
		head, err = readQOIHeader(b)
	default:
		return header{}, notPicture(first)
	}
	if err != nil {
		return header{}, err
	}
	return head, head.check(size)
}

// check compares the size in the header with the limits and with the size of the file.
func (h header) check(size int64) error {
	if h.w <= 0 || h.h <= 0 {
		return fault.New(fault.BadInput, "export the picture again", "%s without pixels: %d x %d px", h.format, h.w, h.h)
	}
	if h.w > limits.Side || h.h > limits.Side { // a header of a few bytes can ask for any amount of memory
		return fault.New(fault.BadInput, sideHint, "%s too large: %d x %d px", h.format, h.w, h.h)
	}
	if h.leastBytes() > size {
		return damaged(h.format, io.ErrUnexpectedEOF)
	}
	return nil
}

// leastBytes is a lower bound for the size of the file at the best compression. Decoders allocate
// the whole picture at once. With this bound, a forged header allocates at most 33 000 times the
// bytes of its file. That is the factor of a PNG with a palette and 1 bit a pixel: deflate packs
// 8 · 1032 pixels into a byte, and each pixel takes 1 byte in the decoder and 3 in the samples. A
// WebP of one colour may take 64 MB at any size of the file.
func (h header) leastBytes() int64 {
	return max(int64(h.w)*int64(h.h)-h.free, 0)*int64(h.bits)/8/h.packing + h.extra
}

// layer is the Layer of the picture, without a name.
func (h header) layer() Layer {
	l := Layer{C: h.c, Alpha: h.alpha, Depth: h.depth, High: 1}
	if h.format == formatEXR {
		l.Depth = 32
	}
	return l
}
