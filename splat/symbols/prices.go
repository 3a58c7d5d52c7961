package symbols

import (
	"math"
	"slices"
)

// Prices are the bits by which the code of a set grows when one symbol changes by one level. They are estimates: the
// probabilities are those at the end of the code, and the contexts of other splats stay as they are. Positions have no
// prices, since few of their changes change the code.
type Prices struct {
	Size, Aspect, Angle, Colour []Price
}

// Price is the price of one level less, and of one level more.
type Price struct{ Less, More float32 }

// Of returns the price of a change by −1, 0 or 1.
func (p Price) Of(change int32) float64 {
	switch {
	case change < 0:
		return float64(p.Less)
	case change > 0:
		return float64(p.More)
	}
	return 0
}

// Prices returns the prices of the symbols of a valid set, whose splats must be sorted, and the bits of its code.
func (s *Set) Prices() (*Prices, Costs) {
	n := s.N()
	p := &Prices{make([]Price, n), make([]Price, n), make([]Price, n), make([]Price, n*s.C)}
	t := &trace{make([]residual, n), make([]residual, n), make([]residual, n), make([]residual, n*s.C)}
	a, around := s.prepare(&meter{})
	a.codeAll(around, t)
	for i := range n {
		p.Size[i] = a.size.price(t.size[i])
		p.Aspect[i] = a.aspect.price(t.aspect[i])
		p.Angle[i] = a.angle.price(t.angle[i])
		for c := range s.C {
			p.Colour[i*s.C+c] = a.colour[c].price(t.colour[i*s.C+c])
		}
	}
	a.addPredictions(p, around)
	return p, a.costs
}

// trace is the residuals of a code.
type trace struct{ size, aspect, angle, colour []residual }

// note notes the residuals of splat i, which was coded last.
func (t *trace) note(a *attributes, i int) {
	t.size[i], t.aspect[i], t.angle[i] = a.size.last, a.aspect.last, a.angle.last
	if a.Angles(a.Size[i], a.Aspect[i]) == 1 {
		t.angle[i].context = -1
	}
	for c, r := range a.colour {
		t.colour[i*a.C+c] = r.last
	}
}

// price returns the price of a residual.
func (r *residuals) price(v residual) Price {
	if v.context < 0 {
		return Price{}
	}
	now := r.bits(v)
	return Price{
		float32(r.bits(residual{v.difference - 1, v.context}) - now),
		float32(r.bits(residual{v.difference + 1, v.context}) - now),
	}
}

// bits returns the length of the code of a residual.
func (r *residuals) bits(v residual) (bits float64) {
	if v.difference == 0 {
		return r.zero[v.context].bits(1)
	}
	bits = r.zero[v.context].bits(0) + r.sign[v.context].bits(b2i(v.difference < 0))
	size := max(v.difference, -v.difference)
	length := 0
	for ; length < maxBits-1 && size>>(length+1) > 0; length++ {
		bits += r.longer[v.context][length].bits(1)
	}
	if length < maxBits-1 {
		bits += r.longer[v.context][length].bits(0)
	}
	before := 1
	for k := length - 1; k >= 0; k-- {
		if length-k > 3 {
			return bits + float64(k+1)
		}
		bit := int(size >> k & 1)
		bits += r.mantissa[length][before&7].bits(bit)
		before = 2*before + bit
	}
	return bits
}

// bits returns the length of the code of a bit.
func (c chance) bits(bit int) float64 {
	share := float64(min(max(c.p>>8, least), 1<<16-least)) / (1 << 16)
	if bit == 0 {
		share = 1 - share
	}
	return -math.Log2(share)
}

// addPredictions adds to the prices what a symbol does to the predictions of later splats. Where a prediction grows by a
// share of a level, the difference is one level less in so many cases.
func (a *attributes) addPredictions(p *Prices, around []near) {
	own := &Prices{Size: slices.Clone(p.Size), Aspect: slices.Clone(p.Aspect), Colour: slices.Clone(p.Colour)}
	for j := range around {
		q := &around[j]
		var weights, sharper float64
		for _, w := range q.weight[:q.count] {
			weights += float64(w)
			sharper += float64(sharp(w))
		}
		for k, i := range q.at[:q.count] {
			w, nearer := float64(q.weight[k])/weights, float64(sharp(q.weight[k]))/sharper
			p.Size[i].predict(w*float64(a.rules.size[1])/256, own.Size[j])
			p.Aspect[i].predict(w*float64(a.rules.aspect[1])/256*float64(a.Size[j])/float64(a.Size[i]), own.Aspect[j])
			steps := float64(a.ColourStep(a.Size[i])) / float64(a.ColourStep(a.Size[j]))
			for c, r := range a.rules.colour {
				p.Colour[i*a.C+c].predict(float64(w*float64(r[1]-r[2])+nearer*float64(r[2]))/256*steps, own.Colour[j*a.C+c])
			}
		}
	}
}

// predict adds the price of a prediction that grows by a share of a level, or falls if the share is negative.
func (p *Price) predict(share float64, of Price) {
	s := float32(share)
	if s < 0 {
		s, of = -s, Price{of.More, of.Less}
	}
	p.More += s * of.Less
	p.Less += s * of.More
}
