package optim

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/vk/vktest"
)

// roundsRun is a run that adds splats until step 12 and moves splats until step 18, with evaluations in all phases.
func roundsRun() configs.Run {
	run := igsRun(120, 40)
	run.Train.EvalEvery = 7
	return run
}

// A run in rounds gives the same bits with and without an interruption at any step: splats, moments, ages, scores,
// rounds and loss scales.
func TestResumingBetweenRoundsGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := roundsRun()
	var whole finish
	whole.sitting(t, dev, run, nil, 0)
	added, moved, lastAdded, lastMoved := 0, 0, 0, 0
	for _, d := range whole.added {
		if d.Added > 0 {
			added, lastAdded = added+1, d.Step
		}
		if d.Moved > 0 {
			moved, lastMoved = moved+1, d.Step
		}
	}
	if added < 3 || moved < 3 || lastAdded > 14 || lastMoved > 20 || lastMoved <= lastAdded || len(whole.scales) < 3 {
		t.Fatalf("the run is too quiet: %+v, %+v", whole.added, whole.scales)
	}
	// The first step, steps before and after rounds, evaluations and overflows.
	whole.sameWhenInterrupted(t, dev, run, 1, 7, 9, 14, 21)
}

// A run in float32 that is interrupted after every step gives the same bits too.
func TestResumingAtEveryStepInRoundsGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := roundsRun()
	run.Memory.UseAMP = false
	var whole, parts finish
	whole.sitting(t, dev, run, nil, 0)
	every := 4
	if os.Getenv("IGS_STRESS") != "" {
		every = 1
	}
	for at, state := 1, []byte(nil); at < run.Steps+every; at += every {
		state = parts.sitting(t, dev, run, state, at)
	}
	if !reflect.DeepEqual(parts, whole) {
		t.Errorf("interrupted every %d steps: %s", every, difference(parts, whole))
	}
}

// A run of recipe balanced for a model file of few bits gives the same bits after an interruption: it has windows,
// rounds and rounding.
func TestResumingBalancedWhileSettlingGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := vktest.OpenPlain(t)
	run := balancedRun(120, 40)
	run.Quantize = configs.Quantize{Enabled: true, Method: "settle", PosBits: 9, ScaleBits: 6, RotBits: 5, FeatBits: 5}
	var whole finish
	whole.sitting(t, dev, run, nil, 0)
	whole.sameWhenInterrupted(t, dev, run, 5, 13, 33, 37)
}

// The moments of Adam have another meaning in the frame of a splat, so neither recipe continues from a checkpoint of
// the other.
func TestStateOfAnotherRecipeIsRefused(t *testing.T) {
	dev := vktest.OpenPlain(t)
	igs := igsRun(120, 60)
	target, ofIGS := stateOf(t, dev, igs)
	_, ofPaper := stateOf(t, dev, shortRun())
	for name, c := range map[string]struct {
		run   configs.Run
		state *State
	}{"igs from paper": {igs, ofPaper}, "paper from igs": {shortRun(), ofIGS}} {
		data, err := c.state.Encode()
		if err != nil {
			t.Fatal(err)
		}
		state, err := DecodeState(data)
		if err != nil {
			t.Fatal(err)
		}
		_, err = NewFrom(dev, target, c.run, Start{State: state}, func(event.Event) {})
		if fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || !strings.Contains(err.Error(), "optimiser") || !strings.Contains(err.Error(), string(c.run.Train.Optimizer)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	tr, err := NewFrom(dev, target, igs, Start{State: ofIGS}, func(event.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	tr.Close()
}
