package engine

import (
	"testing"

	"igs/memory"
	"igs/vk"
)

// A typical graphics card, and the shapes of the recipes.
var card = vk.Info{Kind: vk.Discrete, MaxStorageRange: 1<<32 - 1, MaxAllocation: 1 << 32, MaxTexelElements: 1 << 27, LocalBytes: 16 << 30, MaxInvocations: 1024, SharedBytes: 48 << 10}

func shaped(w, h, splats, pairs int, recipe string, mode memory.Mode) memory.Request {
	s := memory.Shape{W: w, H: h, C: 3, Splats: splats, Depth: 8, Half: true}
	if recipe == "igs" {
		s.Pointwise, s.Frame, s.Rounds = true, true, true
	}
	return memory.Request{Shape: s, Mode: mode, Pairs: pairs}
}

// On a graphics card launches and barriers cost more than the work of a small dispatch.
func TestDispatchesOfAStep(t *testing.T) {
	for _, test := range []struct {
		name                string
		w, h, splats, pairs int
		mode                memory.Mode
		igs, paper          int   // most dispatches
		bytes               int64 // greatest size of the plan
	}{
		{"768 x 512", 768, 512, 5000, 100_000, memory.Stored, 11, 12, 64e6},
		{"2048 x 2048", 2048, 2048, 10_000, 500_000, memory.Stored, 20, 20, 320e6},
		{"8K stored", 7680, 4320, 30_000, 2_000_000, memory.Stored, 60, 60, 900e6},
		{"8K banded", 7680, 4320, 30_000, 2_000_000, memory.Banded, 200, 200, 183e6},
	} {
		for recipe, most := range map[string]int{"igs": test.igs, "paper": test.paper} {
			set := Platform{card, GPU}.Setup(10)
			plan, err := memory.Choose(shaped(test.w, test.h, test.splats, test.pairs, recipe, test.mode), set.Limits)
			if err != nil {
				t.Fatal(err)
			}
			count, err := Commands(plan, set)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s, %s: %d dispatches in %d bands, %d bytes", test.name, recipe, count.All(), len(plan.Bands()), plan.Bytes())
			if count.All() > most || count.Sequences != 1 || count.Copies != 0 {
				t.Errorf("%s, %s: %d dispatches, want at most %d, in %d submissions: %v", test.name, recipe, count.All(), most, count.Sequences, count)
			}
			if plan.Bytes() > test.bytes {
				t.Errorf("%s, %s: %d bytes, want at most %d", test.name, recipe, plan.Bytes(), test.bytes)
			}
		}
	}
}

// If the device also draws the screen, a submission has at most half a second of work.
func TestSubmissionsAreShortWhereTheScreenWaits(t *testing.T) {
	info := card
	info.Kind = vk.Integrated
	set := Platform{info, GPU}.Setup(10)
	for _, recipe := range []string{"igs", "paper"} {
		for _, mode := range []memory.Mode{memory.Stored, memory.Banded} {
			for _, size := range [][2]int{{768, 512}, {7680, 4320}, {300_000, 48}} {
				plan, err := memory.Choose(shaped(size[0], size[1], 5000, 500_000, recipe, mode), set.Limits)
				if err != nil {
					t.Fatal(err)
				}
				count, err := Commands(plan, set)
				if err != nil {
					t.Fatal(err)
				}
				least := div(size[0]*plan.Shape.TilesY()*memory.TileSize, max(submitPixels, size[0]*memory.TileSize))
				if count.Sequences < least || count.Sequences > 2*least {
					t.Errorf("%v, %s, %s: %d submissions, want at least %d", size, recipe, plan, count.Sequences, least)
				}
				for _, b := range plan.Bands() {
					if rows := b.DrawEnd - b.DrawBegin; rows > 1 && rows*memory.TileSize*size[0] > submitPixels {
						t.Errorf("%v, %s, %s: a band of %d tile rows", size, recipe, plan, rows)
					}
				}
			}
		}
	}
}

// An evaluation has parts of at most measuredPixels, on a processor too, whose steps are one submission.
func TestPartsOfAnEvaluationAreShort(t *testing.T) {
	info := card
	info.Kind = vk.CPU
	for _, recipe := range []string{"igs", "paper"} {
		for _, size := range [][2]int{{768, 512}, {3840, 2160}, {7680, 4320}, {30_000, 480}} {
			set := SetupFor(info, 10)
			plan, err := memory.Choose(shaped(size[0], size[1], 5000, 100_000, recipe, memory.Stored), set.Limits)
			if err != nil {
				t.Fatal(err)
			}
			count, err := commandsOf(plan, set, measuredPixels, (*Engine).recordMeasure)
			if err != nil {
				t.Fatal(err)
			}
			most := max(measuredPixels/(size[0]*memory.TileSize), 1) // tile rows
			if least := div(plan.Shape.TilesY(), most); count.Sequences != least {
				t.Errorf("%v, %s, bands of %d tile rows: %d parts of an evaluation, want %d", size, recipe, plan.BandRows, count.Sequences, least)
			}
		}
	}
}

// To save memory the loss takes smaller pieces first, before float16 and a ring of rows, which cost precision or time.
func TestLossIsThriftyFirst(t *testing.T) {
	set := Platform{card, GPU}.Setup(10)
	r := shaped(7680, 4320, 30_000, 2_000_000, "paper", memory.Stored)
	rungs := memory.Ladder(r, set.Limits)
	if rungs[1].String() != rungs[0].String() || rungs[0].Bytes()-rungs[1].Bytes() < 100<<20 {
		t.Errorf("%s of %d bytes, then %s of %d", rungs[0], rungs[0].Bytes(), rungs[1], rungs[1].Bytes())
	}
}
