package optim

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// sound checks that splats of the recipe igs are within their bounds.
func sound(t *testing.T, p *splat.Splats, n int, b engine.Bounds) {
	t.Helper()
	if p.N != n {
		t.Errorf("%d splats, want %d", p.N, n)
	}
	for _, plane := range [][]float32{p.XY, p.Rot} {
		for i, v := range plane {
			if v-v != 0 {
				t.Fatalf("a place or an angle is %g (%d)", v, i)
			}
		}
	}
	for i, v := range p.Scale {
		if !(float64(v) >= b.ScaleMin*(1-1e-5) && float64(v) <= b.ScaleMax*(1+1e-5)) {
			t.Fatalf("scale %g of splat %d, bounds %g and %g", v, i/2, b.ScaleMin, b.ScaleMax)
		}
		if ratio := float64(v / p.Scale[i^1]); ratio > b.Aspect*(1+1e-3) {
			t.Fatalf("aspect ratio %g of splat %d", ratio, i/2)
		}
	}
	for i, v := range p.Feat {
		if !(float64(v) >= -b.Margin-1e-6 && float64(v) <= 1+b.Margin+1e-6) {
			t.Fatalf("feature %g of splat %d", v, i/p.C)
		}
	}
}

func TestAnyNumberOfStepsTrains(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	psnr := map[int]float64{}
	for _, steps := range []int{1, 2, 3, 5, 20, 40} {
		run := igsRun(120, steps)
		p, rows, result := train(t, dev, run, nil)
		sound(t, p, 120, boundsOf(run, 30*23))
		if result.Status != "done" || result.Steps != steps || result.Splats != 120 || len(rows) != 1 {
			t.Errorf("%d steps: %+v, %d evaluations", steps, result, len(rows))
		}
		psnr[steps] = rows[0].PSNR
	}
	t.Logf("PSNR by steps: %v", psnr)
	if !(psnr[5] > psnr[1]+1.5 && psnr[40] > psnr[1]+3) {
		t.Errorf("PSNR by steps: %v", psnr)
	}
}

// With narrow bounds the parameters stay within them, and the picture still improves.
func TestNarrowBoundsAreKept(t *testing.T) {
	dev := vktest.OpenPlain(t)
	run := igsRun(120, 40)
	run.Bounds = configs.Bounds{ScaleMin: .012, ScaleMax: .5, Aspect: 1.5, Feat: .01}
	var first *splat.Splats
	p, _, _ := train(t, dev, run, func(tr *Trainer) { first, _ = tr.Splats() })
	b := boundsOf(run, 30*23)
	touched := [3]int{}
	for i, v := range p.Scale {
		if float64(v) > .5*(1-1e-5) {
			touched[0]++
		}
		if float64(v/p.Scale[i^1]) > 1.5*(1-1e-3) {
			touched[1]++
		}
	}
	for _, v := range p.Feat {
		if v < -.0099 || v > 1.0099 {
			touched[2]++
		}
	}
	if touched[0] == 0 || touched[1] == 0 || touched[2] == 0 {
		t.Errorf("%v splats at the bounds: they do not bind", touched)
	}
	sound(t, p, 120, b)
	if first.N != 72 {
		t.Errorf("begins with %d splats", first.N)
	}
}

func TestSameSeedSameBitsInRounds(t *testing.T) {
	vktest.Long(t)
	dev, plain := vktest.Open(t), vktest.OpenPlain(t) // with and without threads
	run := igsRun(120, 40)
	run.Train.EvalEvery = 10
	p, rows, _ := train(t, dev, run, nil)
	q, again, _ := train(t, plain, run, nil)
	if !reflect.DeepEqual(p, q) || !reflect.DeepEqual(rows, again) {
		t.Error("two runs of one seed differ")
	}
	run.Train.Seed++
	if r, _, _ := train(t, plain, run, nil); reflect.DeepEqual(p, r) {
		t.Error("another seed gives the same splats")
	}
}

