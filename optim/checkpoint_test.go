package optim

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"igs/configs"
	"igs/event"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// Steps do not wait for a slow checkpoint beside them, but the next checkpoint does. The states are those that are written
// while steps wait, and the run waits for the last one.
func TestCheckpointsBesideSteps(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := restless()
	run.Steps, run.Train.CheckpointEvery = 20, configs.Cadence{Steps: 8}
	trained := func(beside bool) (states []*State) {
		tr, err := New(dev, target.Samples(8), run, func(event.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		var submitted, writing atomic.Int64
		tr.editStep = func(step int, _ *shaders.Step) { submitted.Store(int64(step)) }
		save := func(s *State) error {
			if writing.Add(1) > 1 {
				t.Error("two checkpoints are written at once")
			}
			defer writing.Add(-1)
			for began := time.Now(); beside && s.Step < run.Steps && submitted.Load() < int64(s.Step+4); time.Sleep(time.Millisecond) {
				if time.Since(began) > 10*time.Second {
					return errors.New("the steps wait for the checkpoint")
				}
			}
			s.Elapsed, s.Training, s.Drawing = 0, 0, 0
			s.Last.RenderTime, s.Last.TotalTime, s.Last.DeviceBytes = 0, 0, 0
			states = append(states, s)
			return nil
		}
		if tr.OnCheckpoint(save); beside {
			tr.OnCheckpointBeside(save)
		}
		if _, err := tr.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		return states
	}
	if want, got := trained(false), trained(true); len(got) != 3 || !reflect.DeepEqual(got, want) {
		t.Errorf("%d states, and other ones than of a run that waits", len(got))
	}
}

// An error of a checkpoint beside the steps ends the run before the next checkpoint, and nothing more is written.
func TestFailingCheckpointBesideSteps(t *testing.T) {
	tr := everyFive(t, nil)
	full, calls := errors.New("disk full"), 0
	tr.OnCheckpointBeside(func(*State) error { calls++; return full })
	if result, err := tr.Run(context.Background()); !errors.Is(err, full) || result.Steps > 10 || result.Status != "failed" || calls != 1 {
		t.Errorf("%+v, %v, %d calls", result, err, calls)
	}
	// The disk has space again: a run that is cancelled at once has a checkpoint of the step where it failed.
	at, wrote := tr.Steps(), 0
	full = nil
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	tr.OnCheckpoint(func(s *State) error { wrote = s.Step; return full })
	if result, err := tr.Run(gone); err != nil || result.Status != "interrupted" || wrote != at {
		t.Errorf("%+v, %v, a checkpoint of step %d", result, err, wrote)
	}
	full = errors.New("disk full again")
	if err := tr.Take(context.Background(), 5); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	full = nil // of the same function
	if err := tr.Take(context.Background(), 5); err != nil || wrote != tr.Steps() {
		t.Errorf("%v, a checkpoint of step %d", err, wrote)
	}
}

// A run goes on from a checkpoint that owes the work after its step. It is cancelled before the next step, and leaves a
// checkpoint that does not owe the work again.
func TestCheckpointOfTheWorkAfterAStep(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Steps, run.Train.EvalEvery = 10, 5
	var left *State
	var evaluated []int
	sit := func(from *State, cancelAt func(event.Event) bool) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		tr, err := NewFrom(dev, target.Samples(8), run, Start{State: from}, func(e event.Event) {
			if e, ok := e.(event.Evaluated); ok {
				evaluated = append(evaluated, e.Step)
			}
			if cancelAt(e) {
				cancel()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		tr.OnCheckpoint(func(s *State) error { left = s; return nil })
		tr.editStep = func(step int, _ *shaders.Step) {
			if from == nil && step == 5 {
				cancel()
			}
		}
		if _, err := tr.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sit(nil, func(event.Event) bool { return false })
	if left == nil || left.Step != 5 || left.Due != dueAll {
		t.Fatalf("%+v", left)
	}
	sit(left, func(e event.Event) bool { _, ok := e.(event.Evaluated); return ok })
	if left.Step != 5 || left.Last.Step != 5 || left.Due == dueAll {
		t.Errorf("a checkpoint of step %d with the evaluation of step %d; due is %d", left.Step, left.Last.Step, left.Due)
	}
	sit(left, func(event.Event) bool { return false })
	if !slices.Equal(evaluated, []int{5, 10}) {
		t.Errorf("evaluations of the steps %v", evaluated)
	}
}

// broken fails in its look after step 6. Then the checkpoint may fail too.
type broken struct {
	err  error
	then chan struct{}
}

func (b broken) Due(step int) bool { return step == 6 }

func (b broken) Look(context.Context, int, func() (*splat.Model, error)) (bool, error) {
	close(b.then)
	return false, b.err
}

// When a run fails, the error of the checkpoint beside it is a warning.
func TestRunAndCheckpointFail(t *testing.T) {
	var warnings []string
	tr := everyFive(t, func(e event.Event) {
		if e, ok := e.(event.Warned); ok {
			warnings = append(warnings, e.Text)
		}
	})
	look := broken{errors.New("broken"), make(chan struct{})}
	tr.Watch(look)
	tr.OnCheckpointBeside(func(*State) error { <-look.then; return errors.New("disk full") })
	if _, err := tr.Run(context.Background()); err != look.err || !slices.Equal(warnings, []string{"the last checkpoint was not written: disk full"}) {
		t.Errorf("%v; warnings %q", err, warnings)
	}
}
