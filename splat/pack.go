package splat

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/klauspost/compress/zstd"

	"igs/internal/parallel"
)

// The splats of a file are stored as planes: first the positions in the order of a Morton curve, then the other planes
// in the same order. The integers of a plane are divided into sections of bytes: all lowest bytes, then all second
// bytes, and so on. The high bytes of small integers are then together and compress well.

// The encodings of a plane.
const (
	asNumbers     = 0 // the integers
	asDifferences = 1 // the differences of successive integers
	asOffsets     = 2 // the differences from the plane before, which are small if channels have similar values
)

// pack encodes splats with the coders of their planes. Without compression every section is stored unchanged.
func pack(p *Splats, coders []coder, compressed bool) []byte {
	w := &packer{compressed: compressed}
	planes := p.planes()
	for _, c := range coders {
		if c.ranged() {
			w.head = appendFloats(w.head, c.grid.low, c.grid.high)
		}
	}
	at, codes := alongCurve(p, coders)
	w.plane(deltas(codes, 64), 2*coders[0].width())
	// All planes are encoded in parallel, because a trainer does this while the device waits.
	numbers := make([][]uint64, len(planes))
	numbers[planeY] = make([]uint64, p.N) // the plane t1 has no plane before it, which counts as zeros
	parallel.Each(len(planes)-planeT1, func(_, k int) {
		k += planeT1
		numbers[k] = make([]uint64, p.N)
		for i, j := range at {
			numbers[k][i] = uint64(coders[k].encode(*planes[k].at(j)))
		}
	})
	written := make([]packer, len(planes))
	parallel.Each(len(planes)-planeT1, func(_, k int) {
		k += planeT1
		written[k] = shortest(numbers[k], numbers[k-1], coders[k].width(), compressed)
	})
	for _, plane := range written[planeT1:] {
		w.head, w.data = append(w.head, plane.head...), append(w.data, plane.data...)
	}
	return append(w.head, w.data...)
}

// Bytes is the maximum size of a splat of c channels in a file.
func (b Bits) Bytes(c int) int {
	whole := func(planes, bits int) int { return planes * ((bits + 7) / 8) }
	width := func(plane int) int { return coder{plane: plane, bits: b.of(plane)}.width() }
	return whole(1, 2*width(0)) + whole(2, width(planeT1)) + whole(1, width(planeRot)) + whole(c, width(planeRot+1))
}

// packer collects the table of sections and their bytes.
type packer struct {
	compressed bool
	head, data []byte
}

// shortest writes a plane with the encoding that gives the fewest bytes.
func shortest(numbers, before []uint64, width int, compressed bool) (best packer) {
	for encoding, written := range [][]uint64{asNumbers: numbers, asDifferences: deltas(numbers, width), asOffsets: offsets(numbers, before, width)} {
		try := packer{compressed: compressed, head: []byte{byte(encoding)}}
		try.plane(written, width)
		if encoding == asNumbers || len(try.data) < len(best.data) {
			best = try
		}
	}
	return best
}

// plane writes integers of width bits, one section for each byte.
func (w *packer) plane(numbers []uint64, width int) {
	bytes := make([]byte, len(numbers))
	for shift := 0; shift < width; shift += 8 {
		for i, n := range numbers {
			bytes[i] = byte(n >> shift)
		}
		section := bytes
		if w.compressed {
			if small := compressor().EncodeAll(bytes, nil); len(small) < len(bytes) {
				section = small
			}
		}
		w.head = order.AppendUint32(w.head, uint32(len(section)))
		w.data = append(w.data, section...)
	}
}

