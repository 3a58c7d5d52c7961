package symbols

import (
	"math"
	"slices"
)

// rules are the numbers of the predictions. The encoder finds them by least squares, and a file contains them.
type rules struct {
	middle int64      // median size level
	size   [3]int64   // constant, 2⁻⁴ levels; factors of the mean, 2⁻⁸, and of the spacing, 2⁻¹¹
	aspect [2]int64   // constant, 2⁻¹²; factor of the mean, 2⁻⁸
	colour [][3]int64 // by channel: constant, 2⁻¹²; factors of the mean and of the nearer, 2⁻⁸
}

// list lists the numbers in the order of the file.
func (r *rules) list() (all []*int64) {
	for k := range r.size {
		all = append(all, &r.size[k])
	}
	for k := range r.aspect {
		all = append(all, &r.aspect[k])
	}
	for c := range r.colour {
		for k := range r.colour[c] {
			all = append(all, &r.colour[c][k])
		}
	}
	return all
}

// fit finds the rules of a sorted set. near gives the neighbours of each splat.
func (s *Set) fit(around []near) rules {
	r := rules{middle: 1, colour: make([][3]int64, s.C)}
	if s.N() == 0 {
		return r
	}
	sizes := slices.Clone(s.Size)
	slices.Sort(sizes)
	r.middle = int64(sizes[len(sizes)/2])
	a := newAttributes(nil, s, r)
	size, aspect, colour := &squares{}, &squares{}, make([]squares, s.C)
	for i := range around {
		q := &around[i]
		mean, spacing := a.sizeTerms(q)
		// Small splats count more: their levels spread less.
		size.add(1/float64(s.Size[i]), float64(s.Size[i]), [3]float64{1, float64(mean) / 16, float64(spacing) / (1 << 15)})
		own := a.of(i)
		own.aspect = int64(s.Aspect[i]) * 12288 / int64(s.Size[i])
		aspect.add(1, float64(own.aspect)/4096, [3]float64{1, float64(a.aspectTerm(q)) / 4096})
		step := s.ColourStep(s.Size[i])
		for c := range s.C {
			base, nearer := a.colourTerms(c, q)
			own.value[c] = limited(int64(s.Colour[i*s.C+c]) * step)
			colour[c].add(1, float64(own.value[c])/(1<<24), [3]float64{1, float64(base) / (1 << 24), float64(nearer) / (1 << 24)})
		}
	}
	store(r.size[:], size.solve([3]float64{0, 1, 0}), 16, 256, 1)
	store(r.aspect[:], aspect.solve([3]float64{0, 1, 0}), 4096, 256)
	for c := range colour {
		store(r.colour[c][:], colour[c].solve([3]float64{0, 1, 0}), 4096, 256, 256)
	}
	return r
}

// store rounds factors to the units of a file.
func store(to []int64, factors [3]float64, units ...float64) {
	for k := range to {
		to[k] = int64(min(max(math.RoundToEven(factors[k]*units[k]), math.MinInt16), math.MaxInt16))
	}
}

// squares finds factors by weighted least squares.
type squares struct {
	matrix [3][3]float64
	vector [3]float64
}

func (q *squares) add(weight, value float64, terms [3]float64) {
	for k, t := range terms {
		q.vector[k] += float64(weight * t * value)
		for j, u := range terms {
			q.matrix[k][j] += float64(weight * t * u)
		}
	}
}

// solve returns the factors. Where the data do not tell, they are those given.
func (q *squares) solve(fallback [3]float64) (factors [3]float64) {
	m, v := q.matrix, q.vector
	for k := range m {
		pull := float64(1e-6*m[k][k]) + 1e-9
		m[k][k] += pull
		v[k] += float64(pull * fallback[k])
	}
	for k := range m { // the matrix is positive definite, so no pivot is needed
		for j := k + 1; j < len(m); j++ {
			f := m[j][k] / m[k][k]
			for l := range m {
				m[j][l] -= float64(f * m[k][l])
			}
			v[j] -= float64(f * v[k])
		}
	}
	for k := len(m) - 1; k >= 0; k-- {
		sum := v[k]
		for j := k + 1; j < len(m); j++ {
			sum -= float64(m[k][j] * factors[j])
		}
		factors[k] = sum / m[k][k]
	}
	return factors
}
