package exr

import (
	"encoding/binary"
	"errors"
)

var errPIZ = errors.New("inconsistent PIZ data")

// waves unpacks a PIZ block into d.raw. Its samples are words of 16 bits, one for a half and two for other kinds,
// channel after channel. The writer numbered the values that occur, applied a wavelet transform to the numbers, and
// coded the result with a Huffman code.
func (d *unpacker) waves(packed []byte, rows int) error {
	values, packed, err := occurring(packed)
	if err != nil {
		return err
	}
	words := grown(&d.words, len(d.raw)/2)
	if len(packed) < 4 {
		return errShort
	}
	n := binary.LittleEndian.Uint32(packed)
	packed = packed[4:]
	if uint64(n) > uint64(len(packed)) {
		return errShort
	}
	if err := d.huffman.decode(packed[:n], words); err != nil {
		return err
	}
	rest := words
	for _, p := range d.f.planes {
		step := p.kind.bytes() / 2
		g := grid{w: d.f.W, h: rows, across: step, down: d.f.W * step, narrow: len(values) <= 1<<14}
		for i := range step {
			g.undo(rest[i:])
		}
		rest = rest[d.f.W*rows*step:]
	}
	for i, v := range words {
		if int(v) < len(values) {
			words[i] = values[v]
		} else {
			words[i] = 0 // the number of no value: the data is damaged, and no other check finds it
		}
	}
	d.intoRows(words, rows)
	return nil
}

// occurring reads the values that occur. They are stored as a bitmap: the range of its bytes that are not zero, and
// those bytes. The value 0 always occurs.
func occurring(packed []byte) (values []uint16, rest []byte, err error) {
	if len(packed) < 4 {
		return nil, nil, errShort
	}
	first, last := int(binary.LittleEndian.Uint16(packed)), int(binary.LittleEndian.Uint16(packed[2:]))
	packed = packed[4:]
	values = []uint16{0}
	if first > last { // only the value 0 occurs
		return values, packed, nil
	}
	if last >= 1<<13 {
		return nil, nil, errPIZ
	}
	if len(packed) <= last-first {
		return nil, nil, errShort
	}
	for i, bits := range packed[:last-first+1] {
		for bit := range 8 {
			if v := 8*(first+i) + bit; bits>>bit&1 == 1 && v > 0 {
				values = append(values, uint16(v))
			}
		}
	}
	return values, packed[last-first+1:], nil
}

// intoRows changes the order of words from channel after channel to row after row.
func (d *unpacker) intoRows(words []uint16, rows int) {
	perRow := d.f.W * d.f.RawBytes
	at := 0 // of the channel in a row, bytes
	for _, p := range d.f.planes {
		n := d.f.W * p.kind.bytes() / 2
		for y := range rows {
			to := d.raw[y*perRow+at:]
			for i, v := range words[:n] {
				binary.LittleEndian.PutUint16(to[2*i:], v)
			}
			words = words[n:]
		}
		at += 2 * n
	}
}

// grid describes the samples of a channel in the words of a block: w x h samples, with a distance of across words along
// a row and of down words between rows.
type grid struct {
	w, h, across, down int
	narrow             bool // all values fit in 14 bits: sums do not overflow, and the writer used the plain Haar step
}

// undo inverts the wavelet transform in place, from the coarsest level to the finest. At each level, four values hold
// the mean and the differences of a square of four.
func (g grid) undo(words []uint16) {
	pair := wide
	if g.narrow {
		pair = narrow
	}
	size := 1
	for 2*size <= min(g.w, g.h) {
		size *= 2
	}
	for ; size > 1; size /= 2 {
		half := size / 2
		right, below := half*g.across, half*g.down
		y := 0
		for ; y+size <= g.h; y += size {
			x := 0
			for ; x+size <= g.w; x += size {
				at := y*g.down + x*g.across
				a, c := pair(words[at], words[at+below])
				b, e := pair(words[at+right], words[at+below+right])
				words[at], words[at+right] = pair(a, b)
				words[at+below], words[at+below+right] = pair(c, e)
			}
			if g.w&half != 0 { // the last column of an odd width
				at := y*g.down + x*g.across
				words[at], words[at+below] = pair(words[at], words[at+below])
			}
		}
		if g.h&half != 0 { // the last row of an odd height
			for x := 0; x+size <= g.w; x += size {
				at := y*g.down + x*g.across
				words[at], words[at+right] = pair(words[at], words[at+right])
			}
		}
	}
}

// narrow gives two samples from their mean, rounded down, and their difference.
func narrow(mean, difference uint16) (a, b uint16) {
	d := int16(difference)
	a = mean + uint16(d&1) + uint16(d>>1)
	return a, a - difference
}

// wide is the same in arithmetic modulo 2^16, with an offset so that equal samples have a difference in the middle of
// the range.
func wide(mean, difference uint16) (a, b uint16) {
	b = mean - difference>>1
	return b + difference - 1<<15, b
}
