package optim

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// taken trains a run in pieces. The run has halved loss scales, additions and a plateau.
func taken(t *testing.T, pieces ...int) finish {
	t.Helper()
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	var f finish
	tr, err := New(vktest.OpenPlain(t), target.Samples(8), restless(), f.hear)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.editStep = spoil
	for i := 0; !tr.Done(); i++ {
		before, n := tr.Steps(), pieces[i%len(pieces)]
		if err := tr.Take(context.Background(), n); err != nil {
			t.Fatal(err)
		}
		if got := tr.Steps() - before; got != n && !tr.Done() {
			t.Fatalf("took %d steps instead of %d", got, n)
		}
	}
	if f.splats, err = tr.Splats(); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTakingStepsInPiecesGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	whole := taken(t, math.MaxInt)
	if len(whole.scales) == 0 || len(whole.added) == 0 {
		t.Fatal("nothing happened that pieces could disturb")
	}
	for _, pieces := range [][]int{{1}, {7}, {6, 1, 13, 2}} {
		if got := taken(t, pieces...); !reflect.DeepEqual(got, whole) {
			t.Errorf("pieces of %v: another run\n%+v\n%+v", pieces, got.scales, whole.scales)
		}
	}
}

func TestTakeNoStep(t *testing.T) {
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	tr, err := New(vktest.OpenPlain(t), target.Samples(8), shortRun(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range []error{tr.Take(context.Background(), 0), tr.Take(context.Background(), -1), tr.Take(ended, 5)} {
		if err != nil || tr.Steps() != 0 {
			t.Errorf("%d steps, %v", tr.Steps(), err)
		}
	}
}

// A zero or incomplete Run gives an error, from the trainer and from the plan.
func TestRunsOutOfRange(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	samples := target.Samples(8)
	changed := func(change func(*configs.Run)) configs.Run {
		run := shortRun()
		change(&run)
		return run
	}
	for says, run := range map[string]configs.Run{
		"sweep.steps is 0":                       {},
		"sweep.gaussians is 0":                   {Steps: 10},
		"recipe is \"\"":                         {Gaussians: 10, Steps: 10},
		"train.eval_every is 0":                  changed(func(r *configs.Run) { r.Train.EvalEvery = 0 }),
		"train.topk is 99":                       changed(func(r *configs.Run) { r.Train.TopK = 99 }),
		"input.gamma is 0":                       changed(func(r *configs.Run) { r.Target.Gamma = 0 }),
		"train.lr.xy is NaN":                     changed(func(r *configs.Run) { r.Train.LR.XY = math.NaN() }),
		"progressive.initial_ratio is -1":        changed(func(r *configs.Run) { r.Progressive.InitialRatio = -1 }),
		"memory.budget is less than 0":           changed(func(r *configs.Run) { r.Memory.Budget = -1 }),
		"video.every or video.max_width is less": changed(func(r *configs.Run) { r.Video.Enabled, r.Video.Every = true, 0 }),
		"train.checkpoint_every is less than 0":  changed(func(r *configs.Run) { r.Train.CheckpointEvery.Steps = -1 }),
	} {
		_, err := New(dev, samples, run, nil)
		_, _, planned := PlanFor(engine.PlatformOf(dev.Info()), 30, 23, 3, 8, run)
		for _, err := range []error{err, planned} {
			if err == nil || fault.Code(err) != fault.BadInput || !strings.Contains(err.Error(), says) {
				t.Errorf("%v, want %q", err, says)
			}
		}
	}
	if _, err := New(nil, samples, shortRun(), nil); fault.Code(err) != fault.BadInput {
		t.Errorf("no device: %v", err)
	}
	for _, none := range []*imageio.Samples{nil, {}} {
		if _, err := New(dev, none, shortRun(), nil); fault.Code(err) != fault.BadInput {
			t.Errorf("no picture: %v", err)
		}
	}
	if _, _, err := PlanFor(engine.PlatformOf(dev.Info()), 0, 61, 3, 8, shortRun()); fault.Code(err) != fault.BadInput {
		t.Errorf("a plan without pixels: %v", err)
	}
}
