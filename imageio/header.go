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
)

type format string

const (
	formatPNG  format = "PNG"
	formatJPEG format = "JPEG"
	formatTIFF format = "TIFF"
	formatWebP format = "WebP"
	formatEXR  format = "OpenEXR"
	formatQOI  format = "QOI"
)

// header is what must be known before decoding.
type header struct {
	format     format
	w, h       int // as stored, before the turn
	c          int // channels of the Image: 1 or 3
	depth      int // bits per sample of the Samples: 8 or 16
	turn       orientation
	associated bool         // colours are multiplied by the alpha
	inks       bool         // stored as CMYK
	profile    *icc.Profile // to be applied to the samples; nil: none
	notes      []string     // what is not taken from the file

	// How small the file can be at most: bits a pixel as stored, how many times smaller packing makes them,
	// pixels that may cost nothing, and bytes that lie there unpacked.
	bits    int
	packing int64
	free    int64
	extra   int64
}

// foreign names other formats by their first bytes, to say more than "not a picture".
var foreign = []struct{ at, magic, name string }{
	{"", "GIF8", "GIF"}, {"", "BM", "BMP"}, {"", "II+\x00", "BigTIFF"}, {"", "MM\x00+", "BigTIFF"},
	{"????", "ftypavif", "AVIF"}, {"????", "ftypheic", "HEIC"},
	{"????", "JXL ", "JPEG XL"}, {"", "\xff\x0a", "JPEG XL"}, {"????", "jP  ", "JPEG 2000"},
	{"", "8BPS", "PSD"}, {"", "#?RADIANCE", "Radiance HDR"},
	{"", "IGSM", "igs model"}, {"", "%PDF", "PDF"},
}

// readHeader reads as far as the size of the picture, and refuses what could not be
// decoded: too large, too small, or more pixels than the bytes of the file can hold.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	if size == 0 {
		return header{}, fault.New(fault.BadInput, kindsHint, "is empty")
	}
	b := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 4096)
	first, err := b.Peek(16)
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

func notPicture(first []byte) error {
	for _, f := range foreign {
		if len(first) >= len(f.at)+len(f.magic) && string(first[len(f.at):len(f.at)+len(f.magic)]) == f.magic {
			return fault.New(fault.BadInput, convertHint, "is of a kind that igs does not read: %s", f.name)
		}
	}
	return fault.New(fault.BadInput, kindsHint, "is not a picture that igs can read")
}

// check compares the size that the header promises with the limits and with the file.
func (h header) check(size int64) error {
	if h.w <= 0 || h.h <= 0 {
		return fault.New(fault.BadInput, "export the picture again", "%s without pixels: %d x %d px", h.format, h.w, h.h)
	}
	if h.w > limits.Side || h.h > limits.Side { // a header of a few bytes can ask for any amount of memory
		return fault.New(fault.BadInput, fmt.Sprintf("scale it down or cut it: igs takes up to %d px a side", limits.Side), "%s too large: %d x %d px", h.format, h.w, h.h)
	}
	if h.leastBytes() > size {
		return damaged(h.format, io.ErrUnexpectedEOF)
	}
	return nil
}

// leastBytes is a lower bound for the length of the file, however well it is packed.
// Decoders allocate the whole picture at once; thanks to this bound a forged header gets
// no more than 33 000 times the bytes that came with it: so much does a PNG of 1 bit a pixel
// and a palette take, of which deflate packs 8 · 1032 pixels into a byte, with a byte a pixel
// for the decoder and three for the samples. A WebP may have its first 64 MB for nothing.
func (h header) leastBytes() int64 {
	return max(int64(h.w)*int64(h.h)-h.free, 0)*int64(h.bits)/8/h.packing + h.extra
}

// layer is what the picture is in a stack, without a name.
func (h header) layer() Layer {
	l := Layer{C: h.c, Depth: h.depth, High: 1}
	if h.format == formatEXR {
		l.Depth = 32
	}
	return l
}
