package igs

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"igs/configs"
)

// Zero options give the job of the command without flags, with the values that the comments in options.go state.
func TestZeroOptionsAreTheDefaults(t *testing.T) {
	j, err := Options{}.job()
	if err != nil {
		t.Fatal(err)
	}
	r, err := run(j, 1<<20)
	if err != nil || !reflect.DeepEqual(r.Settings, configs.Default().Settings) {
		t.Errorf("other settings than those of the command: %+v, %v", r.Settings, err)
	}
	if r.Gaussians != 10_000 || r.Steps != 1000 || r.Train.Seed != 123 || r.Train.EvalEvery != 100 || !r.Memory.UseAMP || r.Memory.Recompute {
		t.Errorf("not what the comments say: %+v", r)
	}
	if j, err = (Options{Recipe: RecipePaper, Bits: Bits{Scale: 8}}).job(); err != nil {
		t.Fatal(err)
	}
	if r, err = run(j, 1<<20); err != nil || r.Steps != 5000 || r.Quantize.PosBits != 16 || r.Quantize.ScaleBits != 8 || r.Quantize.RotBits != 16 || r.Quantize.FeatBits != 16 {
		t.Errorf("not what the comments say: %+v, %v", r, err)
	}
	for r := RecipeIGS; int(r) < len(recipeNames); r++ {
		if _, err := (Options{Recipe: r}).job(); err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
}

// A checkpoint stores the settings of a job as text. The same job can be made from them.
func TestSettingsComeBack(t *testing.T) {
	for _, o := range []Options{{}, {Recipe: RecipePaper, Seed: math.MaxInt64, StopAtPSNR: 31.7, Precision: PrecisionFloat32}, {Splats: 7, Steps: 9, Bits: Bits{Color: 5}, MemoryBudget: 5 << 20, Recompute: true},
		{Goal: Goal{PSNR: 31, SSIM: 0.9, Bytes: 5000}}, {Splats: 100, Goal: Goal{BitsPerPixel: 0.25}}} {
		j, err := o.job()
		if err != nil {
			t.Fatal(err)
		}
		want, err := run(j, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Options{}.resumeJob(settings(j))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := run(back, 1<<20); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant %+v, %v", got, want, err)
		}
	}
}

// Every combination of options gives a plan or an error, never a panic.
func TestNoOptionsPanic(t *testing.T) {
	dev := testDevice(t)
	numbers := []int{math.MinInt, -1, 0, 1, 7, 1 << 24, math.MaxInt}
	sizes := []Size{{1, 1, 1, 8}, {1, 32768, 3, 16}, {32768, 1, 12, 8}, {32768, 32768, 3, 16}, {50, 40, 2, 8}, {math.MaxInt, math.MaxInt, 3, 8}, {math.MinInt, 1, 1, 8}}
	planned := 0
	for i, n := range numbers {
		for _, size := range sizes {
			for k := range 10 {
				o := Options{Device: dev, Splats: 1, Steps: 3000}
				switch k {
				case 0:
					o.Splats = n
				case 1:
					o.Steps = n
				case 2:
					o.Seed, o.MemoryBudget = int64(n), int64(n)
				case 3:
					o.Recipe, o.Precision = Recipe(n), Precision(i)
				case 4:
					o.EvaluateEvery = n
				case 5:
					o.StopAtPSNR = []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 200, 201, 1e-300}[i]
				case 6:
					o.Bits = Bits{n, n, n, n}
				case 7:
					o.Splats, o.Recompute = n, true
				case 8:
					o.From = &Model{}
				case 9:
					o.Splats, o.Goal = n, Goal{PSNR: []float64{math.NaN(), 0, -1, 30, 1e9, 5e-300, math.Inf(1)}[i], SSIM: float64(i) / 4, Bytes: int64(n)}
				}
				_, err := PlanFor(size, o)
				if err == nil {
					planned++
				} else if !errors.Is(err, ErrBadInput) && !errors.Is(err, ErrOutOfMemory) {
					t.Errorf("%v of %+v: %v", size, o, err)
				}
			}
		}
	}
	if planned < 50 {
		t.Errorf("%d plans", planned)
	}
}
