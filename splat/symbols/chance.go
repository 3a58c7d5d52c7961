package symbols

// chance is the probability of a 1, which adapts to the bits that it coded.
type chance struct {
	p     uint32 // 2⁻²⁴
	count uint32 // number of bits, at most slowest
}

// even is a chance before the first bit.
func even() chance { return chance{p: 1 << 23} }

const (
	slowest = 255 // a chance changes by at least 1/(slowest + 3) of its distance
	least   = 32  // least probability of a bit, 2⁻¹⁶
	half    = 1 << 15
)

// flip codes a bit by an adaptive probability, which after few bits is that of the rule of succession (Laplace):
// p += (bit − p) / (count + 3).
func flip(to coder, c *chance, bit int) int {
	bit = to.code(min(max(c.p>>8, least), 1<<16-least), bit)
	if bit == 1 {
		c.p += (1<<24 - c.p) / (c.count + 3)
	} else {
		c.p -= c.p / (c.count + 3)
	}
	if c.count < slowest {
		c.count++
	}
	return bit
}

// residuals codes differences from predictions: a zero flag, the sign, the number of bits of the magnitude in unary, its
// three highest bits after the first, and the others with equal probabilities.
type residuals struct {
	zero, sign []chance           // by context
	longer     [][maxBits]chance  // by context and length
	mantissa   [maxBits][8]chance // by length and the bits before

	last residual // the one that was coded last
}

// residual is a difference and its context; −1 if it has no code.
type residual struct{ difference, context int32 }

const maxBits = 26 // of a magnitude

func newResiduals(contexts int) *residuals {
	r := &residuals{zero: make([]chance, contexts), sign: make([]chance, contexts), longer: make([][maxBits]chance, contexts)}
	for k := range r.zero {
		r.zero[k], r.sign[k] = even(), even()
		for j := range r.longer[k] {
			r.longer[k][j] = even()
		}
	}
	for k := range r.mantissa {
		for j := range r.mantissa[k] {
			r.mantissa[k][j] = even()
		}
	}
	return r
}

// code codes v in a context. |v| is less than 2^maxBits.
func (r *residuals) code(to coder, v int64, context int) int64 {
	r.last = residual{int32(v), int32(context)}
	zero, negative := 0, 0
	if v == 0 {
		zero = 1
	}
	if flip(to, &r.zero[context], zero) == 1 {
		return 0
	}
	if v < 0 {
		negative, v = 1, -v
	}
	negative = flip(to, &r.sign[context], negative)
	length := 0
	for length < maxBits-1 {
		more := 0
		if v>>(length+1) > 0 {
			more = 1
		}
		if flip(to, &r.longer[context][length], more) == 0 {
			break
		}
		length++
	}
	out, before := int64(1), 1
	for k := length - 1; k >= 0; k-- {
		bit := int(v >> k & 1)
		if length-k <= 3 {
			bit = flip(to, &r.mantissa[length][before&7], bit)
			before = before*2 + bit
		} else {
			bit = to.code(half, bit)
		}
		out = out<<1 | int64(bit)
	}
	if negative == 1 {
		return -out
	}
	return out
}