// After an infinite gradient the step is skipped, the loss scale is halved, and the ages of the splats do not grow.
func TestOverflowInTheFrameSkipsTheStep(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 30, 23, 1, 3)
	run := igsRun(120, 16)
	spoiled := map[int]bool{5: true, 6: true, 14: true}
	var told []event.Rescaled
	tr, err := New(dev, picture.Samples(8), run, func(e event.Event) {
		if r, ok := e.(event.Rescaled); ok {
			told = append(told, r)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.editStep = func(step int, n *shaders.Step) {
		if spoiled[step] {
			n.L2 = float32(math.Inf(1))
		}
	}
	start := tr.scaler.scale
	var before engine.Snapshot
	good := 0
	for step := 1; step <= 16; step++ {
		if err := tr.Advance(context.Background(), step); err != nil {
			t.Fatal(err)
		}
		after, err := tr.engine.Save()
		if err != nil {
			t.Fatal(err)
		}
		if same := reflect.DeepEqual(before, after); same != spoiled[step] {
			t.Errorf("step %d: nothing changed: %v", step, same)
		}
		before = after
		if !spoiled[step] {
			good++
		}
		state, err := tr.State()
		if err != nil {
			t.Fatal(err)
		}
		for i, age := range state.ages {
			if int(age) != good {
				t.Fatalf("step %d: splat %d has age %g, want %d", step, i, age, good)
			}
		}
	}
	want := []event.Rescaled{{Step: 5, LossScale: start / 2, Skipped: true}, {Step: 6, LossScale: start / 4, Skipped: true}, {Step: 14, LossScale: start / 8, Skipped: true}}
	if !reflect.DeepEqual(told, want) {
		t.Errorf("told %+v, want %+v", told, want)
	}
}

// Rates that are NaN end the run with the model of the last good step. So do gradients that are infinite with every
// loss scale.
func TestDivergenceInTheFrameKeepsTheModel(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 30, 23, 1, 3)
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		spoil func(n *shaders.Step)
		amp   bool
		kept  func(p *splat.Splats) []float32 // the parameters that must not change
	}{
		"rate of places":           {func(n *shaders.Step) { n.RateXY = nan }, true, func(p *splat.Splats) []float32 { return p.XY }},
		"rate of scales":           {func(n *shaders.Step) { n.RateScale = nan }, true, func(p *splat.Splats) []float32 { return p.Scale }},
		"rate of angles":           {func(n *shaders.Step) { n.RateRot = nan }, true, func(p *splat.Splats) []float32 { return p.Rot }},
		"rate of features":         {func(n *shaders.Step) { n.RateFeat = nan }, true, func(p *splat.Splats) []float32 { return p.Feat }},
		"infinite rate of places":  {func(n *shaders.Step) { n.RateXY = float32(math.Inf(1)) }, true, func(p *splat.Splats) []float32 { return p.XY }},
		"infinite rate of angles":  {func(n *shaders.Step) { n.RateRot = float32(math.Inf(1)) }, true, func(p *splat.Splats) []float32 { return p.Rot }},
		"unscaled to infinity":     {func(n *shaders.Step) { n.Unscale = 1e30 }, true, func(p *splat.Splats) []float32 { return p.XY }},
		"loss, in float32":         {func(n *shaders.Step) { n.L2 = nan }, false, func(p *splat.Splats) []float32 { return p.Feat }},
		"loss, whatever its scale": {func(n *shaders.Step) { n.L2 = nan }, true, func(p *splat.Splats) []float32 { return p.Feat }},
	} {
		run := igsRun(120, 100)
		run.Memory.UseAMP = c.amp
		run.Progressive.Enabled, run.Relocate.Enabled = false, false
		tr, err := New(dev, picture.Samples(8), run, func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		if err := tr.Advance(context.Background(), 4); err != nil {
			t.Fatal(err)
		}
		good, err := tr.Splats()
		if err != nil {
			t.Fatal(err)
		}
		tr.editStep = func(step int, n *shaders.Step) {
			if step > 4 {
				c.spoil(n)
			}
		}
		_, err = tr.Run(context.Background())
		if fault.Code(err) != fault.Diverged || fault.Hint(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
		p, err := tr.Splats()
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(c.kept(p), c.kept(good)) {
			t.Errorf("%s: the model is not that of the last good step", name)
		}
		sound(t, p, 120, boundsOf(run, 30*23))
		tr.Close()
	}
}

// Splats that start beyond all numbers are the fault of where they start, not of the rates.
func TestDivergenceBeforeTheFirstUpdate(t *testing.T) {
	dev := vktest.OpenPlain(t)
	scene, picture := reference.RandomScene(11, 30, 23, 120, 3)
	for i := range scene.Feat {
		scene.Feat[i] = 3e38
	}
	for _, amp := range []bool{false, true} {
		run := igsRun(120, 100)
		run.Memory.UseAMP = amp
		run.Progressive.Enabled, run.Relocate.Enabled = false, false
		tr, err := NewFrom(dev, picture.Samples(8), run, Start{Splats: scene}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = tr.Run(context.Background())
		if fault.Code(err) != fault.Diverged || !strings.Contains(fault.Hint(err), "init.scale") || strings.Contains(fault.Hint(err), "train.lr") {
			t.Errorf("float16 %t: %v, hint %q", amp, err, fault.Hint(err))
		}
		tr.Close()
	}
}

// If a start model has fewer splats than the run, rounds add the others. Without rounds the others are seeded at the
// begin.
func TestRoundsGoOnFromFewerSplats(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 30, 23, 1, 3)
	for _, c := range []struct {
		n, steps    int
		progressive bool
		first       int
	}{{50, 20, true, 50}, {50, 20, false, 120}, {50, 2, true, 50}, {50, 1, true, 120}, {50, 1, false, 120}, {120, 20, true, 120}, {1, 20, true, 1}} {
		run := igsRun(120, c.steps)
		run.Progressive.Enabled, run.Init.AllowPartial = c.progressive, true
		brought, _ := reference.RandomScene(5, 30, 23, c.n, 3)
		var grown []int
		tr, err := NewFrom(dev, picture.Samples(8), run, Start{Splats: brought}, func(e event.Event) {
			if d, ok := e.(event.Densified); ok && d.Added > 0 {
				grown = append(grown, d.Splats)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if tr.engine.Splats() != c.first {
			t.Errorf("%+v: begins with %d", c, tr.engine.Splats())
		}
		result, err := tr.Run(context.Background())
		if err != nil || tr.engine.Splats() != 120 || result.Splats != 120 {
			t.Errorf("%+v: ends with %d splats, %v", c, tr.engine.Splats(), err)
		}
		if rounds := map[int]int{20: 3, 2: 1}[c.steps]; c.first < 120 && len(grown) != rounds {
			t.Errorf("%+v: grows to %v", c, grown)
		}
		tr.Close()
	}
}

// flat is a picture of one colour.
func flat(w, h, c int) *imageio.Image {
	m := imageio.New(w, h, c)
	for k := range c {
		for i := range m.Plane(k) {
			m.Plane(k)[i] = .4
		}
	}
	return m
}

// trial is a short run on a small picture that must succeed.
type trial struct {
	name    string
	picture *imageio.Image
	depth   int
	splats  int
	change  func(*configs.Run) // nil means no change
	gain    float64            // minimum gain over the first splats, dB; 0 means any
}

// tooBlurred is out of the range of its setting. The code behind the setting must not fail with it.
const tooBlurred = 100

func (c trial) run(t *testing.T, dev *vk.Device) {
	run := igsRun(c.splats, 20)
	if c.change != nil {
		c.change(&run)
	}
	var last event.Evaluated
	blur := run.Progressive.Blur
	run.Progressive.Blur = min(blur, 1.5)
	target := c.picture.Samples(c.depth)
	tr, err := New(dev, target, run, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
			last = e
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if g, ok := tr.densify.(*rounds); ok {
		g.run.Progressive.Blur = blur
	}
	first, err := tr.score()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	p, err := tr.Splats()
	if err != nil {
		t.Fatal(err)
	}
	sound(t, p, c.splats, boundsOf(run, target.Pixels()))
	if c.gain > 0 && !(last.PSNR >= first.PSNR+c.gain) || math.IsNaN(last.PSNR) || math.IsNaN(last.SSIM) {
		t.Errorf("%.2f dB, at first %.2f; SSIM %.3f", last.PSNR, first.PSNR, last.SSIM)
	}
	state, err := tr.State()
	if err != nil {
		t.Fatal(err)
	}
	data, err := state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := DecodeState(data); err != nil || !reflect.DeepEqual(back, state) {
		t.Errorf("the checkpoint of the end changes on its way through a file: %v", err)
	}
}

func TestEveryKindOfPictureTrains(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	_, scene := reference.RandomScene(11, 30, 23, 1, 3)
	for _, c := range []trial{
		{"gamma", scene, 8, 60, func(r *configs.Run) { r.Target.Gamma = 2.2 }, 3},
		{"16 bits, gamma", scene, 16, 60, func(r *configs.Run) { r.Target.Gamma = .5 }, 3},
		{"flat", flat(30, 23, 3), 8, 60, nil, 0},
		{"black", imageio.New(30, 23, 3), 8, 60, nil, 0},
		{"one pixel", flat(1, 1, 3), 8, 1, nil, 0},
		{"a column", flat(1, 40, 3), 8, 20, nil, 0},
		{"a row", flat(40, 1, 3), 8, 20, nil, 0},
		{"one splat", scene, 8, 1, nil, 1},
		{"a splat a pixel", scene, 8, 30 * 23, nil, 10},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, dev) })
	}
}

func TestStacksTrain(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	for channels, dev := range map[int]*vk.Device{1: plain, 4: checked, 9: checked} {
		_, scene := reference.RandomScene(11, 30, 23, 1, channels)
		t.Run(fmt.Sprint(channels), func(t *testing.T) { trial{"", scene, 8, 60, nil, 3}.run(t, dev) })
	}
}

func TestEveryWayToPlaceSplatsTrains(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	_, scene := reference.RandomScene(11, 30, 23, 1, 3)
	for _, c := range []trial{
		{"saliency", scene, 8, 60, func(r *configs.Run) { r.Init.Mode = "saliency" }, 3},
		{"random", scene, 8, 60, func(r *configs.Run) { r.Init.Mode = "random" }, 3},
		{"round", scene, 8, 60, func(r *configs.Run) { r.Init.Rule = "round" }, 3},
		{"not blurred", scene, 8, 60, func(r *configs.Run) { r.Progressive.Blur = 0 }, 3},
		{"much blurred", scene, 8, 60, func(r *configs.Run) { r.Progressive.Blur, r.Progressive.Power = tooBlurred, 0 }, 3},
		{"until the end", scene, 8, 60, func(r *configs.Run) { r.Progressive.Until, r.Relocate.Until = 1, 1 }, 1},
		{"all move in all rounds", scene, 8, 60, func(r *configs.Run) {
			r.Relocate = configs.Relocate{Enabled: true, Until: 1, Share: 1, Threshold: 1e6, Size: .5}
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, dev) })
	}
}

// balancedRun is a run of the recipe balanced: rounds, and a loss with windows.
func balancedRun(splats, steps int) configs.Run {
	j := configs.Default()
	j.Recipe = "balanced"
	if err := j.FillRecipe(); err != nil {
		panic(err)
	}
	run := igsRun(splats, steps)
	run.Settings = j.Settings
	run.Train.EvalEvery, run.Quantize.Loss = 10, 0
	return run
}

func TestBalancedTrainsAlikeStoredAndRecomputed(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 24, 140, 1, 3)
	for _, amp := range []bool{false, true} {
		run := balancedRun(100, 12)
		run.Memory.UseAMP = amp
		asked := request(40, 140, 3, 8, run)
		if asked.Shape.Pointwise || !asked.Shape.Rounds || !asked.Shape.Frame {
			t.Fatalf("shape %+v", asked.Shape)
		}
		want, result, _, err := outcomeOf(dev, picture.Samples(8), run, nil)
		if err != nil || result.Plan.Mode != memory.Stored || result.Plan.Shape.Half != amp {
			t.Fatalf("%s: %v", result.Plan, err)
		}
		sound(t, want, 100, boundsOf(run, 40*140))
		run.Memory.Recompute = true
		setup := setupOf(dev.Info(), run)
		setup.Limits.BandTiles, setup.Limits.BandRows = 1, 2
		got, result, _, err := outcomeOf(dev, picture.Samples(8), run, func(tr *Trainer) error {
			kept, err := tr.engine.Save()
			if err != nil {
				return err
			}
			tr.engine.Close()
			tr.setup = setup
			tr.setup.Bounds = boundsOf(run, 40*140)
			if err := tr.build(0, nil); err != nil {
				return err
			}
			return tr.engine.Restore(kept)
		})
		if err != nil || result.Plan.Mode != memory.Banded || result.Plan.BandRows != 2 || result.Plan.Shape.Half != amp {
			t.Fatalf("%s, %d tile rows a band: %v", result.Plan, result.Plan.BandRows, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: other splats than stored", result.Plan)
		}
	}
}

func TestAsManySplatsAsPixels(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, picture := reference.RandomScene(1, 8, 9, 1, 3)
	for n, want := range map[int]int{72: 0, 73: fault.BadInput} {
		tr, err := New(dev, picture.Samples(8), igsRun(n, 20), func(event.Event) {})
		if fault.Code(err) != want && err != nil || (err == nil) != (want == 0) {
			t.Errorf("%d splats on 72 pixels: %v", n, err)
		}
		if err != nil {
			continue
		}
		if _, err := tr.Run(context.Background()); err != nil {
			t.Error(err)
		}
		p, err := tr.Splats()
		if err != nil {
			t.Fatal(err)
		}
		sound(t, p, n, boundsOf(igsRun(n, 20), 72))
		tr.Close()
	}
}
