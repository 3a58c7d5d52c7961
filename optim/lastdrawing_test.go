package optim

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/splat/reference"
	"igs/splat/symbols"
	"igs/vk/vktest"
)

// The caller measures the splats at the end of a run from its own drawing, so the device does not measure them. A process
// that ends in that drawing has the checkpoint of the last step; the run that goes on draws again, and trains nothing.
func TestLastDrawing(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Steps, run.Quantize.Loss = 10, 0.01
	var evaluated []event.Evaluated
	var ended event.RunEnded
	var state *State
	trained := 0
	trainer := func(start Start) *Trainer {
		tr, err := NewFrom(dev, target.Samples(8), run, start, func(e event.Event) {
			switch e := e.(type) {
			case event.Stepped:
				trained++
			case event.Evaluated:
				evaluated = append(evaluated, e)
			case event.RunEnded:
				ended = e
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(tr.Close)
		tr.OnCheckpoint(func(s *State) error { state = s; return nil })
		return tr
	}
	drawings := 0
	measured := metric.Scores{PSNR: 12.5, SSIM: 0.25} // no evaluation has these
	draw := func(rows imageio.Rows) (metric.Scores, error) {
		drawings++
		n := 0
		err := rows.Each(func(int, [][]float32) error { n++; return nil })
		if err == nil && n != 23 {
			t.Errorf("%d rows", n)
		}
		return measured, err
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	first := trainer(Start{})
	first.OnLastDrawing(func(rows imageio.Rows) (metric.Scores, error) {
		if state == nil || state.Step != run.Steps {
			t.Error("no checkpoint of the last step before the drawing")
		}
		time.Sleep(20 * time.Millisecond) // as for a file
		cancel(errors.New("signal"))
		return draw(rows)
	})
	if result, err := first.Run(ctx); err != nil || result.Status != "interrupted" || len(evaluated) != 1 {
		t.Fatalf("%+v, %v, %d evaluations", result, err, len(evaluated))
	}
	if m, err := first.Model(); err != nil || m.Grid != (symbols.Grid{}) || !reflect.DeepEqual(m.Splats, state.Splats) {
		t.Errorf("the interrupted run leaves a model with the steps %+v, %v", m.Grid, err)
	}
	if first.outside < 20*time.Millisecond {
		t.Errorf("%v of the drawing are no time of the run", first.outside)
	}
	trained = 0
	second := trainer(Start{State: state})
	second.OnLastDrawing(draw)
	result, err := second.Run(context.Background())
	if err != nil || result.Status != "done" || result.Scores != measured || ended.Scores != measured || trained > 0 {
		t.Fatalf("%+v, %v, %+v, trained %d steps", result, err, ended, trained)
	}
	if last := evaluated[len(evaluated)-1]; len(evaluated) != 2 || last.Step != run.Steps || last.Scores != measured || last.Bytes == 0 || drawings != 2 {
		t.Errorf("%d evaluations, the last %+v; %d drawings", len(evaluated), last, drawings)
	}
	third := trainer(Start{State: state}) // the run ended, but its files are not written
	third.OnLastDrawing(draw)
	if result, err := third.Run(context.Background()); err != nil || result.Scores != measured || drawings != 2 || len(evaluated) != 2 {
		t.Errorf("%+v, %v, %d drawings, %d evaluations", result, err, drawings, len(evaluated))
	}
}

// An error of the last drawing ends the run.
func TestFailingLastDrawing(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	run.Steps = 2
	tr, err := New(dev, target.Samples(8), run, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	full := errors.New("disk full")
	tr.OnLastDrawing(func(imageio.Rows) (metric.Scores, error) { return metric.Scores{}, full })
	if result, err := tr.Run(context.Background()); !errors.Is(err, full) || result.Status != "failed" {
		t.Errorf("%+v, %v", result, err)
	}
}
