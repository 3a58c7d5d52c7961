package igs

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"igs/internal/fault"
	"igs/optim"
	"igs/optim/selfcheck"
	"igs/vk"
	"igs/vk/vktest"
)

// is fails the test unless err has the given kind, no other kind, and a message that contains says.
func is(t *testing.T, err, kind error, says string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.HasPrefix(err.Error(), "igs: ") || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "igs: igs: ") {
		t.Errorf("got error %q, want one of kind %q that contains %q", err, kind, says)
	}
	for _, other := range []error{ErrBadInput, ErrNoDevice, ErrOutOfMemory, ErrDeviceLost, ErrDiverged} {
		if other != kind && errors.Is(err, other) {
			t.Errorf("%q has the kind %q too", err, other)
		}
	}
}

func TestOptionsOutOfRange(t *testing.T) {
	dev := testDevice(t)
	for says, o := range map[string]Options{
		"Options.Recipe":          {Recipe: 7},
		"Options.Splats":          {Splats: -1},
		"Options.Steps":           {Steps: -5},
		"Options.Seed":            {Seed: -1},
		"Options.Precision":       {Precision: 9},
		"Options.EvaluateEvery":   {EvaluateEvery: -2},
		"Options.StopAtPSNR":      {StopAtPSNR: math.NaN()},
		"Options.Goal.PSNR":       {Goal: Goal{PSNR: -1}},
		"Options.Goal.Bytes":      {Splats: 60, Goal: Goal{Bytes: 61}},
		"Options.MemoryBudget":    {MemoryBudget: 5},
		"Options.Bits.Position":   {Bits: Bits{Position: 3}},
		"Options.Bits.Color":      {Bits: Bits{Color: 40}},
		"100 steps are too few":   {Recipe: RecipePaper, Steps: 100},
		"10000 splats":            {},
		"empty Model":             {From: &Model{}},
		"that was never opened":   {Device: &Device{}},
		"splats for a picture of": {Splats: 3073},
	} {
		if o.Device == nil {
			o.Device = dev
		}
		if o.Splats == 0 && says != "10000 splats" {
			o.Splats = 60
		}
		_, err := NewTrainer(disc(64, 48), o)
		is(t, err, ErrBadInput, says)
		if o.From == nil {
			_, err = PlanFor(Size{64, 48, 3, 8}, o)
			is(t, err, ErrBadInput, says)
		}
	}
	if _, err := NewTrainer(disc(64, 48), Options{Device: dev, Recipe: 7, Splats: -1}); Hint(err) == "" || !strings.Contains(err.Error(), "Options.Splats") || !strings.Contains(err.Error(), "Options.Recipe") {
		t.Errorf("not all that is wrong is told: %v", err)
	}
}

func TestNothingToWorkOn(t *testing.T) {
	dev := testDevice(t)
	var none *Picture
	for _, img := range []image.Image{nil, none, (*image.RGBA)(nil), &Picture{}, image.NewRGBA(image.Rectangle{}), &image.RGBA{Rect: image.Rect(0, 0, 9, 9)}, image.Black} {
		_, err := Train(context.Background(), img, Options{Device: dev, Splats: 1})
		is(t, err, ErrBadInput, "")
		_, err = Resume(new(bytes.Buffer), img, Options{Device: dev})
		is(t, err, ErrBadInput, "")
	}
	_, err := ReadPicture(filepath.Join(t.TempDir(), "none.png"))
	if is(t, err, ErrBadInput, "none.png"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a picture that is not there cannot be told from a damaged one")
	}
	_, err = Load(filepath.Join(t.TempDir(), "none.igsm"))
	if is(t, err, ErrBadInput, "none.igsm"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a model that is not there cannot be told from a damaged one")
	}
	_, err = Decode(strings.NewReader("no model"))
	is(t, err, ErrBadInput, "model")
	for _, m := range []*Model{nil, {}} {
		_, err = m.Render(3, 3)
		is(t, err, ErrBadInput, "empty Model")
		is(t, m.Encode(io.Discard), ErrBadInput, "empty Model")
		is(t, m.Save(filepath.Join(t.TempDir(), "m")), ErrBadInput, "empty Model")
		if m.Splats() != 0 || m.Size() != (Size{}) || m.Parameters().Splats != 0 || m.String() != "empty model" {
			t.Error("an empty model has something")
		}
	}
	if p := (&Picture{}); p.Size() != (Size{}) || p.Notes() != nil || p.At(0, 0) == nil || !p.Bounds().Empty() {
		t.Error("an empty picture has something")
	}
	var tr Trainer
	tr.Close()
	is(t, tr.Run(context.Background()), ErrBadInput, "closed")
	_, err = tr.Evaluate()
	is(t, err, ErrBadInput, "closed")
	_, err = tr.Image()
	is(t, err, ErrBadInput, "closed")
	_, err = tr.Plan()
	is(t, err, ErrBadInput, "closed")
	is(t, tr.Checkpoint(io.Discard), ErrBadInput, "closed")
	(&Device{}).Close()
	(*Device)(nil).Close()
	if (&Device{}).Info().Missing == "" {
		t.Error("a device that was never opened lacks nothing")
	}
	_, err = PlanFor(Size{}, Options{Device: dev})
	is(t, err, ErrBadInput, "0 × 0 px")
	_, err = PlanFor(Size{64, 48, 3, 12}, Options{Device: dev, Splats: 10})
	is(t, err, ErrBadInput, "12 bits")
}

func TestNoDeviceOfThatName(t *testing.T) {
	testDevice(t) // skips without a device
	_, err := Open(DeviceOptions{Select: "no device is called so"})
	is(t, err, ErrBadInput, "no device is called so")
}

