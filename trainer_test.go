package igs

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"igs/vk/vktest"

	"igs/vk"
)

func TestSteppingGivesWhatTrainGives(t *testing.T) {
	dev := testDevice(t)
	whole := trained(t, disc(64, 48), small(dev))
	tr, err := NewTrainer(disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if tr.Steps() != 0 || tr.Done() || tr.Splats() != 36 {
		t.Errorf("a new trainer has done %d steps with %d splats, %v", tr.Steps(), tr.Splats(), tr.Done())
	}
	before, err := tr.Evaluate()
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; !tr.Done(); n += 3 {
		if err := tr.Step(context.Background(), n); err != nil {
			t.Fatal(err)
		}
	}
	after, err := tr.Evaluate()
	if err != nil || tr.Steps() != 40 || after.PSNR < before.PSNR+3 || after.Splats != 60 || after.Bytes == 0 {
		t.Errorf("after %d steps %+v, before %+v, %v", tr.Steps(), after, before, err)
	}
	if err := tr.Step(context.Background(), 1); err != nil || tr.Steps() != 40 {
		t.Errorf("a step behind the last: %v", err)
	}
	if !bytes.Equal(finished(t, tr), whole) {
		t.Error("steps in pieces give another model")
	}
	drawn, err := tr.Image()
	if err != nil {
		t.Fatal(err)
	}
	if p := psnr(drawn, disc(64, 48)); math.Abs(p-after.PSNR) > 0.1 {
		t.Errorf("Image shows %.2f dB, Evaluate measures %.2f", p, after.PSNR)
	}
}

// psnr compares two pictures of 8 bits per sample.
func psnr(a, b image.Image) float64 {
	var squares, n float64
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range []float64{float64(r) - float64(r2), float64(g) - float64(g2), float64(bl) - float64(b2)} {
				squares += d * d / 65535 / 65535
				n++
			}
		}
	}
	return -10 * math.Log10(squares/n)
}

