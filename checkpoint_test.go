package igs

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"math"
	"strings"
	"testing"

	"igs/vk/vktest"

	"igs/optim"
)

// half returns a checkpoint from the middle of a training, and the model at the end of that training.
func half(t *testing.T, o Options) (kept, want []byte) {
	t.Helper()
	tr, err := NewTrainer(disc(64, 48), o)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := tr.Step(context.Background(), 19); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tr.Checkpoint(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), finished(t, tr)
}

func TestResumeGivesTheSameBits(t *testing.T) {
	vktest.Long(t)
	dev := testDevice(t)
	balanced := Options{Device: dev, Recipe: RecipeBalanced, Splats: 70, Steps: 30, Seed: 5, Precision: PrecisionFloat32, Bits: Bits{Color: 8}}
	for _, o := range []Options{small(dev), balanced} {
		kept, want := half(t, o)
		for name, again := range map[string]Options{"the same": o, "none": {Device: dev}, "what may change": {Device: dev, Recompute: true, MemoryBudget: 100 << 20}} {
			tr, err := Resume(bytes.NewReader(kept), disc(64, 48), again)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if tr.Steps() != 19 || tr.Done() || math.IsNaN(tr.progress.PSNR) && o.EvaluateEvery > 0 {
				t.Errorf("%s: goes on from step %d with %+v", name, tr.Steps(), tr.progress)
			}
			if !bytes.Equal(finished(t, tr), want) {
				t.Errorf("%s: another model", name)
			}
			tr.Close()
		}
	}
}

// An older igs wrote fewer keys into checkpoints. The missing values come from the recipe.
func TestResumeOfFewerKeys(t *testing.T) {
	dev := testDevice(t)
	kept, want := half(t, Options{Device: dev, Recipe: RecipeBalanced, Splats: 60, Steps: 40})
	s, err := optim.DecodeState(kept)
	if err != nil {
		t.Fatal(err)
	}
	delete(s.Settings, "loss.ssim")
	data, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	tr, err := Resume(bytes.NewReader(data), disc(64, 48), Options{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if !bytes.Equal(finished(t, tr), want) {
		t.Error("another model")
	}
}

func TestResumeRefusesWhatDoesNotFit(t *testing.T) {
	dev := testDevice(t)
	kept, _ := half(t, small(dev))
	refused := func(says string, data []byte, o Options) {
		t.Helper()
		o.Device = dev
		_, err := Resume(bytes.NewReader(data), disc(64, 48), o)
		if is(t, err, ErrBadInput, says); err != nil && Hint(err) == "" {
			t.Errorf("%v: no hint", err)
		}
	}
	refused("Options.Steps: it asks for sweep.steps 50, and the checkpoint has 40", kept, Options{Steps: 50})
	refused("Options.Recipe", kept, Options{Recipe: RecipeBalanced})
	refused("Options.Precision", kept, Options{Precision: PrecisionFloat32})
	refused("Options.Bits.Color", kept, Options{Bits: Bits{Color: 8}})
	refused("Options.Seed", kept, Options{Seed: -1})
	refused("not a safetensors", []byte("something else"), Options{})
	damaged := bytes.Clone(kept)
	damaged[len(damaged)-3] ^= 1
	refused("damaged", damaged, Options{})
	changed := func(change func(s *optim.State)) []byte {
		s, err := optim.DecodeState(kept)
		if err != nil {
			t.Fatal(err)
		}
		change(s)
		data, err := s.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	refused("written by the command igs", changed(func(s *optim.State) { s.Settings = nil }), Options{})
	refused("train.topk", changed(func(s *optim.State) { s.Settings["train.topk"] = "0" }), Options{})
	refused("train.nothing", changed(func(s *optim.State) { s.Settings["train.nothing"] = "1" }), Options{})
	refused("of another picture", changed(func(s *optim.State) { s.Picture = "" }), Options{})
	other := disc(64, 48)
	other.SetRGBA(1, 1, color.RGBA{1, 2, 3, 255})
	if _, err := Resume(bytes.NewReader(kept), other, Options{Device: dev}); !errors.Is(err, ErrBadInput) || !strings.Contains(err.Error(), "another picture") {
		t.Errorf("another picture: %v", err)
	}
}