func TestNoDevice(t *testing.T) {
	for _, name := range []string{"VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"} {
		t.Setenv(name, filepath.Join(t.TempDir(), "none.json"))
	}
	_, err := Open(DeviceOptions{})
	is(t, err, ErrNoDevice, "Vulkan")
	if Hint(err) == "" {
		t.Error("no hint")
	}
	_, err = Devices()
	is(t, err, ErrNoDevice, "Vulkan")
}

// A device that computes wrong results cannot be used. A self-check that ran out of memory is repeated.
func TestDevicesThatFailTheSelfCheck(t *testing.T) {
	refuses := true
	dev := newDevice(testDevice(t).vk, "") // proves itself
	vktest.Refuse(t, func() bool { return refuses })
	_, err := NewTrainer(disc(64, 48), small(dev))
	is(t, err, ErrOutOfMemory, "")
	refuses = false
	tr, err := NewTrainer(disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	tr.Close()
	dev.proofs = wrong{}
	_, err = NewTrainer(disc(64, 48), small(dev))
	is(t, err, ErrNoDevice, "computes wrong")
}

// wrong are the proofs of a device that computes wrong.
type wrong struct{}

func (wrong) Require(*vk.Device, selfcheck.Subject) (selfcheck.CheckReport, error) {
	return selfcheck.CheckReport{}, errors.New("this device computes wrong")
}

func TestOutOfMemory(t *testing.T) {
	dev := testDevice(t)
	o := Options{Device: dev, Splats: 5000, MemoryBudget: 1 << 20}
	_, err := NewTrainer(disc(300, 200), o)
	is(t, err, ErrOutOfMemory, "")
	if Hint(err) == "" {
		t.Error("no hint")
	}
	plan, err := PlanFor(Size{300, 200, 3, 8}, o)
	is(t, err, ErrOutOfMemory, "")
	if plan.Bytes <= o.MemoryBudget || len(plan.Candidates) < 2 {
		t.Errorf("the plan that needs least: %d bytes, %d candidates", plan.Bytes, len(plan.Candidates))
	}
}

// A device may refuse memory although the plan fits. errors.As then still finds the error of the driver.
func TestDeviceRefusesMemory(t *testing.T) {
	dev := testDevice(t)
	m, err := Train(context.Background(), disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	vktest.Refuse(t, func() bool { return true })
	_, err = NewTrainer(disc(64, 48), small(dev))
	is(t, err, ErrOutOfMemory, "out of device memory")
	_, err = m.RenderImage(context.Background(), RenderOptions{Device: dev})
	is(t, err, ErrOutOfMemory, "out of device memory")
	if fault.Code(err) != fault.OutOfMemory {
		t.Error("the error below is lost")
	}
}

func TestDiverged(t *testing.T) {
	dev := testDevice(t)
	tr, err := NewTrainer(disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	var kept bytes.Buffer
	if err := tr.Checkpoint(&kept); err != nil {
		t.Fatal(err)
	}
	s, err := optim.DecodeState(kept.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Splats.Feat {
		s.Splats.Feat[i] = 3e38
	}
	spoilt, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	bad, err := Resume(bytes.NewReader(spoilt), disc(64, 48), Options{Device: dev})
	if err != nil {
		t.Fatal(err)
	}
	defer bad.Close()
	err = bad.Run(context.Background())
	is(t, err, ErrDiverged, "diverged at step")
	if again := bad.Step(context.Background(), 1); again != err {
		t.Errorf("a training that ended goes on: %v", again)
	}
	is(t, bad.Checkpoint(io.Discard), ErrDiverged, "")
	if m, err := bad.Model(); err != nil || m.Splats() == 0 {
		t.Errorf("what was learned is lost: %v", err)
	}
}

func TestDeviceLost(t *testing.T) {
	err := classify(&vk.DeviceLostError{Call: "vkQueueSubmit"})
	is(t, err, ErrDeviceLost, "vkQueueSubmit")
	var lost *vk.DeviceLostError
	if !errors.As(err, &lost) {
		t.Error("the error below is lost")
	}
}

// Errors of the caller's own code are returned unchanged.
func TestErrorsOfTheCaller(t *testing.T) {
	dev, own := testDevice(t), errors.New("own")
	tr, err := NewTrainer(disc(64, 48), small(dev))
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.RenderRows(context.Background(), RenderOptions{Device: dev}, func(int, [][]float32) error { return own }); err != own {
		t.Errorf("of take: %v", err)
	}
	if _, err := PictureFromRows(Size{4, 4, 1, 8}, func(int, [][]float32) error { return own }); err != own {
		t.Errorf("of row: %v", err)
	}
	for what, err := range map[string]error{"Encode": m.Encode(failing{own}), "Checkpoint": tr.Checkpoint(failing{own})} {
		if !errors.Is(err, own) || errors.Is(err, ErrBadInput) {
			t.Errorf("of the writer of %s: %v", what, err)
		}
	}
	if err := tr.Step(context.Background(), 1); err != nil {
		t.Errorf("a writer that failed ended the training: %v", err)
	}
	if _, err := Resume(iotest.ErrReader(own), disc(64, 48), small(dev)); !errors.Is(err, own) {
		t.Errorf("of the reader: %v", err)
	}
	over, cancel := context.WithCancel(context.Background())
	cancel()
	if err := m.RenderRows(over, RenderOptions{Device: dev}, func(int, [][]float32) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("of the context: %v", err)
	}
	is(t, tr.Step(context.Background(), -1), ErrBadInput, "-1 steps")
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
