package optim

import (
	"fmt"
	"math"
	"testing"

	"igs/configs"
	"igs/shaders"
)

// igsRun is a run of the default recipe with one evaluation, at its end.
func igsRun(splats, steps int) configs.Run {
	run := configs.Run{Name: "test", Image: "test.png", Gaussians: splats, Steps: steps, Settings: configs.Default().Settings}
	run.Train.EvalEvery = max(steps, 1)
	run.Quantize.Loss = 0 // the splats at the end are those of the last step
	return run
}

// walked returns the steps after which a run has rounds.
func walked(t *testing.T, g *rounds, steps int) []int {
	t.Helper()
	var found []int
	splats, at := g.start(), 0
	for {
		at = g.next(at, splats)
		if at == 0 || at >= steps {
			if at > steps {
				t.Errorf("a round at step %d of %d", at, steps)
			}
			break
		}
		if after := g.wanted(at); after > splats {
			splats = after
		} else if !g.moves(at) {
			t.Errorf("nothing is due at step %d of %d, where a round is", at, steps)
		}
		found = append(found, at)
	}
	if splats != g.total {
		t.Errorf("%d splats after %d steps, want %d", splats, steps, g.total)
	}
	return found
}

func TestRoundsComeWhenTheyAreDue(t *testing.T) {
	for _, steps := range []int{1, 2, 3, 10, 30, 100, 1000, 5000} {
		for _, n := range []int{1, 2, 120, 5000} {
			for _, change := range []struct {
				name         string
				grows, moves bool
			}{{"grow and move", true, true}, {"move", false, true}, {"grow", true, false}, {"neither", false, false}} {
				t.Run(fmt.Sprintf("%d steps, %d splats, %s", steps, n, change.name), func(t *testing.T) {
					run := igsRun(n, steps)
					run.Progressive.Enabled, run.Relocate.Enabled = change.grows, change.moves
					g := newRounds(run)
					every := max(1, int(math.Round(.4*math.Sqrt(float64(steps)))))
					if change.grows && steps > 1 {
						if want := int(math.Ceil(.6 * float64(n))); g.start() != want {
							t.Errorf("begins with %d splats, want %d", g.start(), want)
						}
					} else if g.start() != n {
						t.Errorf("begins with %d splats, want all %d", g.start(), n)
					}
					last := max(.45, 1-4/math.Sqrt(float64(steps)))
					before := g.start()
					for step := 1; step < steps; step++ {
						now := g.wanted(step)
						if now < before || now > n {
							t.Fatalf("step %d: %d splats are wanted after %d", step, now, before)
						}
						if share := float64(step) / float64(steps); share >= .3 && now != n || share < .29 && n == 5000 && steps >= 30 && change.grows && now == n {
							t.Errorf("%d of %d splats are wanted at step %d", now, n, step)
						}
						before = now
						share := float64(step-1) / float64(steps)
						want := change.moves && share >= .02 && share <= last && (share <= .6 || step/every%2 == 0)
						if g.moves(step) != want {
							t.Errorf("step %d: moves %v, want %v", step, !want, want)
						}
					}
					found := walked(t, g, steps)
					for _, at := range found {
						if at%every != 0 {
							t.Errorf("a round at step %d, rounds come every %d", at, every)
						}
					}
					if !change.grows && !change.moves && len(found) > 0 {
						t.Errorf("rounds at %v", found)
					}
					if len(found) == 0 && change.moves && steps > 2 {
						t.Error("no round")
					}
				})
			}
		}
	}
}

// For all settings, all splats are added before the last step.
func TestRoundsBringAllSplats(t *testing.T) {
	for _, until := range []float64{.001, .3, .9, .99, 1} {
		for _, steps := range []int{1, 2, 3, 7, 30, 100, 1000} {
			for _, every := range []int{0, 1, 2, 7, 29, 30, 31, 2000} {
				run := igsRun(500, steps)
				run.Progressive.Until, run.Progressive.Every = until, every
				for _, last := range []float64{0, 1} {
					run.Relocate.Until = last
					walked(t, newRounds(run), steps)
				}
			}
		}
	}
}

// The values are those of the table in docs/recipe.md.
func TestNumbersOfSteps(t *testing.T) {
	for _, c := range []struct {
		steps        int
		beta1, beta2 float64
		every        int
		until        float64
	}{{30, .60, .80, 2, .45}, {100, .78, .85, 4, .60}, {1000, .93, .953, 13, .87}} {
		run := igsRun(100, c.steps)
		a := adamOf(run, 1)
		if math.Abs(a.beta1-c.beta1) > .005 || math.Abs(a.beta2-c.beta2) > .0005 {
			t.Errorf("%d steps: memories %.4f and %.4f, want %.2f and %.3f", c.steps, a.beta1, a.beta2, c.beta1, c.beta2)
		}
		if every := roundsEvery(run); every != c.every {
			t.Errorf("%d steps: a round every %d, want %d", c.steps, every, c.every)
		}
		if until := relocateUntil(run); math.Abs(until-c.until) > .005 {
			t.Errorf("%d steps: splats move until %.3f, want %.2f", c.steps, until, c.until)
		}
		var first shaders.Step
		a.fill(&first, 1, c.steps, 1, 1, 1)
		if first.RateXY != .4 || first.RateScale != .15 || first.RateRot != .1 || first.RateFeat != .11 {
			t.Errorf("%d steps: rates %v", c.steps, first)
		}
		for step := 1; step <= c.steps; step++ {
			var s shaders.Step
			a.fill(&s, step, c.steps, step, 64, 300)
			fall := math.Sqrt(1 - float64(step-1)/float64(c.steps))
			for _, pair := range [][2]float32{{s.RateXY, first.RateXY}, {s.RateScale, first.RateScale}, {s.RateRot, first.RateRot}, {s.RateFeat, first.RateFeat}} {
				if pair[0] == 0 || math.Abs(float64(pair[0]/pair[1])-fall) > 1e-6 {
					t.Fatalf("%d steps: rate %g at step %d, want %g of %g", c.steps, pair[0], step, fall, pair[1])
				}
			}
			if s.Unscale != 300./64 {
				t.Fatalf("unscale %g", s.Unscale)
			}
		}
	}
	// The unit of the rate of features is the contrast of the picture, which has a minimum for flat pictures.
	if a, b := adamOf(igsRun(100, 30), .1), adamOf(igsRun(100, 30), 0); math.Abs(a.rates.Feat-.011) > 1e-9 || b.rates.Feat <= 0 || b.rates.Feat > .001 {
		t.Errorf("rates of features %g and %g", a.rates.Feat, b.rates.Feat)
	}
}