func TestCancelledTrainingGoesOn(t *testing.T) {
	dev := testDevice(t)
	whole := trained(t, disc(64, 48), small(dev))
	ctx, cancel := context.WithCancel(context.Background())
	o := small(dev)
	o.Progress = func(Progress) { cancel() }
	tr, err := NewTrainer(disc(64, 48), o)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := tr.Run(ctx); !errors.Is(err, context.Canceled) || tr.Steps() == 0 || tr.Done() {
		t.Fatalf("%d steps, %v", tr.Steps(), err)
	}
	var kept bytes.Buffer
	if err := tr.Checkpoint(&kept); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(finished(t, tr), whole) {
		t.Error("the trainer that was interrupted gives another model")
	}
	again, err := Resume(&kept, disc(64, 48), Options{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !bytes.Equal(finished(t, again), whole) {
		t.Error("the trainer that was resumed gives another model")
	}
	if _, err := Train(ctx, disc(64, 48), small(dev)); !errors.Is(err, context.Canceled) {
		t.Errorf("Train with a context that is over: %v", err)
	}
}

func TestProgressTellsWhatIsKnown(t *testing.T) {
	var told []Progress
	o := small(testDevice(t))
	o.Progress = func(p Progress) { told = append(told, p) }
	trained(t, disc(64, 48), o)
	evaluated := 0
	for i, p := range told {
		if p.Steps != 40 || p.Step < 1 || p.Splats < 36 || !(p.Loss > 0) || i > 0 && p.Step < told[i-1].Step {
			t.Errorf("%+v", p)
		}
		if p.Evaluated {
			evaluated++
		}
		if known := !math.IsNaN(p.PSNR); known != (p.Step > 10 || p.Evaluated) && p.Step != 10 {
			t.Errorf("PSNR %v at step %d", p.PSNR, p.Step)
		}
	}
	if last := told[len(told)-1]; evaluated != 4 || last.Step != 40 || !last.Evaluated || last.PSNR < 15 || last.Splats != 60 {
		t.Errorf("%d evaluations, the last word is %+v", evaluated, last)
	}
}

func TestTrainersShareADevice(t *testing.T) {
	vktest.Long(t)
	dev := ownDevice(t, vk.Options{})
	other := small(dev)
	other.Recipe, other.Seed = RecipeBalanced, 7
	want := [][]byte{trained(t, disc(64, 48), small(dev)), trained(t, disc(80, 40), other)}
	m, err := Decode(bytes.NewReader(want[0]))
	if err != nil {
		t.Fatal(err)
	}
	var got [2][]byte
	var failed [2]error
	var all sync.WaitGroup
	for i, k := range []struct {
		img image.Image
		o   Options
	}{{disc(64, 48), small(dev)}, {disc(80, 40), other}} {
		k.o.Progress = func(p Progress) { // a callback may render a model
			if p.Step != 20 {
				return
			}
			if _, err := m.RenderImage(context.Background(), RenderOptions{W: 30, Device: dev}); err != nil {
				t.Error(err)
			}
		}
		all.Add(1)
		go func() {
			defer all.Done()
			found, err := Train(context.Background(), k.img, k.o)
			var b bytes.Buffer
			if err == nil {
				err = found.Encode(&b)
			}
			got[i], failed[i] = b.Bytes(), err
		}()
	}
	all.Wait()
	for i := range got {
		if failed[i] != nil || !bytes.Equal(got[i], want[i]) {
			t.Errorf("trainer %d beside another: another model, %v", i, failed[i])
		}
	}
	t.Run("Close", func(t *testing.T) { closesWhatIsLeft(t, dev) })
}

func TestTrainerTakesOneCallAtATime(t *testing.T) {
	var tr *Trainer
	var within, steps error
	o := small(testDevice(t))
	o.Progress = func(p Progress) {
		_, within = tr.Model()
		if tr.Steps() != p.Step || tr.Splats() != p.Splats {
			steps = errors.New("Steps and Splats are others than those of Progress")
		}
		tr.Close() // takes effect when the call returns
	}
	tr, err := NewTrainer(disc(64, 48), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Run(context.Background()); err != nil || steps != nil {
		t.Fatal(err, steps)
	}
	if !errors.Is(within, ErrBadInput) || !strings.Contains(within.Error(), "at work") {
		t.Errorf("a call from a callback: %v", within)
	}
	if _, err := tr.Model(); !errors.Is(err, ErrBadInput) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a call of a trainer that is closed: %v", err)
	}
	tr.Close()
}

func closesWhatIsLeft(t *testing.T, dev *Device) {
	tr, err := NewTrainer(disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	var over atomic.Bool
	var ended error
	var all sync.WaitGroup
	all.Add(1)
	go func() {
		defer all.Done()
		ended = m.RenderRows(context.Background(), RenderOptions{Device: dev}, func(y int, _ [][]float32) error {
			if y > 0 {
				return nil
			}
			close(started)
			for !dev.isClosed() {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(50 * time.Millisecond)
			over.Store(true)
			return nil
		})
	}()
	<-started
	dev.Close()
	if !over.Load() || tr.trainer != nil {
		t.Error("the device was closed before those who use it were done")
	}
	if all.Wait(); ended != nil {
		t.Errorf("drawing while the device was closed: %v", ended)
	}
	if err := tr.Step(context.Background(), 1); !errors.Is(err, ErrBadInput) {
		t.Errorf("a step on a device that is closed: %v", err)
	}
	if _, err := NewTrainer(disc(64, 48), small(dev)); !errors.Is(err, ErrBadInput) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a trainer on a device that is closed: %v", err)
	}
	tr.Close()
	dev.Close()
}

func TestFromGoesOnWithAModel(t *testing.T) {
	dev := testDevice(t)
	first, err := Train(context.Background(), disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	o := small(dev)
	o.From, o.Splats, o.Steps = first, 0, 10
	tr, err := NewTrainer(disc(128, 96), o) // a picture of another size
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if s, err := tr.Evaluate(); err != nil || s.PSNR < 18 || s.Splats != 60 {
		t.Errorf("begins with %+v, %v", s, err)
	}
	o.Splats = 90
	if m, err := Train(context.Background(), disc(64, 48), o); err != nil || m.Splats() != 90 {
		t.Errorf("%v, %v", m, err)
	}
	o.Splats = 50
	if _, err := NewTrainer(disc(64, 48), o); !errors.Is(err, ErrBadInput) {
		t.Errorf("fewer splats than those of the model: %v", err)
	}
}

func write(t *testing.T, path string, img image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
