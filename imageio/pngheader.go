package imageio

import (
	"bufio"
	"encoding/binary"
	"io"

	"igs/internal/fault"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// PNG colour types, as stored.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

// readPNGHeader reads the signature and the IHDR chunk. image/png reads them too, but its result
// does not tell grey with alpha from colour with alpha.
func readPNGHeader(r *bufio.Reader) (header, error) {
	var b [29]byte // signature 8, length 4, "IHDR" 4, width 4, height 4, depth, colour, ...
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, damaged(formatPNG, io.ErrUnexpectedEOF)
	}
	if binary.BigEndian.Uint32(b[8:]) != 13 || string(b[12:16]) != "IHDR" {
		return header{}, fault.New(fault.BadInput, corruptHint, "PNG is damaged: no IHDR")
	}
	h := header{
		format: formatPNG,
		w:      pngSide(b[16:]),
		h:      pngSide(b[20:]),
		c:      3,
		depth:  8,
		// deflate packs at most 258 bytes into 2 bits
		packing: 1032,
	}
	h.pngColour, h.interlaced = b[25], b[28] != 0
	if b[24] == 16 {
		h.depth = 16
	}
	stored := map[byte]int{pngGrey: 1, pngRGB: 3, pngPalette: 1, pngGreyAlpha: 2, pngRGBA: 4}[b[25]]
	if stored == 0 {
		return header{}, fault.New(fault.BadInput, convertHint, "PNG of an unknown colour type %d", b[25])
	}
	h.bits = stored * int(b[24])
	h.transparent = b[25] == pngGreyAlpha || b[25] == pngRGBA
	if b[25] == pngGrey || b[25] == pngGreyAlpha {
		h.c = 1
	}
	return h, nil
}

// pngSide reads a side in px. A side of 2^31 or more becomes 2^31-1, which is also too large, so that
// it is positive on 32-bit machines.
func pngSide(b []byte) int {
	return int(min(binary.BigEndian.Uint32(b), 1<<31-1))
}
