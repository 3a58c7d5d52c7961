package imageio

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"igs/internal/fault"
)

// maxSide bounds both sides in pixels, and so the picture at 2^30 pixels: a header of a
// few bytes can ask for any amount of memory, and it is asked before anything is read.
const maxSide = 32768

const convertHint = "convert it to an ordinary PNG or JPEG first"

type format string

const (
	formatPNG  format = "PNG"
	formatJPEG format = "JPEG"
)

// header is what must be known before decoding.
type header struct {
	format format
	w, h   int // as stored, before the turn
	bits   int // stored bits per pixel, all channels (PNG only)
	c      int // channels of the Image: 1 or 3
	depth  int // bits per sample of the Image: 8 or 16
	turn   orientation
}

// foreign names other formats by their first bytes, to say more than "not a picture".
var foreign = []struct{ at, magic, name string }{
	{"", "GIF8", "GIF"}, {"", "BM", "BMP"}, {"", "II*\x00", "TIFF"}, {"", "MM\x00*", "TIFF"},
	{"RIFF????", "WEBP", "WebP"}, {"????", "ftypavif", "AVIF"}, {"????", "ftypheic", "HEIC"},
	{"????", "JXL ", "JPEG XL"}, {"", "\xff\x0a", "JPEG XL"}, {"????", "jP  ", "JPEG 2000"},
	{"", "8BPS", "PSD"}, {"", "v/1\x01", "OpenEXR"}, {"", "#?RADIANCE", "Radiance HDR"}, {"", "qoif", "QOI"},
	{"", "IGSM", "igs model"}, {"", "%PDF", "PDF"},
}

// readHeader reads as far as the size of the picture, and refuses what could not be
// decoded: too large, too small, or more pixels than the bytes of the file can hold.
func readHeader(r io.ReaderAt, size int64) (header, error) {
	if size == 0 {
		return header{}, fault.New(fault.BadInput, "igs reads PNG and JPEG files", "is empty")
	}
	b := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 4096)
	first, err := b.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return header{}, fault.New(fault.BadInput, "", "cannot be read: %w", err)
	}
	var head header
	switch {
	case bytes.HasPrefix(first, []byte(pngMagic)):
		head, err = readPNGHeader(b)
	case bytes.HasPrefix(first, []byte(jpegMagic)):
		head, err = readJPEGHeader(b)
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
			return fault.New(fault.BadInput, convertHint, "is neither PNG nor JPEG but %s", f.name)
		}
	}
	return fault.New(fault.BadInput, "igs reads PNG and JPEG files", "is not a picture that igs can read")
}

// check compares the size that the header promises with the limits and with the file.
func (h header) check(size int64) error {
	if h.w <= 0 || h.h <= 0 {
		return fault.New(fault.BadInput, "export the picture again", "%s without pixels: %d x %d px", h.format, h.w, h.h)
	}
	if h.w > maxSide || h.h > maxSide {
		return fault.New(fault.BadInput, "scale it down or cut it: igs takes up to 32768 px a side", "%s too large: %d x %d px", h.format, h.w, h.h)
	}
	if h.leastBytes() > size {
		return damaged(h.format, io.ErrUnexpectedEOF)
	}
	return nil
}

// leastBytes is a lower bound for the length of the file, however well it is packed.
// Decoders allocate the whole picture at once; thanks to this bound a forged header gets
// no more than about a thousand times the bytes that came with it.
func (h header) leastBytes() int64 {
	pixels := int64(h.w) * int64(h.h)
	if h.format == formatPNG {
		return pixels * int64(h.bits) / 8 / 1032 // deflate packs at most 258 bytes into 2 bits
	}
	return pixels / 64 / 8 // the mean of each 8 x 8 block of the finest channel takes a bit
}
