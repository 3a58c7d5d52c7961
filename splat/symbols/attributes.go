package symbols

// attributes codes size, aspect, angle and colour of one splat after the other. Each is predicted from the neighbours
// before it, and the difference is coded in a context of what the neighbours tell about its magnitude.
type attributes struct {
	*Set
	to    coder
	rules rules
	past  [2 * window]remembered // of splat i at i modulo the length

	size, aspect, angle *residuals
	colour              []*residuals

	costs  Costs
	meter  *meter  // not nil if the costs are wanted
	before float64 // bits at the last spend
}

// remembered is what later splats use of a splat.
type remembered struct {
	sizeError int64              // |difference|, 2⁻⁴ levels
	aspect    int64              // ln(σ₂/σ₁), 2⁻¹²
	angle     int64              // 2θ, in 1/256 turn
	value     [MaxChannels]int64 // of the colour channels, 2⁻²⁴
	error     [MaxChannels]int64 // |difference| of these, 2⁻²⁴
}

func newAttributes(to coder, s *Set, r rules) *attributes {
	a := &attributes{Set: s, to: to, rules: r, size: newResiduals(9), aspect: newResiduals(8), angle: newResiduals(40)}
	for range s.C {
		a.colour = append(a.colour, newResiduals(27))
	}
	return a
}

func (a *attributes) of(i int) *remembered { return &a.past[i%len(a.past)] }

// code codes splat i. A reader stores the symbols in the set.
func (a *attributes) code(i int, q *near) {
	*a.of(i) = remembered{}
	a.codeSize(i, q)
	a.spend(&a.costs.Size)
	a.codeAspect(i, q)
	a.spend(&a.costs.Aspect)
	a.codeAngle(i, q)
	a.spend(&a.costs.Angle)
	step := a.ColourStep(a.Size[i])
	before := int64(0)
	for c := range a.C {
		before = a.codeColour(i, c, step, before, q)
	}
	a.spend(&a.costs.Colour)
}

// spend adds the bits since the last call to a kind.
func (a *attributes) spend(kind *float64) {
	if a.meter != nil {
		*kind += a.meter.bits - a.before
		a.before = a.meter.bits
	}
}

func (a *attributes) codeSize(i int, q *near) {
	mean, spacing := a.sizeTerms(q)
	r := a.rules.size
	predicted := min(max((r[0]+(r[1]*mean+r[2]*spacing>>3)>>8+8)>>4, 1), MaxSize)
	context := energy(q.mean(func(j int) int64 { return a.of(j).sizeError }, 0) * 13 >> 4)
	difference := a.size.code(a.to, int64(a.Size[i])-predicted, context)
	a.Size[i] = int32(min(max(predicted+difference, 1), MaxSize))
	a.of(i).sizeError = max(difference, -difference) << 4
}

// sizeTerms returns the mean size level of the neighbours, 2⁻⁴, and the spacing.
func (a *attributes) sizeTerms(q *near) (mean, spacing int64) {
	return q.mean(func(j int) int64 { return int64(a.Size[j]) << 4 }, a.rules.middle<<4), q.spacing
}

func (a *attributes) codeAspect(i int, q *near) {
	r, size := a.rules.aspect, int64(a.Size[i])
	predicted := min(max((r[0]+r[1]*a.aspectTerm(q)>>8)*size+6144, 0)/12288, MaxAspect)
	difference := a.aspect.code(a.to, int64(a.Aspect[i])-predicted, a.sizeClass(size))
	a.Aspect[i] = int32(min(max(predicted+difference, 0), MaxAspect))
	a.of(i).aspect = int64(a.Aspect[i]) * 12288 / size
}

// aspectTerm returns the mean ln(σ₂/σ₁) of the neighbours, 2⁻¹².
func (a *attributes) aspectTerm(q *near) int64 {
	return q.mean(func(j int) int64 { return a.of(j).aspect }, 4096)
}

func (a *attributes) codeAngle(i int, q *near) {
	levels := int64(a.Angles(a.Size[i], a.Aspect[i]))
	var x, y, weights int64
	for k := range q.count {
		j := a.of(q.at[k])
		w := q.weight[k] * min(j.aspect, 8192)
		x += w * cosTable[j.angle]
		y += w * cosTable[(j.angle-64)&255]
		weights += w
	}
	predicted := (direction(x, y)*levels + 512) >> 10
	difference := int64(0)
	if levels > 1 {
		x, y = x>>16, y>>16
		coherence := sqrt(x*x+y*y) << 10 / max(weights>>4, 1)
		difference = ((int64(a.Angle[i])-predicted)%levels + levels) % levels
		if difference > levels/2 {
			difference -= levels
		}
		difference = a.angle.code(a.to, difference, class(levels, 4, 7, 12, 20, 36, 64, 128)*5+class(coherence, 358, 614, 819, 942))
	}
	angle := ((predicted+difference)%levels + levels) % levels
	a.Angle[i] = int32(angle)
	a.of(i).angle = angle << 8 / levels
}

func (a *attributes) codeColour(i, c int, step, before int64, q *near) int64 {
	base, nearer := a.colourTerms(c, q)
	r := a.rules.colour[c]
	predicted := r[0]<<12 + (r[1]*base+r[2]*nearer)>>8
	level := min(max(floorDiv(2*predicted+step, 2*step), -MaxLevel), MaxLevel)
	spread := q.mean(func(j int) int64 { v := a.of(j).value[c] - base; return max(v, -v) }, 0)
	errors := q.mean(func(j int) int64 { return a.of(j).error[c] }, 0)
	scale := (10*errors + 8*spread) / step
	if c > 0 {
		scale = (9*errors+5*spread)/step + 2*before
	}
	context := energy(scale)*3 + class(int64(a.sizeClass(int64(a.Size[i]))), 3, 5)
	at := &a.Colour[i*a.C+c]
	difference := a.colour[c].code(a.to, int64(*at)-level, context)
	*at = int32(min(max(level+difference, -MaxLevel), MaxLevel))
	a.of(i).value[c] = limited(int64(*at) * step)
	difference = max(difference, -difference)
	a.of(i).error[c] = limited(difference * step)
	return difference
}

// colourTerms returns the mean value of a channel among the neighbours, and how much a mean in which near ones count
// more exceeds it, 2⁻²⁴.
func (a *attributes) colourTerms(c int, q *near) (base, nearer int64) {
	value := func(j int) int64 { return a.of(j).value[c] }
	sharper := *q
	for k, w := range sharper.weight {
		sharper.weight[k] = sharp(w)
	}
	base = q.mean(value, 0)
	return base, sharper.mean(value, 0) - base
}

// sharp returns a weight with which near splats count more.
func sharp(weight int64) int64 { return 1 + weight*weight>>10 }

func limited(v int64) int64 { return min(max(v, -1<<34), 1<<34) }

// sizeClass is 0 for the smallest splats and 7 for the largest. The limits are middle·e^((j − 3½)/3).
func (a *attributes) sizeClass(size int64) int {
	return class(size<<6/a.rules.middle, 20, 28, 39, 54, 76, 106, 147)
}

// energy is the class of an expected magnitude, 2⁻⁴ levels.
func energy(v int64) int { return class(v, 8, 16, 27, 42, 64, 104, 176, 320) }

// class returns how many of the limits v reaches.
func class(v int64, limits ...int64) int {
	for k, l := range limits {
		if v < l {
			return k
		}
	}
	return len(limits)
}
