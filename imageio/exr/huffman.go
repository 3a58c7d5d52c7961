package exr

import "encoding/binary"

const (
	symbols  = 1<<16 + 1 // every word, and one more for "the last word again"
	maxBits  = 58        // of a code
	fastBits = 12        // codes up to this length are in a table; longer ones are rare

	// Lengths of codes are stored in six bits; the values above maxBits are runs of symbols without a code.
	shortRun     = 59
	longRun      = 63
	leastLong    = 6
	leastShort   = 2
	bytesOfSizes = 20
)

// huffman is the canonical code of a block. The longest codes have the smallest numbers.
type huffman struct {
	lengths [symbols]uint8
	sorted  []uint32             // symbols by length of their code, then by number
	first   [maxBits + 1]uint64  // smallest code of each length
	start   [maxBits + 1]int     // index in sorted of the first code of each length
	count   [maxBits + 1]int     // number of codes of each length
	fast    [1 << fastBits]short // by the next fastBits bits
}

// short is the symbol whose code begins the next bits. Its length is 0 when the code has more than fastBits bits.
type short struct {
	symbol uint32
	length uint8
}

// decode fills out from a block. A block begins with the smallest and the largest symbol, the bytes of the table, the
// bits of the data and an unused word; then come the table and the data. The largest symbol means repetition.
func (h *huffman) decode(packed []byte, out []uint16) error {
	if len(packed) < bytesOfSizes {
		return errShort
	}
	low, high := binary.LittleEndian.Uint32(packed), binary.LittleEndian.Uint32(packed[4:])
	bits := uint64(binary.LittleEndian.Uint32(packed[12:]))
	if low >= symbols || high >= symbols || low > high {
		return errPIZ
	}
	data, err := h.readLengths(packed[bytesOfSizes:], int(low), int(high))
	if err != nil {
		return err
	}
	if bits > 8*uint64(len(data)) {
		return errShort
	}
	if err := h.number(); err != nil {
		return err
	}
	return h.decodeData(&bitReader{data: data, left: bits}, high, out)
}

// readLengths reads the lengths of the codes. It returns the bytes after them.
func (h *huffman) readLengths(packed []byte, low, high int) (rest []byte, err error) {
	clear(h.lengths[:])
	b := bitReader{data: packed, left: 8 * uint64(len(packed))}
	for s := low; s <= high; s++ {
		v, ok := b.take(6)
		if !ok {
			return nil, errShort
		}
		run := 0
		switch {
		case v == longRun:
			more, ok := b.take(8)
			if !ok {
				return nil, errShort
			}
			run = int(more) + leastLong
		case v >= shortRun:
			run = int(v) - shortRun + leastShort
		default:
			h.lengths[s] = uint8(v)
			continue
		}
		if s+run > high+1 {
			return nil, errPIZ
		}
		s += run - 1
	}
	return packed[b.bytesRead():], nil
}

// number gives every symbol its code. It refuses lengths that no code can have, so decoding needs no check.
func (h *huffman) number() error {
	clear(h.count[:])
	clear(h.fast[:])
	for _, n := range h.lengths {
		h.count[n]++
	}
	h.count[0] = 0
	code, at := uint64(0), 0
	for n := maxBits; n > 0; n-- {
		h.first[n] = code
		if code+uint64(h.count[n]) > 1<<n {
			return errPIZ
		}
		code = (code + uint64(h.count[n])) >> 1
	}
	for n := range h.count {
		h.start[n] = at
		at += h.count[n]
	}
	h.sorted = grown(&h.sorted, at)
	next := h.start
	for s, n := range h.lengths {
		if n == 0 {
			continue
		}
		h.sorted[next[n]] = uint32(s)
		code := h.first[n] + uint64(next[n]-h.start[n])
		next[n]++
		if n <= fastBits {
			shift := fastBits - n
			for i := range 1 << shift {
				h.fast[code<<shift|uint64(i)] = short{uint32(s), n}
			}
		}
	}
	return nil
}

func (h *huffman) decodeData(b *bitReader, again uint32, out []uint16) error {
	for i := 0; i < len(out); {
		s, ok := h.next(b)
		if !ok {
			return errShort
		}
		if s != again {
			out[i] = uint16(s)
			i++
			continue
		}
		n, ok := b.take(8)
		if !ok || i == 0 || int(n) > len(out)-i {
			return errPIZ
		}
		for range n {
			out[i] = out[i-1]
			i++
		}
	}
	return nil
}

// next decodes a symbol.
func (h *huffman) next(b *bitReader) (uint32, bool) {
	if f := h.fast[b.peek(fastBits)]; f.length > 0 {
		return f.symbol, b.skip(uint(f.length))
	}
	for n := uint(fastBits + 1); n <= maxBits; n++ {
		if h.count[n] == 0 {
			continue
		}
		if i := b.peek(n) - h.first[n]; i < uint64(h.count[n]) { // for a code below the first, the difference wraps around and is large
			return h.sorted[h.start[n]+int(i)], b.skip(n)
		}
	}
	return 0, false
}

// bitReader reads bits from bytes, the highest first.
type bitReader struct {
	data []byte
	at   uint64 // bits that were read
	left uint64 // bits that remain
}

// peek gives the next n bits, at most 58, with zeros after the end. They may lie in nine bytes; of the ninth, at most
// one bit is needed.
func (b *bitReader) peek(n uint) uint64 {
	i, off := int(b.at/8), uint(b.at%8)
	var v uint64
	var beyond byte
	if i+9 <= len(b.data) {
		v, beyond = binary.BigEndian.Uint64(b.data[i:]), b.data[i+8]
	} else {
		var end [9]byte
		copy(end[:], b.data[min(i, len(b.data)):])
		v, beyond = binary.BigEndian.Uint64(end[:]), end[8]
	}
	v = v<<off | uint64(beyond)>>(8-off)
	return v >> (64 - n)
}

// skip moves on by n bits. It returns false when there are fewer.
func (b *bitReader) skip(n uint) bool {
	if uint64(n) > b.left {
		return false
	}
	b.at += uint64(n)
	b.left -= uint64(n)
	return true
}

func (b *bitReader) take(n uint) (uint64, bool) {
	v := b.peek(n)
	return v, b.skip(n)
}

func (b *bitReader) bytesRead() int { return int((b.at + 7) / 8) }
