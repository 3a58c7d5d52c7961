package engine

import "testing"

func TestRowsOfWorkgroups(t *testing.T) {
	for _, c := range []struct {
		groups, most int
		want         [3]int
	}{
		{0, 65535, [3]int{0, 1, 1}},
		{1, 65535, [3]int{1, 1, 1}},
		{65535, 65535, [3]int{65535, 1, 1}},
		{65536, 65535, [3]int{32768, 2, 1}},
		{262144, 65535, [3]int{52429, 5, 1}}, // 2^24 splats, the most that a list can number
		{11, 5, [3]int{4, 3, 1}},
	} {
		if got := rows(c.groups, c.most); got != c.want {
			t.Errorf("%d workgroups, %d a row: %v, want %v", c.groups, c.most, got, c.want)
		}
	}
}
