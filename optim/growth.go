package optim

import (
	"math"

	"igs/configs"
	"igs/event"
	"igs/metric"
	"igs/splat"
)

// growth is the densify rule of a run whose number of splats follows from its goal. It begins with few splats and adds
// splats in the rounds of the recipe igs. Before it adds, it foresees the quality at the end of the run, and with it the
// number of splats that the goal needs. That number is found anew in each round, so its errors matter less and less.
// Beginning with few splats costs little: with 3 % of 4000 splats instead of 60 %, kodim20 has 0.14 dB less after 200 steps.
type growth struct {
	*rounds
	goal configs.Goal
	most int
	aim  int // number of splats that the goal needs, as far as it is known; 0 = not known
	learnt
}

// learnt is what a rule of growth has measured. Checkpoints store it.
type learnt struct {
	AByte  float64 `json:"splats_a_byte"` // splats for a byte of the file
	Priced bool    `json:"priced"`        // AByte is measured
	PSNR   float64 `json:"psnr"`          // how fast the quality rises, as a factor on what is foreseen
	SSIM   float64 `json:"ssim"`
	Step   int     `json:"step"` // the last step at which Ripe was measured; 0 = none
	Ripe   float64 `json:"ripe"` // log2 of the number of trained splats that would show the present quality
}

// What is foreseen. Qualities are in dB: PSNR, and -10 log10(1 - SSIM). Later steps add stillLeft dB, divided by
// steps^0.42 and multiplied by (1 - share of the steps)^1.7. Measured with kodim05 and kodim23, 1000 and 5000 splats, 100
// and 400 steps.
const (
	psnrPerDouble, psnrStillLeft = 2.6, 30. // for twice the splats; in later steps
	ssimPerDouble, ssimStillLeft = 1.6, 15.
)

// roundingPart is how much rounding costs in the smallest file of a quality, as a part of what twice the splats give. Finer
// steps then need as many bytes as more splats.
const roundingPart = 0.22

// sizeLoss is the rounding loss at which the bytes of a size are best spent, dB: with 4 KiB for 192 × 192 px of kodim05 and
// kodim20 the best of six numbers of splats had 0.9 and 1.4 dB, and 0.5 dB cost up to 0.1 dB of PSNR.
const sizeLoss = 0.8

// Until the share progressive.until of the steps, every round adds splats, at most as many as there are. Later there are
// few corrections, for runs that would miss the quality.
const (
	lastLater  = 0.85 // share of the steps after which nothing is added
	laterEvery = 0.05 // share of the steps between two corrections
	mostLater  = 0.3  // of the splats, in a correction
	pricedFrom = 0.2  // share of the steps after which the bytes of a splat are measured
)

func newGrowth(run configs.Run, pixels int) *growth {
	g := &growth{rounds: newRounds(run), goal: run.Goal, most: run.Gaussians, learnt: learnt{AByte: 1 / configs.BytesPerSplat, PSNR: 1, SSIM: 1}}
	g.first, g.until = firstForGoal(run, pixels, g.AByte), run.Progressive.Until
	return g
}

// firstForGoal is the number of splats at the begin of a run with a goal.
func firstForGoal(run configs.Run, pixels int, aByte float64) int {
	n := max(8, min(pixels/2000, 2000))
	if !run.Goal.HasQuality() {
		n = int(0.35 * aByte * float64(run.Goal.Bytes))
	}
	return min(max(1, n), run.Gaussians)
}

// Foreseen is a run with a fixed number of splats that takes about as long as a run with a goal. n is the expected number
// of splats; 0 means that it is not known.
func Foreseen(run configs.Run, pixels, n int) configs.Run {
	if !run.Free {
		return run
	}
	g := newGrowth(run, pixels)
	switch {
	case n > 0:
	case run.Goal.HasSize():
		n = int(g.AByte * float64(run.Goal.Bytes))
	default:
		n = run.Gaussians / 8
	}
	run.Free, run.Gaussians = false, min(max(n, g.first), run.Gaussians)
	run.Progressive.InitialRatio = float64(g.first) / float64(run.Gaussians)
	return run
}

func (g *growth) next(step, splats int) int {
	for at := multipleAfter(step, g.every); at < g.steps; at += g.every {
		if g.grows(at) && splats < g.most || g.moves(at) {
			return at
		}
	}
	return 0
}

// grows reports whether splats may be added after a step, which is a multiple of every.
func (g *growth) grows(step int) bool {
	share := g.share(step)
	if share <= g.until {
		return true
	}
	return g.goal.HasQuality() && share <= lastLater && math.Floor(share/laterEvery) > math.Floor(g.share(step-g.every)/laterEvery)
}

func (g *growth) apply(t *Trainer) error {
	before := t.engine.Splats()
	if !g.grows(t.step) || before >= g.most {
		return g.change(t, 0)
	}
	last := t.last
	if last.Step != t.step {
		if _, err := t.Evaluate(); err != nil {
			return err
		}
	}
	g.learn(last, t.last)
	if g.goal.HasSize() && !g.Priced && g.share(t.step) >= pricedFrom {
		if err := g.price(t); err != nil {
			return err
		}
	}
	g.aim = g.needed(t.step, before, t.last.Scores)
	return g.change(t, g.portion(t.step, before))
}

