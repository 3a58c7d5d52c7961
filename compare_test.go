package igs

import (
	"context"
	"errors"
	"math"
	"testing"
)

func TestCompare(t *testing.T) {
	dev := testDevice(t)
	tr, err := NewTrainer(disc(64, 48), Options{Device: dev, Splats: 200, Steps: 60})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	on, err := tr.Evaluate()
	if err != nil {
		t.Fatal(err)
	}
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.Compare(context.Background(), disc(64, 48), dev)
	if err != nil || math.Abs(c.PSNR-on.PSNR) > 0.05 || math.Abs(c.SSIM-on.SSIM) > 1e-3 || !math.IsNaN(c.MSSSIM) || !(c.FLIP > 0 && c.FLIP < 0.2) {
		t.Errorf("%+v, the device measured %+v, %v", c, on, err)
	}
	large, err := m.Compare(context.Background(), disc(256, 192), dev)
	if err != nil || !(large.MSSSIM > 0.8) || large.PSNR > c.PSNR {
		t.Errorf("%+v, %v", large, err)
	}
	if _, err := m.Compare(context.Background(), deep(64, 48), dev); !errors.Is(err, ErrBadInput) {
		t.Errorf("a grey picture: %v", err)
	}
	if _, err := m.Compare(context.Background(), nil, dev); !errors.Is(err, ErrBadInput) {
		t.Errorf("no picture: %v", err)
	}
	if _, err := (&Model{}).Compare(context.Background(), disc(64, 48), dev); !errors.Is(err, ErrBadInput) {
		t.Errorf("no model: %v", err)
	}
}
