package optim

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"igs/configs"
	"igs/event"

	"igs/splat"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// curious looks after every third step, and stops the run after the step end; 0 = it does not.
type curious struct {
	end, looks int
	wait       time.Duration
}

func (c *curious) Due(step int) bool { return step%3 == 0 || step == c.end }

func (c *curious) Look(_ context.Context, step int, model func() (*splat.Model, error)) (bool, error) {
	c.looks++
	time.Sleep(c.wait)
	m, err := model()
	if err == nil {
		err = m.Validate()
	}
	return step == c.end, err
}

// late wants a look from some question on, which may come at any place of the loop.
type late struct {
	curious
	asked int // since the last look
}

func (l *late) Due(int) bool { l.asked++; return l.asked > 1+3*l.looks%7 }

func (l *late) Look(ctx context.Context, step int, model func() (*splat.Model, error)) (bool, error) {
	l.asked = 0
	return l.curious.Look(ctx, step, model)
}

// watched trains a run under a watcher.
func watched(t *testing.T, w Watcher) (Result, finish) {
	t.Helper()
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	var f finish
	tr, err := New(vktest.OpenPlain(t), target.Samples(8), restless(), f.hear)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.editStep = spoil
	tr.Watch(w)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	result, err := tr.Run(ctx)
	if err != nil || ctx.Err() != nil {
		t.Fatalf("step %d: %v, %v", tr.Steps(), err, ctx.Err())
	}
	if f.splats, err = tr.Splats(); err != nil {
		t.Fatal(err)
	}
	return result, f
}

// A run has the same bits when somebody looks at it, and ends with an evaluation where the watcher stops it. The time that
// the watcher takes is not time of the run.
func TestWatcher(t *testing.T) {
	vktest.Long(t)
	_, alone := watched(t, nil)
	c := &curious{wait: 20 * time.Millisecond}
	began := time.Now()
	result, seen := watched(t, c)
	whole := time.Since(began)
	if c.looks < 5 || !reflect.DeepEqual(seen, alone) {
		t.Errorf("another run after %d looks", c.looks)
	}
	if most := whole - time.Duration(c.looks)*c.wait; result.Seconds > most.Seconds() {
		t.Errorf("the run took %.3f s, and at most %.3f s without its watcher", result.Seconds, most.Seconds())
	}
	l := &late{}
	if _, seen = watched(t, l); l.looks < 5 || !reflect.DeepEqual(seen, alone) {
		t.Errorf("another run after %d looks of a late watcher", l.looks)
	}
	end := seen.added[len(seen.added)/2].Step // where splats are added, which would not be trained any more
	result, seen = watched(t, &curious{end: end})
	if last := seen.added[len(seen.added)-1].Step; last >= end {
		t.Errorf("stopped after step %d with splats that came after step %d", end, last)
	}
	if result.Steps != end || result.Status != "done" || !result.StoppedEarly || !result.Evaluated {
		t.Errorf("stopped after step %d: %+v", end, result)
	}
}

// leaver cancels a run in its look.
type leaver struct{ cancel context.CancelFunc }

func (l *leaver) Due(step int) bool { return step == 10 && l.cancel != nil }

func (l *leaver) Look(ctx context.Context, _ int, _ func() (*splat.Model, error)) (bool, error) {
	l.cancel()
	l.cancel = nil
	return false, context.Cause(ctx)
}

// A run that is cancelled after an evaluation, in a look, does not repeat the evaluation. An evaluation that ends the free
// steps of training for few bits is shown.
func TestCancelledLook(t *testing.T) {
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Steps, run.Train.EvalEvery, run.Train.StopAtPSNR = 30, 5, 1
	run.Quantize = configs.Quantize{Enabled: true, Method: configs.QuantizeSettle, PosBits: 9, ScaleBits: 6, RotBits: 5, FeatBits: 5}
	var evaluated []int
	tr, err := New(vktest.OpenPlain(t), target.Samples(8), run, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
			evaluated = append(evaluated, e.Step)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	ctx, cancel := context.WithCancel(context.Background())
	tr.Watch(&leaver{cancel})
	if left, err := tr.Run(ctx); err != nil || left.Status != "interrupted" || left.Steps != 10 || !tr.Owes() {
		t.Fatalf("%+v, %v", left, err)
	}
	if _, err := tr.Run(context.Background()); err != nil || !slices.Equal(evaluated, []int{5, 10, 11}) {
		t.Errorf("evaluations of the steps %v, %v", evaluated, err)
	}
}
