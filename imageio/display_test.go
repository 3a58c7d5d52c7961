package imageio

import (
	"math"
	"slices"
	"testing"
)

// Shown undoes gamma once: display rows do not change any more.
func TestShownUndoesGammaOnce(t *testing.T) {
	line := []float32{-0.5, 0, 0.25, 0.5, 1, 1.5}
	collect := func(r Rows) (got [][]float32) {
		err := r.Each(func(y int, row [][]float32) error {
			if y != len(got)/2 || len(row) != 2 {
				t.Fatalf("row %d of %d channels after %d lines", y, len(row), len(got))
			}
			got = append(got, slices.Clone(row[0]), slices.Clone(row[1]))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for _, gamma := range []float64{0.5, 1, 2.2} {
		rows := Rows{Gamma: gamma, Each: func(take func(y int, row [][]float32) error) error {
			for y := range 3 {
				if err := take(y, [][]float32{slices.Clone(line), slices.Clone(line)}); err != nil {
					return err
				}
			}
			return nil
		}}
		shown := rows.Shown()
		if shown.Gamma != 1 {
			t.Errorf("gamma %g: shown rows have gamma %g", gamma, shown.Gamma)
		}
		once, twice, again := collect(shown), collect(shown.Shown()), collect(shown)
		if len(once) != 6 {
			t.Fatalf("gamma %g: %d lines", gamma, len(once))
		}
		for i, got := range once {
			for x, v := range line {
				want := math.Pow(float64(min(max(v, 0), 1)), 1/gamma)
				if gamma == 1 { // display rows do not change
					want = float64(v)
				}
				if math.Abs(float64(got[x])-want) > 1e-6 {
					t.Errorf("gamma %g: %g became %g, want %g", gamma, v, got[x], want)
				}
			}
			if !slices.Equal(got, twice[i]) || !slices.Equal(got, again[i]) {
				t.Errorf("gamma %g: line %d shown twice is %v, once %v", gamma, i, twice[i], got)
			}
		}
	}
}
