package optim

import (
	"bytes"
	"context"
	"math"
	"reflect"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/golden"
	"igs/splat"
	"igs/splat/reference"
	"igs/splat/symbols"
	"igs/vk/vktest"
)

// ending is what a run leaves.
type ending struct {
	file    []byte
	model   *splat.Model
	rounded event.Rounded
	last    event.Evaluated
	state   *State
}

// ended continues a run from a state, or begins it, and returns its ending.
func ended(t *testing.T, run configs.Run, from *State) ending {
	t.Helper()
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	return endedOn(t, target, run, from)
}

// endedOn is ended for a picture.
func endedOn(t *testing.T, target *imageio.Image, run configs.Run, from *State) (e ending) {
	t.Helper()
	tr, err := NewFrom(vktest.OpenPlain(t), target.Samples(8), run, Start{State: from}, func(v event.Event) {
		switch v := v.(type) {
		case event.Rounded:
			e.rounded = v
		case event.Evaluated:
			e.last = v
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.OnCheckpoint(func(s *State) error { e.state = s; return nil })
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if e.model, err = tr.Model(); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := splat.Write(&file, e.model); err != nil {
		t.Fatal(err)
	}
	e.file = file.Bytes()
	return e
}

// Rounding costs at most what the run allows, and the log has the PSNR and the size of the file. Checkpoints keep the
// splats of the last step.
func TestRoundingForTheFile(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	run := shortRun()
	exact := ended(t, run, nil)
	run.Quantize.Loss = 0.2
	rounded := ended(t, run, nil)
	back, err := splat.Read(bytes.NewReader(rounded.file))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := renderModel(dev, back, target.W, target.H)
	if err != nil {
		t.Fatal(err)
	}
	if psnr := golden.PSNR(drawn, target); math.Abs(psnr-rounded.last.PSNR) > 1e-3 {
		t.Errorf("%.6f dB in the log, %.6f dB of the file", rounded.last.PSNR, psnr)
	}
	loss := exact.last.PSNR - rounded.last.PSNR
	if loss > 0.2 || loss < 0.1 || math.Abs(loss-rounded.rounded.Loss) > 1e-3 {
		t.Errorf("rounding costs %.4f dB and says %.4f", loss, rounded.rounded.Loss)
	}
	if n := int64(len(rounded.file)); n != rounded.last.Bytes || n != rounded.rounded.Bytes || 3*n > int64(len(exact.file)) {
		t.Errorf("a file of %d bytes, %d in the log; %d without rounding", n, rounded.last.Bytes, len(exact.file))
	}
	if r := rounded.rounded; r.Position <= 0 || r.Shape <= 0 || r.Angle <= 0 || r.Colour <= 0 || r.Position+r.Shape+r.Angle+r.Colour > float64(r.Bytes) {
		t.Errorf("kinds %+v", r)
	}
	if !reflect.DeepEqual(rounded.state.Splats, exact.model.Splats) {
		t.Error("the checkpoint has other splats than those of the last step")
	}
	if again := ended(t, run, rounded.state); !bytes.Equal(again.file, rounded.file) {
		t.Error("the last checkpoint gives another file")
	}
}

// A run that stops at a PSNR has this PSNR in the file.
func TestFileHasThePSNRThatStopped(t *testing.T) {
	run := shortRun()
	run.Quantize.Loss, run.Train.StopAtPSNR = 0.5, 15
	if e := ended(t, run, nil); e.last.Step == run.Steps || e.last.PSNR < 15 {
		t.Errorf("stopped at step %d with %.2f dB in the file", e.last.Step, e.last.PSNR)
	}
}

// Where no rounding is harmless enough, the file keeps float32.
func TestFileKeepsFloat32(t *testing.T) {
	run := shortRun()
	run.Quantize.Loss = 1e-9
	if e := ended(t, run, nil); e.model.Grid != (symbols.Grid{}) || !reflect.DeepEqual(e.state.Splats, e.model.Splats) {
		t.Errorf("the file has the steps %v", e.model.Grid)
	}
}
