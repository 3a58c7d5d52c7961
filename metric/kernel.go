package metric

import "math"

// pixelsPerDegree is the default of FLIP, 67.02: a screen 0.7 m wide with 3840 px at a distance of 0.7 m.
const pixelsPerDegree = 0.7 * 3840 / 0.7 * math.Pi / 180

// filterReach is ⌈3σ⌉ of the widest filter, px. The feature filters reach one pixel less and have a weight of 0 there.
const (
	filterReach  = 10
	featureReach = 9
	filterSize   = 2*filterReach + 1
)

// kernel is a filter along one axis: its weights from one side to the other, whose middle is the centre.
type kernel []float32

// leastWeight is far below what a sum of weights near 1 shows in a mean of errors.
const leastWeight = 1e-6

// newKernel makes a kernel of the weights from the centre to one side, without those that are too small. The other side
// has the same weights, or the negative ones if odd is true.
func newKernel(half []float64, odd bool) kernel {
	reach, sign := 0, 1.0
	for x, w := range half {
		if math.Abs(w) >= leastWeight {
			reach = x
		}
	}
	if odd {
		sign = -1
	}
	k := make(kernel, 2*reach+1)
	for x := reach; x >= 0; x-- {
		k[reach-x], k[reach+x] = float32(sign*half[x]), float32(half[x])
	}
	return k
}

// half is one half of a symmetric kernel of 11 weights for blur.
func (k kernel) half() (h [reach + 1]eight) {
	for i, w := range k[len(k)/2:] {
		for lane := range h[i] {
			h[i][lane] = w
		}
	}
	return h
}

// twin returns two kernels for the same rows. The shorter one gets weights of 0.
func twin(a, b kernel) [][2]float32 {
	reach := max(len(a), len(b)) / 2
	both := make([][2]float32, 2*reach+1)
	for k, one := range [2]kernel{a, b} {
		for i, w := range one {
			both[reach-len(one)/2+i][k] = w
		}
	}
	return both
}

// The filters of FLIP (Andersson and others, FLIP: A Difference Evaluator for Alternating Images, 2020). Each axis of
// YCxCz is blurred by the contrast sensitivity of the eye, a·√(π/b)·exp(−π²r²/b) with r in degrees. For yellow–blue it
// is the sum of two such terms.
var (
	blurLuminance = sensitivity(0.0047)
	blurRedGreen  = sensitivity(0.0053)
	yellow        = [2]kernel{sensitivity(0.04), sensitivity(0.025)}
	yellowShares  = shares([2]float64{34.1, 13.5}, [2]float64{0.04, 0.025})
	blurYellow    = alternating(yellow, yellowShares) // for rows of both terms in turn
	twinYellow    = twin(yellow[0], yellow[1])

	featureBlur  = feature(func(x float64) float64 { return 1 }, false)
	featureEdge  = feature(func(x float64) float64 { return x }, true)
	featurePoint = feature(func(x float64) float64 { return x*x - 1 }, false)

	halfLuminance = blurLuminance.half()
	halfRedGreen  = blurRedGreen.half()

	blurAndEdge       = twin(featureBlur, featureEdge)
	pointAndLuminance = twin(featurePoint, blurLuminance)
	edgeAndPoint      = twin(featureEdge, featurePoint)
)

// falloff is exp(−π²r²/b) at x px from the centre.
func falloff(x int, b float64) float64 {
	r := float64(x) / pixelsPerDegree
	return math.Exp(-math.Pi * math.Pi * r * r / b)
}

// sensitivity returns a blur of width b, degrees², with the sum 1.
func sensitivity(b float64) kernel {
	var half [filterReach + 1]float64
	for x := range half {
		half[x] = falloff(x, b) / extent(b)
	}
	return newKernel(half[:], false)
}

// alternating returns the weights of two kernels of the widest reach in turn, each times its share.
func alternating(terms [2]kernel, shares [2]float64) (k kernel) {
	for i := range filterSize {
		for term, w := range terms {
			k = append(k, float32(shares[term])*w[i])
		}
	}
	return k
}

// extent returns the sum of the falloff over the window.
func extent(b float64) float64 {
	sum := 0.0
	for x := -filterReach; x <= filterReach; x++ {
		sum += falloff(x, b)
	}
	return sum
}

// shares returns the weights of two blurs with the sum 1 in a sum of two sensitivities in the plane.
func shares(a, b [2]float64) (s [2]float64) {
	for i := range s {
		s[i] = a[i] * math.Sqrt(math.Pi/b[i]) * extent(b[i]) * extent(b[i])
	}
	sum := s[0] + s[1]
	return [2]float64{s[0] / sum, s[1] / sum}
}

// feature returns a feature filter: a Gaussian times shape(x/σ), with a σ of half of 0.082 degrees. Its positive
// weights have the sum 1, its negative weights, if any, the sum −1.
func feature(shape func(x float64) float64, odd bool) kernel {
	const sd = 0.5 * 0.082 * pixelsPerDegree
	var half [featureReach + 1]float64
	positive, negative := 0.0, 0.0
	for x := -featureReach; x <= featureReach; x++ {
		u := float64(x) / sd
		w := math.Exp(-u*u/2) * shape(u)
		positive, negative = positive+max(w, 0), negative-min(w, 0)
		if x >= 0 {
			half[x] = w
		}
	}
	for x, w := range half {
		if w < 0 {
			half[x] = w / negative
		} else {
			half[x] = w / positive
		}
	}
	return newKernel(half[:], odd)
}
