package imageio

import (
	"bufio"
	"encoding/binary"
	"image"
	"io"

	"igs/internal/fault"
)

// QOI, "The Quite OK Image Format" (specification version 1.0, 2022), has a header of 14 bytes, chunks, and an end
// mark. A chunk is one pixel, or a run of equal pixels.
const (
	qoiMagic     = "qoif"
	qoiHeader    = 14 // bytes: magic 4, width 4, height 4, channels 1, space 1
	qoiLongest   = 62 // most pixels of a run, which takes a byte
	qoiLinear    = 1  // the colour space of linear light
	qoiOpIndex   = 0x00
	qoiOpDiff    = 0x40
	qoiOpLuma    = 0x80
	qoiOpRun     = 0xc0
	qoiOpRGB     = 0xfe
	qoiOpRGBA    = 0xff
	qoiOperation = 0xc0 // the bits that tell the four short chunks apart
	qoiEnd       = "\x00\x00\x00\x00\x00\x00\x00\x01"
)

// qoiPixel is red, green, blue, alpha.
type qoiPixel [4]byte

// qoiState is the state that writer and reader share after each pixel.
type qoiState struct {
	last qoiPixel
	seen [64]qoiPixel
}

func newQOIState() qoiState { return qoiState{last: qoiPixel{3: 255}} }

func (p qoiPixel) place() byte { return (p[0]*3 + p[1]*5 + p[2]*7 + p[3]*11) % 64 }

func readQOIHeader(r *bufio.Reader) (header, error) {
	var b [qoiHeader]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return header{}, damaged(formatQOI, io.ErrUnexpectedEOF)
	}
	if b[12] != 3 && b[12] != 4 {
		return header{}, fault.New(fault.BadInput, convertHint, "QOI of %d channels", b[12])
	}
	h := header{format: formatQOI, w: pngSide(b[4:]), h: pngSide(b[8:]), c: 3, depth: 8, turn: upright, bits: 8, packing: qoiLongest, transparent: true}
	if b[13] == qoiLinear {
		h.notes = append(h.notes, notApplied("linear light"))
	}
	return h, nil
}

// decodeQOI reads a picture whose size was checked.
func decodeQOI(from *bufio.Reader, head header) (m image.Image, err error) {
	err = readQOI(from, head, head.h, func(band image.Image) error { m = band; return nil })
	return m, err
}

// readQOI reads a picture whose size was checked, and gives the images of bands of rows to take.
func readQOI(from *bufio.Reader, head header, rows int, take func(image.Image) error) error {
	if _, err := from.Discard(qoiHeader); err != nil {
		return err
	}
	s, run := newQOIState(), 0
	for y := 0; y < head.h; y += rows {
		m := image.NewNRGBA(image.Rect(0, 0, head.w, min(rows, head.h-y)))
		for at := 0; at < len(m.Pix); at += 4 {
			if run == 0 {
				var err error
				if run, err = s.read(from); err != nil {
					return err
				}
			}
			copy(m.Pix[at:], s.last[:])
			run--
		}
		if err := take(m); err != nil {
			return err
		}
	}
	return nil
}

// read reads a chunk and returns its number of pixels.
func (s *qoiState) read(from *bufio.Reader) (pixels int, err error) {
	op, err := from.ReadByte()
	if err != nil {
		return 0, err
	}
	p := &s.last
	switch {
	case op == qoiOpRGB:
		_, err = io.ReadFull(from, p[:3])
	case op == qoiOpRGBA:
		_, err = io.ReadFull(from, p[:])
	case op&qoiOperation == qoiOpIndex:
		*p = s.seen[op]
	case op&qoiOperation == qoiOpDiff: // three differences of 2 bits, from -2
		p[0], p[1], p[2] = p[0]+op>>4&3-2, p[1]+op>>2&3-2, p[2]+op&3-2
	case op&qoiOperation == qoiOpLuma: // the difference of green, and how much those of red and blue differ from it
		var more byte
		more, err = from.ReadByte()
		green := op&0x3f - 32
		p[0], p[1], p[2] = p[0]+green+more>>4-8, p[1]+green, p[2]+green+more&15-8
	default:
		pixels = int(op & 0x3f)
	}
	s.seen[p.place()] = *p
	return pixels + 1, err
}

// encodeQOI writes RGB or RGBA. Grey becomes three equal channels, because the format has no grey.
func encodeQOI(to io.Writer, s Spec, row rowFunc) error {
	b := bufio.NewWriterSize(to, 1<<16)
	head := binary.BigEndian.AppendUint32([]byte(qoiMagic), uint32(s.W))
	b.Write(append(binary.BigEndian.AppendUint32(head, uint32(s.H)), byte(max(s.C, 3)), 0)) // Flush returns the errors of b
	state, run := newQOIState(), 0
	floats := NewRow(s.C, s.W)
	for y := range s.H {
		if err := row(y, floats); err != nil {
			return err
		}
		for x := range s.W {
			p := qoiPixel{3: 255}
			for k := range max(s.C, 3) {
				p[k] = byte(level(floats[min(k, s.C-1)][x], 255))
			}
			if p == state.last {
				run++
			}
			if run == qoiLongest || run > 0 && p != state.last {
				b.WriteByte(qoiOpRun | byte(run-1))
				run = 0
			}
			if p != state.last {
				b.Write(state.chunk(p))
			}
		}
	}
	if run > 0 {
		b.WriteByte(qoiOpRun | byte(run-1))
	}
	b.WriteString(qoiEnd)
	return b.Flush()
}

// chunk is the shortest chunk for a pixel that differs from the last one.
func (s *qoiState) chunk(p qoiPixel) []byte {
	r, g, b := p[0]-s.last[0], p[1]-s.last[1], p[2]-s.last[2]
	sameAlpha := p[3] == s.last[3]
	s.last = p
	place := p.place()
	if s.seen[place] == p {
		return []byte{qoiOpIndex | place}
	}
	s.seen[place] = p
	switch {
	case !sameAlpha:
		return append([]byte{qoiOpRGBA}, p[:]...)
	case r+2 < 4 && g+2 < 4 && b+2 < 4:
		return []byte{qoiOpDiff | (r+2)<<4 | (g+2)<<2 | (b + 2)}
	case g+32 < 64 && r-g+8 < 16 && b-g+8 < 16:
		return []byte{qoiOpLuma | (g + 32), (r-g+8)<<4 | (b - g + 8)}
	}
	return []byte{qoiOpRGB, p[0], p[1], p[2]}
}
