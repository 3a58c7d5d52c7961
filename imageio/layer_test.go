package imageio

import "testing"

// A value keeps its meaning in the other range. With equal ranges, or another number of layers, nothing changes.
func TestRescaler(t *testing.T) {
	from, to := []Layer{{C: 1, High: 1}, {C: 2, Low: -2, High: 6}}, []Layer{{C: 1, High: 1}, {C: 2, Low: 0, High: 4}}
	row := [][]float32{{0.25}, {0.5}, {0}}
	NewRescaler(from, to).Apply(row)
	if row[0][0] != 0.25 || row[1][0] != 0.5 || row[2][0] != -0.5 { // values 2 and -2
		t.Errorf("%v", row)
	}
	NewRescaler(from, from).Apply(row)
	NewRescaler(from, to[:1]).Apply(row)
	if row[1][0] != 0.5 {
		t.Errorf("%v", row)
	}
}
