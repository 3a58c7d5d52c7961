package symbols

import "math"

// coder codes one bit. p is the probability of a 1, 2⁻¹⁶. A writer takes the bit and returns it. A reader ignores the
// bit and returns the one in the file.
type coder interface {
	code(p uint32, bit int) int
}

// writer is the encoder of a binary range coder with carries (as in LZMA).
type writer struct {
	low    uint64 // 33 bits
	width  uint32
	held   byte // the last byte, to which a carry may be added
	more   int  // number of bytes 255 after it
	began  bool
	output []byte
}

func newWriter() *writer { return &writer{width: math.MaxUint32} }

func (w *writer) code(p uint32, bit int) int {
	part := w.width >> 16 * p
	if bit == 1 {
		w.width = part
	} else {
		w.low += uint64(part)
		w.width -= part
	}
	for w.width < 1<<24 {
		w.width <<= 8
		w.shift()
	}
	return bit
}

// shift writes the highest byte of low, or holds it back while a carry may change it.
func (w *writer) shift() {
	if w.low < 0xff000000 || w.low >= 1<<32 {
		carry := byte(w.low >> 32)
		if w.began {
			w.output = append(w.output, w.held+carry)
		}
		for ; w.more > 0; w.more-- {
			w.output = append(w.output, 0xff+carry)
		}
		w.held, w.began = byte(w.low>>24), true
	} else {
		w.more++
	}
	w.low = w.low & 0x00ffffff << 8
}

// finish returns the bytes. A reader takes zeros after the end, so zeros there are left out.
func (w *writer) finish() []byte {
	// Of all numbers from low to low + width − 1, the one with the most zeros at its end makes the shortest file.
	for bits := 32; bits >= 0; bits-- {
		mask := uint64(1)<<bits - 1
		if end := (w.low + mask) &^ mask; end <= w.low+uint64(w.width)-1 {
			w.low = end
			break
		}
	}
	for range 5 {
		w.shift()
	}
	for len(w.output) > 0 && w.output[len(w.output)-1] == 0 {
		w.output = w.output[:len(w.output)-1]
	}
	return w.output
}

// reader is the decoder.
type reader struct {
	data         []byte
	width, value uint32
}

func newReader(data []byte) *reader {
	r := &reader{data: data, width: math.MaxUint32}
	for range 4 {
		r.next()
	}
	return r
}

func (r *reader) next() {
	r.value <<= 8
	if len(r.data) > 0 {
		r.value |= uint32(r.data[0])
		r.data = r.data[1:]
	}
}

func (r *reader) code(p uint32, _ int) int {
	part := r.width >> 16 * p
	bit := 0
	if r.value < part {
		r.width, bit = part, 1
	} else {
		r.value -= part
		r.width -= part
	}
	for r.width < 1<<24 {
		r.width <<= 8
		r.next()
	}
	return bit
}

// meter adds up the length of the code of every bit.
type meter struct{ bits float64 }

func (m *meter) code(p uint32, bit int) int {
	share := float64(p) / (1 << 16)
	if bit == 0 {
		share = 1 - share
	}
	m.bits -= math.Log2(share)
	return bit
}
