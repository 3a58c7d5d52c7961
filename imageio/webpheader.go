package imageio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"igs/imageio/icc"
	"igs/internal/fault"
)

const (
	maxMetadata   = 1 << 20 // bytes of an EXIF block that are read
	webpAnimation = 1 << 1  // of the flags of a VP8X chunk
	webpPacked    = 1       // of the lowest two bits of an ALPH chunk
)

// webpHeader is the header while the chunks are read.
type webpHeader struct {
	header
	profiled         bool // an ICCP chunk was read; later ones do not count
	canvasW, canvasH int  // of the first VP8X chunk, px; the decoder allocates an alpha plane of this size
}

// readWebPHeader goes through all chunks of the container, because EXIF comes after the pixels.
func readWebPHeader(r io.ReaderAt, size int64) (header, error) {
	h := webpHeader{header: header{format: formatWebP, c: 3, depth: 8, turn: upright}}
	d := directory{r: r, size: size}
	top := d.at(0, 12)
	if top == nil || int64(binary.LittleEndian.Uint32(top[4:]))+8 > size {
		return header{}, damaged(formatWebP, io.ErrUnexpectedEOF)
	}
	end := int64(binary.LittleEndian.Uint32(top[4:])) + 8
	const most = 1 << 10 // chunks; a picture has about six
	at := int64(12)
	for range most {
		b := d.at(at, 8)
		if b == nil || at >= end {
			break
		}
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if err := h.webpChunk(d, string(b[:4]), at+8, n); err != nil {
			return header{}, err
		}
		at += 8 + n + n&1
	}
	if h.bits == 0 {
		return header{}, fault.New(fault.BadInput, corruptHint, "WebP is damaged: no picture in it")
	}
	return h.header, nil
}

// webpChunk reads what the header needs from a chunk of n bytes. Only the first picture counts.
func (h *webpHeader) webpChunk(d directory, kind string, at, n int64) error {
	switch b := d.at(at, min(n, 10)); {
	case kind == "VP8X" && len(b) == 10 && b[0]&webpAnimation != 0:
		return fault.New(fault.BadInput, "save one of its pictures first", "WebP of a kind igs cannot read: an animation")
	case kind == "VP8X" && len(b) == 10 && h.canvasW == 0:
		h.canvasW, h.canvasH = 1+int(uint24(b[4:])), 1+int(uint24(b[7:]))
	case kind == "ALPH" && len(b) > 0 && h.bits == 0:
		h.transparent = true
		if b[0]&3 != webpPacked { // the bound for the picture covers packed alpha
			h.extra = int64(h.canvasW) * int64(h.canvasH)
		}
	case kind == "VP8 " && len(b) == 10 && h.bits == 0:
		h.w, h.h = int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff)
		h.bits, h.packing = 1, 256 // the prediction of each 16 x 16 block takes at least a bit
		return h.fitsCanvas()
	case kind == "VP8L" && len(b) >= 5 && h.bits == 0:
		sides := binary.LittleEndian.Uint32(b[1:])
		h.w, h.h = int(sides&0x3fff)+1, int(sides>>14&0x3fff)+1
		// A picture of one colour takes no bits. So up to 64 MB of pixels are accepted, and more only when the file has
		// a bit for each 256 pixels.
		h.bits, h.packing, h.free, h.transparent = 1, 256, 16<<20, true
		return h.fitsCanvas()
	case kind == "ICCP" && !h.profiled:
		h.profiled = true
		h.takeProfile(d.at(at, min(n, icc.MaxBytes)))
	case kind == "EXIF":
		h.turn = exifOrientation(bytes.TrimPrefix(d.at(at, min(n, maxMetadata)), []byte(exifMagic)))
	}
	return nil
}

// fitsCanvas refuses a picture whose size differs from that of the canvas.
func (h *webpHeader) fitsCanvas() error {
	if h.canvasW != 0 && (h.canvasW != h.w || h.canvasH != h.h) {
		return damaged(formatWebP, fmt.Errorf("a canvas of %d x %d px around a picture of %d x %d", h.canvasW, h.canvasH, h.w, h.h))
	}
	return nil
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
