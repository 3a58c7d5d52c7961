package optim

import (
	"context"
	"math"
	"reflect"
	"testing"

	"igs/event"
	"igs/imageio"
	"igs/metric"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// hugeFrom makes pictures huge from a number of pixels on. A lattice has at least `looked` of them.
func hugeFrom(t *testing.T, pixels, looked int) {
	t.Helper()
	before := huge
	huge.pixels, huge.looked = pixels, looked
	t.Cleanup(func() { huge = before })
}

func TestLatticeOf(t *testing.T) {
	run := igsRun(20, 6)
	for pixels, want := range map[int]int{metric.Huge - 1: 1, metric.Huge: 8, 1 << 30: 16, 1 << 33: 16} {
		if got := LatticeOf(run, pixels); got != want {
			t.Errorf("%d pixels: every %d", pixels, got)
		}
	}
	run.Goal.PSNR = 30
	if got := LatticeOf(run, 1<<30); got != 1 {
		t.Errorf("with a goal: every %d", got)
	}
}

// latticePSNR is, on the lattice of a trainer, the PSNR of the present splats, from a drawing of every pixel.
func latticePSNR(t *testing.T, tr *Trainer) float64 {
	t.Helper()
	at, squared, n := tr.latticeOffset(), 0., 0
	line := make([]float32, tr.target.W)
	err := tr.Rows().Shown().Each(func(y int, row [][]float32) error {
		for c := range row {
			imageio.Show(tr.target.Row(c, y, line), tr.run.Target.Gamma)
			for x := at.X; x < len(line) && (y-at.Y)%tr.lattice == 0; x += tr.lattice {
				squared += math.Pow(float64(row[c][x]-line[x]), 2)
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return -10 * math.Log10(squared/float64(n))
}

// A huge picture is evaluated at some pixels, and the rounding of its file is searched for there. SSIM is not measured, also
// when the run goes on from a checkpoint. The steps do not change.
func TestHugePicture(t *testing.T) {
	dev, plain := vktest.Open(t), vktest.OpenPlain(t)
	_, picture := reference.RandomScene(11, 83, 61, 1, 3)
	target := picture.Samples(8)
	run := igsRun(60, 6)
	run.Train.EvalEvery, run.Target.Gamma = 2, 0.5
	exact, _, _, err := outcomeOf(plain, target, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	hugeFrom(t, 80*60, 300)
	run.Quantize.Loss = 0.2
	var last event.Evaluated
	var rounded event.Rounded
	noted := 0
	tr, err := New(dev, target, run, func(e event.Event) {
		switch e := e.(type) {
		case event.Evaluated:
			last = e
		case event.Rounded:
			rounded = e
		case event.Noted:
			noted++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	var state *State
	tr.OnCheckpoint(func(s *State) error { state = s; return nil })
	if _, err := tr.Run(context.Background()); err != nil || tr.lattice != 4 || noted != 1 {
		t.Fatalf("%v, every %d, %d notes", err, tr.lattice, noted)
	}
	if want := latticePSNR(t, tr); math.Abs(last.PSNR-want) > 1e-3 || !math.IsNaN(last.SSIM) {
		t.Errorf("%.5f dB, SSIM %v; at the same pixels of the whole drawing %.5f dB", last.PSNR, last.SSIM, want)
	}
	if rounded.Loss < 0.1 || rounded.Loss > 0.2 {
		t.Errorf("rounding costs %.4f dB", rounded.Loss)
	}
	if !reflect.DeepEqual(state.Splats, exact) {
		t.Error("the last step has other splats than those of a picture that is not huge")
	}
	data, err := state.Encode()
	if err == nil {
		state, err = DecodeState(data)
	}
	if err != nil || !math.IsNaN(state.Last.SSIM) || state.Last.PSNR == 0 {
		t.Errorf("the checkpoint has %+v, %v", state, err)
	}
}
