package imageio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"

	"igs/imageio/icc"
)

// pngExtras are the chunks about colour space and orientation. image/png ignores them.
type pngExtras struct {
	profile, gamma, primaries, codes []byte
	srgb, clear                      bool   // clear: some colours are transparent (tRNS)
	pictures                         uint32 // of an animation
	turn                             orientation
}

// readPNGExtras goes through all chunks, because eXIf may follow the pixels. It does not report damage; the decoder
// does.
func readPNGExtras(r io.ReaderAt, size int64) pngExtras {
	e := pngExtras{turn: upright}
	d := directory{r: r, size: size}
	const most = 1 << 20 // chunks; pictures of limits.Side have fewer
	at := int64(len(pngMagic))
	for range most {
		b := d.at(at, 8)
		if b == nil {
			break
		}
		n := int64(binary.BigEndian.Uint32(b))
		data := func(most int64) []byte { return d.chunk(at, min(n, most+1)) }
		switch string(b[4:]) {
		case "IEND":
			return e
		case "iCCP":
			e.profile = data(icc.MaxBytes)
		case "sRGB":
			e.srgb = true
		case "tRNS":
			e.clear = true
		case "gAMA":
			e.gamma = data(4)
		case "cHRM":
			e.primaries = data(32)
		case "cICP":
			e.codes = data(4)
		case "acTL":
			if b := data(8); len(b) == 8 {
				e.pictures = binary.BigEndian.Uint32(b)
			}
		case "eXIf":
			e.turn = exifOrientation(data(maxMetadata))
		}
		at += 12 + n
	}
	return e
}

// chunk is the n bytes of data of the chunk at an offset. It is nil when the chunk has another length or its checksum is
// wrong: libpng ignores such a chunk.
func (d directory) chunk(at, n int64) []byte {
	b := d.at(at+4, n+8)
	if b == nil || crc32.ChecksumIEEE(b[:4+n]) != binary.BigEndian.Uint32(b[4+n:]) {
		return nil
	}
	return b[4 : 4+n]
}

// describe stores in the header what the chunks say about colours. When there are several, the first of cICP, iCCP,
// sRGB, gAMA and cHRM counts (PNG specification, third edition). Only a profile (iCCP) is applied.
func (e pngExtras) describe(h *header) {
	h.turn = e.turn
	h.transparent = h.transparent || e.clear
	if e.pictures > 1 {
		h.notes = append(h.notes, onlyFirst)
	}
	other := ""
	switch {
	case len(e.codes) == 4:
		if e.codes[0] != 1 || e.codes[1] != 13 {
			other = codedSpace(e.codes)
		}
	case e.profile != nil:
		h.takeProfile(unpackedProfile(e.profile))
	case e.srgb:
	case len(e.gamma) == 4 && !near(scaled(e.gamma), 1/2.2, 0.01):
		other = fmt.Sprintf("gamma %.3g", 1/scaled(e.gamma))
	case len(e.primaries) == 32 && h.c == 3:
		var xy [8]float64
		for i := range xy {
			xy[(i+6)%8] = scaled(e.primaries[4*i:]) // the file has white first
		}
		if !isBT709(xy) {
			other = primariesName(xy)
		}
	}
	if other != "" {
		h.notes = append(h.notes, notApplied(other))
	}
}

// scaled is a number that is stored in units of 1/100000.
func scaled(b []byte) float64 { return float64(binary.BigEndian.Uint32(b)) / 100000 }

func near(a, b, by float64) bool { return math.Abs(a-b) <= by }

// isBT709 compares the chromaticities of red, green, blue and white with those of sRGB, which are those of BT.709.
func isBT709(xy [8]float64) bool {
	for i, v := range [8]float64{0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290} {
		if !near(xy[i], v, 0.01) {
			return false
		}
	}
	return true
}

// codedSpace names the primaries and the curve of a cICP chunk (ITU-T H.273).
func codedSpace(codes []byte) string {
	primaries := map[byte]string{1: "BT.709", 9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}[codes[0]]
	if primaries == "" {
		primaries = fmt.Sprintf("primaries %d", codes[0])
	}
	transfer := map[byte]string{1: "BT.709 curve", 8: "linear", 13: "sRGB curve", 16: "PQ", 18: "HLG"}[codes[1]]
	if transfer == "" {
		transfer = fmt.Sprintf("transfer %d", codes[1])
	}
	return primaries + ", " + transfer
}

// unpackedProfile decodes an iCCP chunk: a name, a zero, the method 0, a zlib stream with the profile.
func unpackedProfile(chunk []byte) []byte {
	at := bytes.IndexByte(chunk, 0)
	if at < 0 || at+2 > len(chunk) {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(chunk[at+2:]))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(z, icc.MaxBytes)) // as much as can be decoded
	return out
}
