package selfcheck

import "testing"

func TestBuiltInPictureHasDetailAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {97, 61}, {200, 300}} {
		m := Picture(size[0], size[1]).Image()
		low, high := m.Pix[0], m.Pix[0]
		for _, v := range m.Pix {
			low, high = min(low, v), max(high, v)
		}
		if low < 0 || high > 1 || size[0] > 1 && high-low < 0.5 {
			t.Errorf("%v: from %g to %g", size, low, high)
		}
	}
}
