package optim

import (
	"bytes"
	"context"
	"math"
	"reflect"
	"testing"

	"igs/configs"
	"igs/internal/golden"
	"igs/splat"
	"igs/splat/reference"
	"igs/splat/symbols"
	"igs/vk/vktest"
)

// The search for symbols makes a file smaller at the same loss, and better at the same size. It finds the same each time,
// and the file holds what it found.
func TestSearchForSymbols(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 48, 37, 1, 3)
	run := shortRun()
	run.Steps = 60 // slopes help where training has nearly ended
	tr, err := NewFrom(dev, target.Samples(8), run, Start{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	const added = .047 // 0.2 dB
	search := func(slopes bool, do func(*splat.Search) (*splat.Rounding, error)) (r *splat.Rounding, bytes int64) {
		s := &splat.Search{Model: m, Measure: tr.squaredError}
		if slopes {
			s.Slopes = tr.slopes
		}
		r, err := do(s)
		if err != nil || r == nil {
			t.Fatal(r, err)
		}
		coded := *m
		coded.Splats, coded.Grid = r.Splats, r.Symbols.Grid
		if bytes, err = splat.FileBytes(&coded); err != nil {
			t.Fatal(err)
		}
		again, err := splat.Quantise(&coded, coded.Grid)
		if err != nil {
			t.Fatal(err)
		}
		if again.Sort(); !reflect.DeepEqual(again, sorted(r.Symbols)) {
			t.Error("the file has other symbols than those that were found")
		}
		return r, bytes
	}
	find := func(s *splat.Search) (*splat.Rounding, error) { return s.Find(added) }
	plain, before := search(false, find)
	found, after := search(true, find)
	if found.Added > added || after > before*97/100 {
		t.Errorf("%d bytes at %.4f instead of %d bytes at %.4f", after, found.Added, before, plain.Added)
	}
	if again, _ := search(true, find); !reflect.DeepEqual(again, found) {
		t.Error("the second search found something else")
	}
	fit := func(s *splat.Search) (*splat.Rounding, error) { return s.Fit(after) }
	fitted, _ := search(false, fit)
	finer, size := search(true, fit)
	if size > after || finer.Added > .9*fitted.Added {
		t.Errorf("%d of %d bytes at %.4f instead of %.4f", size, after, finer.Added, fitted.Added)
	}
}

func sorted(s *symbols.Set) *symbols.Set {
	s = s.Clone()
	s.Sort()
	return s
}

// searchSymbolsFrom lets runs of so many steps search for symbols.
func searchSymbolsFrom(t *testing.T, steps int) {
	before := searchedSteps
	searchedSteps = steps
	t.Cleanup(func() { searchedSteps = before })
}

// A run that is long enough searches for symbols, in every way of training. The log has the PSNR of the file, and the last
// checkpoint gives the same file.
func TestRunSearchesForSymbols(t *testing.T) {
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	for name, change := range map[string]func(*configs.Run){
		"float32": func(r *configs.Run) { r.Memory.UseAMP = false },
		"gamma":   func(r *configs.Run) { r.Target.Gamma = 1.5 },
		"bands":   func(r *configs.Run) { r.Memory.Recompute = true },
		"strides": func(r *configs.Run) { r.Train.Strides = "2" },
	} {
		t.Run(name, func(t *testing.T) {
			run := igsRun(80, 30)
			run.Quantize.Loss = 0.2
			change(&run)
			searchSymbolsFrom(t, run.Steps)
			e := ended(t, run, nil)
			back, err := splat.Read(bytes.NewReader(e.file))
			if err != nil {
				t.Fatal(err)
			}
			drawn, err := renderModel(vktest.OpenPlain(t), back, target.W, target.H)
			if err != nil {
				t.Fatal(err)
			}
			if psnr := golden.PSNR(drawn, target); run.Target.Gamma == 1 && math.Abs(psnr-e.last.PSNR) > 1e-3 || e.rounded.Loss > 0.2 {
				t.Errorf("%.6f dB in the log, %.6f dB of the file, %.4f dB lost", e.last.PSNR, psnr, e.rounded.Loss)
			}
			if again := ended(t, run, e.state); !bytes.Equal(again.file, e.file) {
				t.Error("the last checkpoint gives another file")
			}
			searchedSteps++
			if plain := ended(t, run, e.state); len(e.file) > len(plain.file)*98/100 {
				t.Errorf("%d bytes, and %d without the search", len(e.file), len(plain.file))
			}
		})
	}
}

// The search for symbols begins with a checkpoint of the last step. A run that goes on from it has the same file and the
// same evaluation.
func TestSearchBeginsWithACheckpoint(t *testing.T) {
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := igsRun(40, 20)
	run.Quantize.Loss = 0.2
	searchSymbolsFrom(t, run.Steps)
	tr, err := NewFrom(vktest.OpenPlain(t), target.Samples(8), run, Start{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var saved []*State
	tr.OnCheckpoint(func(s *State) error { saved = append(saved, s); return nil })
	result, err := tr.Run(context.Background())
	tr.Close()
	if err != nil {
		t.Fatal(err)
	}
	if len(saved) != 2 || saved[0].Step != run.Steps || saved[0].Last.Step == run.Steps || saved[1].Last.Step != run.Steps {
		t.Fatalf("%d checkpoints", len(saved))
	}
	early, late := ended(t, run, saved[0]), ended(t, run, saved[1])
	if !bytes.Equal(early.file, late.file) || early.last.Step != run.Steps || early.last.PSNR != result.PSNR {
		t.Errorf("the files are equal: %v; %+v, %+v", bytes.Equal(early.file, late.file), early.last, result)
	}
}

// A cancelled run leaves the search at once, with the splats of its last step. Going on, in the same process or in
// another, gives the file of a run that nothing stopped. An early stop changes nothing in that.
func TestCancelledSearchGoesOn(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := igsRun(40, 20)
	run.Quantize.Loss = 0.2
	run.Train.EvalEvery, run.Train.StopAtPSNR = 5, 1
	searchSymbolsFrom(t, run.Steps)
	tr, err := NewFrom(dev, target.Samples(8), run, Start{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var last *State
	tr.OnCheckpoint(func(s *State) error { last = s; cancel(); return nil })
	left, err := tr.Run(ctx)
	if err != nil || left.Status != "interrupted" {
		t.Fatalf("%+v, %v", left, err)
	}
	tr.OnCheckpoint(func(*State) error { return nil })
	on, err := tr.Run(context.Background())
	tr.Close()
	if err != nil || on.Status != "done" {
		t.Fatalf("%+v, %v", on, err)
	}
	want, resumed := ended(t, run, nil), ended(t, run, last)
	if left.Steps != want.last.Step || on.PSNR != want.last.PSNR {
		t.Errorf("%+v, %+v; %+v", left, on, want.last)
	}
	if !bytes.Equal(resumed.file, want.file) || resumed.last.PSNR != want.last.PSNR {
		t.Errorf("resumed: the files are equal: %v; %+v, %+v", bytes.Equal(resumed.file, want.file), resumed.last, want.last)
	}
}
