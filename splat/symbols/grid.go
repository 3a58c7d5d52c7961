package symbols

import "math"

// Angles returns the number of levels of the angle of a splat: about π / step, where the step is inversely proportional
// to the size level and to sinh of the aspect. A round splat has one level.
func (g Grid) Angles(size, aspect int32) int32 {
	if aspect == 0 {
		return 1
	}
	octaves := int64(aspect) * 277 / int64(size) // ln(σ₂/σ₁) in 1/64 octaves: 277/64 = 3 log₂ e
	ratio := min(exp2(octaves), 1<<20)           // σ₂/σ₁, 2⁻¹²
	stretch := max(ratio-1<<24/ratio, 1229)      // 2 sinh, at least 0.3
	return int32(min(1+min(int64(size)*stretch, 1<<30)*int64(g.Angle)>>28, MaxSize))
}

// ColourStep returns the step of the colours of a splat, 2⁻²⁴. It is proportional to the size level to the power −5/4.
func (g Grid) ColourStep(size int32) int64 {
	quarter := sqrt(sqrt(int64(size)<<32) << 16) // size^¼, 2⁻¹⁶
	return max(1, min(int64(g.Colour)<<20/(int64(size)*quarter), 1<<28))
}

// exp2 returns 2^(v/64) · 2^12. v is at least 0. The result is less than 2^32.
func exp2(v int64) int64 {
	return exp2Table[v&63] << min(v>>6, 19)
}

// Tables of rounded functions. No exact value is near the middle of two integers, so every decoder rounds alike.
var exp2Table, cosTable, atanTable = tables()

func tables() (exp [64]int64, cos [256]int64, atan [129]int64) {
	round := func(v float64) int64 { return int64(math.Floor(v + 0.5)) }
	for i := range exp {
		exp[i] = round(4096 * math.Exp2(float64(i)/64))
	}
	for i := range cos {
		cos[i] = round(4096 * math.Cos(2*math.Pi*float64(i)/256))
	}
	for i := range atan {
		atan[i] = round(512 / math.Pi * math.Atan(float64(i)/128))
	}
	return exp, cos, atan
}

// sqrt returns ⌊√v⌋. v is less than 2^52, so the float64 is exact enough.
func sqrt(v int64) int64 { return int64(math.Sqrt(float64(v))) }

// cbrt returns ⌊∛v⌋. v is less than 2^48.
func cbrt(v int64) (root int64) {
	for bit := int64(1 << 15); bit > 0; bit >>= 1 {
		if r := root + bit; r*r*r <= v {
			root = r
		}
	}
	return root
}

// floorDiv returns ⌊a/b⌋ for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// direction returns the direction of (x, y) in 1/1024 of a turn.
func direction(x, y int64) int64 {
	ax, ay := max(x, -x), max(y, -y)
	if ax == 0 && ay == 0 {
		return 0
	}
	d := atanTable[min(ax, ay)*128/max(ax, ay)]
	if ay > ax {
		d = 256 - d
	}
	if x < 0 {
		d = 512 - d
	}
	if y < 0 {
		d = 1024 - d
	}
	return d & 1023
}
