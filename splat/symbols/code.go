package symbols

import (
	"encoding/binary"
	"errors"

	"igs/internal/parallel"
)

// Costs are bits of a file by kind of symbol.
type Costs struct{ Position, Size, Aspect, Angle, Colour float64 }

// Total is the sum of all kinds.
func (c Costs) Total() float64 { return c.Position + c.Size + c.Aspect + c.Angle + c.Colour }

// Encode returns the code of a valid set, and sorts the set. The same symbols in any order give the same bytes.
func (s *Set) Encode() []byte {
	w := newWriter()
	head, _ := s.write(w)
	return append(head, w.finish()...)
}

// EstimateBits returns the bits of the symbols of a valid set in its code, and sorts the set.
func (s *Set) EstimateBits() Costs {
	_, costs := s.write(&meter{})
	return costs
}

// write sorts the set and writes its symbols. It returns what a file holds before them, and the costs if they are
// measured.
func (s *Set) write(to coder) (head []byte, costs Costs) {
	a, around := s.prepare(to)
	low, high := s.extents()
	head = s.appendHead(a.rules, low, high)
	a.codeAll(around, nil)
	return head, a.costs
}

// prepare sorts the set, and finds the neighbours of its splats and the rules.
func (s *Set) prepare(to coder) (*attributes, []near) {
	s.Sort()
	around := make([]near, s.N())
	parallel.Runs(s.N(), func(first, end int) {
		for i := first; i < end; i++ {
			around[i] = s.neighbours(i)
		}
	})
	a := newAttributes(to, s, s.fit(around))
	a.meter, _ = to.(*meter)
	return a, around
}

// codeAll codes the positions of all splats, then all other symbols. Their residuals are noted in t, unless it is nil.
func (a *attributes) codeAll(around []near, t *trace) {
	s := a.Set
	low, high := s.extents()
	places := make([][2]int32, s.N())
	for i := range places {
		places[i] = [2]int32{s.X[i] - low[0], s.Y[i] - low[1]}
	}
	newCells(a.to, [2]int32{high[0] - low[0], high[1] - low[1]}, places).all(bitsFor(low, high))
	a.spend(&a.costs.Position)
	for i := range around {
		a.code(i, &around[i])
		if t != nil {
			t.note(a, i)
		}
	}
}

func (s *Set) appendHead(r rules, low, high [2]int32) (head []byte) {
	for _, v := range []uint32{s.Grid.Position, s.Grid.Size, s.Grid.Angle, s.Grid.Colour} {
		head = binary.AppendUvarint(head, uint64(v))
	}
	for k := range low {
		head = binary.AppendVarint(head, int64(low[k]))
		head = binary.AppendUvarint(head, uint64(high[k]-low[k]))
	}
	head = binary.AppendUvarint(head, uint64(r.middle))
	for _, v := range r.list() {
		head = binary.LittleEndian.AppendUint16(head, uint16(*v))
	}
	return head
}

var errDamaged = errors.New("damaged: the symbols are not valid")

// Decode is the inverse of Encode, for n splats of c channels. It checks the symbols that it reads.
func Decode(data []byte, n, c int) (*Set, error) {
	h := &head{data: data}
	g := Grid{h.number(), h.number(), h.number(), h.number()}
	s := New(g, n, c)
	var low, last [2]int32
	for k := range low {
		low[k], last[k] = h.signed(), int32(h.number())
	}
	r := rules{middle: int64(h.number()), colour: make([][3]int64, c)}
	for _, v := range r.list() {
		*v = int64(h.short())
	}
	if h.failed || g.Validate() != nil || r.middle < 1 || r.middle > MaxSize || max(last[0], last[1]) >= 1<<sideBits || min(last[0], last[1]) < 0 {
		return nil, errDamaged
	}
	from := newReader(h.data)
	places := make([][2]int32, n)
	newCells(from, last, places).all(bitsFor([2]int32{}, last))
	for i, p := range places {
		s.X[i], s.Y[i] = low[0]+p[0], low[1]+p[1]
		if p[0] > last[0] || p[1] > last[1] {
			return nil, errDamaged
		}
	}
	a := newAttributes(from, s, r)
	for i := range n {
		q := s.neighbours(i)
		a.code(i, &q)
		if s.check(i) != nil {
			return nil, errDamaged
		}
	}
	return s, nil
}

// head reads what comes before the code. After an attempt to read beyond the end or a number out of range, failed is
// true.
type head struct {
	data   []byte
	failed bool
}

func (h *head) number() uint32 {
	v, n := binary.Uvarint(h.data)
	if n <= 0 || v >= 1<<32 {
		h.failed = true
		return 0
	}
	h.data = h.data[n:]
	return uint32(v)
}

func (h *head) signed() int32 {
	v, n := binary.Varint(h.data)
	if n <= 0 || v != int64(int32(v)) {
		h.failed = true
		return 0
	}
	h.data = h.data[n:]
	return int32(v)
}

func (h *head) short() int16 {
	if len(h.data) < 2 {
		h.failed = true
		return 0
	}
	v := binary.LittleEndian.Uint16(h.data)
	h.data = h.data[2:]
	return int16(v)
}