// unpack is the inverse of pack.
func unpack(r *reader, n, channels int, bits Bits) (*Splats, error) {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(n, 1<<16))), zstd.WithDecoderLowmem(true), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	u := &unpacker{reader: r, n: n, zstd: d}
	coders := make([]coder, 5+channels)
	for k := range coders {
		coders[k] = coder{plane: k, bits: bits.of(k)}
		if c := &coders[k]; c.ranged() {
			var ends [2]float32
			r.fill(&ends)
			c.grid = grid{ends[0], ends[1], 1<<c.bits - 1}
		}
	}
	u.table(coders)
	if r.short {
		return nil, errCut
	}
	if err := check(coders); err != nil {
		return nil, err
	}
	p := New(n, channels)
	planes := p.planes()
	numbers, before := make([]uint64, n), make([]uint64, n)
	u.next(numbers, nil, 2*coders[0].width(), asDifferences)
	for i, code := range numbers {
		x, y := unmorton(code)
		p.XY[2*i], p.XY[2*i+1] = coders[0].decode(x), coders[1].decode(y)
	}
	for k := planeT1; k < len(planes); k++ {
		numbers, before = before, numbers
		if k == planeT1 {
			clear(before)
		}
		u.next(numbers, before, coders[k].width(), u.encodings[k])
		for i, v := range numbers {
			*planes[k].at(i) = coders[k].decode(uint32(v))
		}
	}
	return p, u.err
}

// unpacker reads sections in the order of their table.
type unpacker struct {
	*reader
	n         int
	zstd      *zstd.Decoder
	sizes     []int
	encodings []byte // encoding of each plane
	bytes     []byte // the last section; all sections share this buffer
	err       error
}

// table reads the encodings of the planes and the sizes of the sections.
func (u *unpacker) table(coders []coder) {
	u.encodings = make([]byte, len(coders))
	sections := func(width int) {
		for shift := 0; shift < width; shift += 8 {
			var size uint32
			u.fill(&size)
			u.sizes = append(u.sizes, int(size))
		}
	}
	sections(2 * coders[0].width())
	for k := planeT1; k < len(coders); k++ {
		u.fill(&u.encodings[k])
		sections(coders[k].width())
	}
}

// next reads the next plane into numbers. before is the plane before it.
func (u *unpacker) next(numbers, before []uint64, width int, encoding byte) {
	clear(numbers)
	for shift := 0; shift < width && u.err == nil; shift += 8 {
		var section []byte
		if section, u.err = u.section(); u.err != nil {
			return
		}
		for i, b := range section {
			numbers[i] |= uint64(b) << shift
		}
	}
	switch encoding {
	case asNumbers:
	case asDifferences:
		var sum uint64
		for i, d := range numbers {
			sum += d
			numbers[i] = sum
		}
	case asOffsets:
		for i := range numbers {
			numbers[i] += before[i]
		}
	default:
		u.err = fmt.Errorf("a plane has the unknown encoding %d", encoding)
	}
	if width < 64 {
		for i := range numbers {
			numbers[i] &= 1<<width - 1
		}
	}
}

// section returns the n bytes of the next section. They are valid until the next call.
func (u *unpacker) section() ([]byte, error) {
	stored := u.take(u.sizes[0])
	u.sizes = u.sizes[1:]
	switch {
	case u.short:
		return nil, errCut
	case len(stored) == u.n:
		return stored, nil
	case len(stored) > u.n:
		return nil, fmt.Errorf("damaged: a section of %d bytes for %d splats", len(stored), u.n)
	}
	if u.bytes == nil {
		u.bytes = make([]byte, 0, u.n)
	}
	section, err := u.zstd.DecodeAll(stored, u.bytes)
	switch {
	case err != nil:
		return nil, fmt.Errorf("damaged: %w", err)
	case len(section) != u.n:
		return nil, errors.New("damaged: a section of the wrong length")
	}
	return section, nil
}

// compressor is shared by all files: it takes a megabyte and keeps no state between calls.
var compressor = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(1<<17))
	if err != nil {
		panic(err) // the options are constant
	}
	return e
})

// deltas returns the differences of successive integers, modulo 2^width. The first is the difference from 0.
func deltas(numbers []uint64, width int) []uint64 {
	d := make([]uint64, len(numbers))
	var before uint64
	for i, n := range numbers {
		d[i] = n - before
		if width < 64 {
			d[i] &= 1<<width - 1
		}
		before = n
	}
	return d
}

// offsets returns the differences from another plane, modulo 2^width.
func offsets(numbers, before []uint64, width int) []uint64 {
	d := make([]uint64, len(numbers))
	for i, n := range numbers {
		d[i] = (n - before[i]) & (1<<width - 1)
	}
	return d
}

func appendFloats(data []byte, v ...float32) []byte {
	for _, f := range v {
		data = order.AppendUint32(data, math.Float32bits(f))
	}
	return data
}
