package imageio

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// A PNG (ISO/IEC 15948) is a signature and chunks. The chunks of data hold one zlib stream of all rows. Each row begins
// with the number of its filter.
const (
	pngChunk    = 1 << 16 // bytes of a chunk of data
	pngFilters  = 5
	pngSampled  = 16 // bytes of each part of a row that choose its filter
	pngParts    = 32 // the most parts of a row; they are the same distance apart
	pngInterval = 96 // the least distance of parts, bytes
)

// encodePNG writes a PNG row by row.
func encodePNG(to io.Writer, s Spec, row rowFunc) error {
	chunks := &pngChunks{to: to, data: make([]byte, 0, pngChunk)}
	if _, err := io.WriteString(to, pngMagic); err != nil {
		return err
	}
	if err := chunks.write("IHDR", pngHeaderOf(s)); err != nil {
		return err
	}
	floats, rows := NewRow(s.C, s.W), newPNGRows(s)
	z, err := newPNGStrips(chunks, len(rows.out)*s.H)
	if err != nil {
		return err
	}
	for y := range s.H {
		if err := row(y, floats); err != nil {
			return err
		}
		if _, err := z.Write(rows.next(floats)); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	if err := chunks.flush(); err != nil {
		return err
	}
	return chunks.write("IEND", nil)
}

func pngHeaderOf(s Spec) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(s.W))
	b = binary.BigEndian.AppendUint32(b, uint32(s.H))
	colour := [5]byte{1: pngGrey, 2: pngGreyAlpha, 3: pngRGB, 4: pngRGBA}[s.C]
	return append(b, byte(s.Depth), colour, 0, 0, 0) // the only compression, the only set of filters, no interlace
}

// pngChunks writes chunks. What is written to it becomes chunks of data.
type pngChunks struct {
	to   io.Writer
	data []byte
}

func (p *pngChunks) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		n := min(len(rest), cap(p.data)-len(p.data))
		p.data = append(p.data, rest[:n]...)
		rest = rest[n:]
		if len(p.data) == cap(p.data) {
			if err := p.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(b), nil
}

func (p *pngChunks) flush() error {
	if len(p.data) == 0 {
		return nil
	}
	err := p.write("IDAT", p.data)
	p.data = p.data[:0]
	return err
}

// write writes a chunk: the length, the kind, the bytes, and the CRC of kind and bytes.
func (p *pngChunks) write(kind string, bytes []byte) error {
	head := append(binary.BigEndian.AppendUint32(nil, uint32(len(bytes))), kind...)
	sum := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, bytes)
	for _, part := range [][]byte{head, bytes, binary.BigEndian.AppendUint32(nil, sum)} {
		if _, err := p.to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// pngRows packs and filters rows.
type pngRows struct {
	pixel       int    // bytes of a pixel
	above, line []byte // the row before and the row, with a pixel of zeros in front
	out         []byte
	depth       int
}

func newPNGRows(s Spec) *pngRows {
	pixel := s.C * s.Depth / 8
	n := s.W * pixel
	return &pngRows{pixel: pixel, above: make([]byte, pixel+n, pixel+n+packSlack), line: make([]byte, pixel+n, pixel+n+packSlack), out: make([]byte, 1+n), depth: s.Depth}
}

// next returns the filtered bytes of a row. They are valid until the next call.
func (p *pngRows) next(row [][]float32) []byte {
	p.above, p.line = p.line, p.above
	p.pack(row)
	best, least := 0, -1
	for filter := range pngFilters {
		if cost := p.cost(filter, least); least < 0 || cost < least {
			best, least = filter, cost
		}
	}
	p.out[0] = byte(best)
	p.filter(best, 0, p.out[1:])
	return p.out
}

// pack converts samples to bytes, big-endian.
func (p *pngRows) pack(row [][]float32) {
	line := p.line[p.pixel:]
	if p.depth == 8 {
		interleave(line, row)
		return
	}
	for c, samples := range row {
		for x, v := range samples {
			binary.BigEndian.PutUint16(line[2*(x*len(row)+c):], step(v, 65535))
		}
	}
}

// cost is the sum of the sizes of filtered bytes, which predicts how well a row is compressed. Parts of the row are
// enough to find the best filter. The sum may stop early when it reaches most, if most is not negative.
func (p *pngRows) cost(filter, most int) int {
	var some [pngSampled]byte
	sum, interval := 0, max(pngInterval, len(p.out)/pngParts)
	for at := 0; at < len(p.out)-1 && (most < 0 || sum < most); at += interval {
		part := some[:min(pngSampled, len(p.out)-1-at)]
		p.filter(filter, at, part)
		for _, b := range part {
			sum += max(int(int8(b)), -int(int8(b)))
		}
	}
	return sum
}

// filter writes the filtered bytes of the row from byte `at` to out. The filters predict a byte from those to the left,
// above, and above to the left, and keep the difference.
func (p *pngRows) filter(filter, at int, out []byte) {
	line := p.line[p.pixel+at:][:len(out)]
	left, up, corner := p.line[at:][:len(out)], p.above[p.pixel+at:][:len(out)], p.above[at:][:len(out)]
	if n := len(out) / 16 * 16; vectors && filter > 0 && n > 0 {
		filterVectors(filter, &out[0], &line[0], &left[0], &up[0], &corner[0], n)
		line, left, up, corner, out = line[n:], left[n:], up[n:], corner[n:], out[n:]
	}
	switch filter {
	case 0:
		copy(out, line)
	case 1:
		for i, v := range line {
			out[i] = v - left[i]
		}
	case 2:
		for i, v := range line {
			out[i] = v - up[i]
		}
	case 3:
		for i, v := range line {
			out[i] = v - byte((int(left[i])+int(up[i]))/2)
		}
	case 4:
		for i, v := range line {
			out[i] = v - paeth(left[i], up[i], corner[i])
		}
	}
}

// paeth is the one of left, up and corner that is nearest to left + up - corner.
func paeth(left, up, corner byte) byte {
	a, b, c := int(left), int(up), int(corner)
	pa, pb := b-c, a-c // the distances of left and up, with their signs
	pc := pa + pb
	pa, pb, pc = max(pa, -pa), max(pb, -pb), max(pc, -pc)
	if pa <= pb && pa <= pc {
		return left
	}
	if pb <= pc {
		return up
	}
	return corner
}