// needed is the number of splats that the goal needs, at least n.
func (g *growth) needed(step, n int, now metric.Scores) int {
	total := float64(g.most)
	if g.goal.HasSize() {
		total = min(total, g.AByte*float64(g.goal.Bytes))
	}
	if g.goal.HasQuality() {
		total = min(total, math.Exp2(g.Ripe+g.doublings(step, now)))
	}
	return max(n, int(math.Ceil(total)))
}

// doublings is how often the number of splats must double to reach the quality.
func (g *growth) doublings(step int, now metric.Scores) float64 {
	lack := func(goal, now, pace, perDouble, stillLeft float64) float64 {
		lack := goal - now - pace*g.later(stillLeft, step)
		return math.Round(100*lack)/100/(pace*perDouble) + roundingPart // no last bits, which may depend on the bands
	}
	most := math.Inf(-1)
	if g.goal.PSNR > 0 {
		most = lack(g.goal.PSNR, now.PSNR, g.PSNR, psnrPerDouble, psnrStillLeft)
	}
	if g.goal.SSIM > 0 {
		most = max(most, lack(unlike(g.goal.SSIM), unlike(now.SSIM), g.SSIM, ssimPerDouble, ssimStillLeft))
	}
	return most
}

// later is the quality that the steps after the given one are foreseen to add.
func (g *growth) later(stillLeft float64, step int) float64 {
	return stillLeft * math.Pow(float64(g.steps), -0.42) * math.Pow(1-g.share(step), 1.7)
}

// ripening is the part of the way to its quality that a new splat goes from one round to the next.
const ripening = 0.4

// learn compares the rise of the quality since the last round with what was foreseen. Pictures differ in it: twice the
// splats give a drawing more than a photograph, and noise less. last is the evaluation before, which may be another one.
func (g *growth) learn(last, now event.Evaluated) {
	splats := math.Log2(float64(now.Splats))
	if g.Step == 0 {
		g.Step, g.Ripe = now.Step, splats
		return
	}
	before, since := g.Ripe, g.Step
	g.Ripe += (splats - g.Ripe) * (1 - math.Pow(1-ripening, float64(now.Step-since)/float64(g.every)))
	if g.Step = now.Step; last.Step != since {
		return
	}
	doublings := g.Ripe - before
	update := func(pace *float64, rise, perDouble, stillLeft float64) {
		foreseen := perDouble*doublings + g.later(stillLeft, last.Step) - g.later(stillLeft, now.Step)
		if foreseen > leastRise {
			seen := min(max(rise/foreseen, slowest), fastest)
			*pace = math.Round(100*(*pace+seen)/2) / 100
		}
	}
	update(&g.PSNR, now.PSNR-last.PSNR, psnrPerDouble, psnrStillLeft)
	update(&g.SSIM, unlike(now.SSIM)-unlike(last.SSIM), ssimPerDouble, ssimStillLeft)
}

// leastRise is the rise below which chance counts for too much, dB.
const leastRise = 0.1

// slowest and fastest are the least and the largest factor that is learnt from two evaluations.
const slowest, fastest = 0.3, 3

// unlike is an SSIM in dB.
func unlike(ssim float64) float64 { return -10 * math.Log10(max(1-ssim, 1e-6)) }

// portion is how many splats a round adds to n.
func (g *growth) portion(step, n int) int {
	lack := min(g.aim, g.most) - n
	if g.share(step) > g.until {
		return min(lack, int(math.Ceil(mostLater*float64(n))))
	}
	left := int(g.until*float64(g.steps))/g.every - step/g.every + 1 // rounds, with this one
	return min(div(lack, left), n)
}

// price measures how many splats a byte of the file is for, at the precision at which bytes are well spent. The error at
// the end will be smaller, and rounding must keep to its share of that one.
func (g *growth) price(t *Trainer) error {
	kept, err := t.engine.Save()
	if err != nil {
		return err
	}
	m, err := t.Model()
	if err != nil {
		return err
	}
	search := splat.Search{Model: m, Measure: t.squaredError}
	n := float64(m.Splats.N)
	rise := g.PSNR * (g.later(psnrStillLeft, t.step) + psnrPerDouble*max(0, math.Log2(g.AByte*float64(g.goal.Bytes)/n)))
	found, err := search.Rough((math.Pow(10, sizeLoss/10) - 1) * math.Pow(10, -rise/10))
	if err == nil {
		err = t.engine.Restore(kept)
	}
	if err != nil || found == nil {
		return err
	}
	m.Grid = found.Symbols.Grid
	bytes, err := splat.FileBytes(m)
	g.AByte, g.Priced = n/float64(bytes), true
	return err
}

// growth is the rule of a run whose number of splats follows from its goal; nil for other runs.
func (t *Trainer) growth() *growth {
	g, _ := t.densify.(*growth)
	return g
}

// growing reports whether the run may still add splats.
func (t *Trainer) growing() bool {
	if g := t.growth(); g != nil && g.share(t.step) > g.until {
		return false // few corrections follow
	}
	return t.engine.Splats() < t.run.Gaussians
}

// expected is the number of splats that the run will have, as far as it is known.
func (t *Trainer) expected() int {
	if g := t.growth(); g != nil {
		return max(g.aim, t.engine.Splats())
	}
	return t.run.Gaussians
}
