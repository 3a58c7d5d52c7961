package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs"
	"igs/vk/vktest"
)

// The command and package igs write identical model files.
func TestSameModelAsTheLibrary(t *testing.T) {
	vktest.Long(t)
	dir := t.TempDir()
	command := inThisProcess(t)
	defer vktest.OneThread()()
	dev, err := igs.Open(igs.DeviceOptions{CacheDir: command.cache})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	colour, grey := filepath.Join(dir, "colour.png"), filepath.Join(dir, "grey.png")
	if err := writePicture(colour); err != nil {
		t.Fatal(err)
	}
	writeGrey(t, grey)
	for name, k := range map[string]struct {
		picture string
		flags   string
		options igs.Options
	}{
		"defaults": {colour, "", igs.Options{}},
		"floats":   {colour, "--seed 9 --amp=false --stop-at-psnr 12", igs.Options{Seed: 9, Precision: igs.PrecisionFloat32, StopAtPSNR: 12}},
		"balanced": {grey, "--recipe balanced --recompute --set quantize.enabled=true --set quantize.feat_bits=8", igs.Options{Recipe: igs.RecipeBalanced, Recompute: true, Bits: igs.Bits{Color: 8}}},
		"goal":     {colour, "--psnr 15", igs.Options{Goal: igs.Goal{PSNR: 15}}},
	} {
		k.options.Device, k.options.Steps, k.options.EvaluateEvery = dev, 20, 5
		if k.options.Goal == (igs.Goal{}) {
			k.options.Splats, k.flags = 60, "-n 60 "+k.flags
		}
		args := append([]string{"run", k.picture, "-o", dir, "--name", name}, strings.Fields("-s 20 --set train.eval_every=5 --set output.report=false -q "+k.flags)...)
		if code, text := command.call(args...); code != 0 {
			t.Fatalf("%s: exit code %d: %s", name, code, text)
		}
		models, _ := filepath.Glob(filepath.Join(dir, name, "*", "model.igsm"))
		if len(models) != 1 {
			t.Fatalf("%s: %d models", name, len(models))
		}
		want, err := os.ReadFile(models[0])
		if err != nil {
			t.Fatal(err)
		}
		picture, err := igs.ReadPicture(k.picture)
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		k.options.Progress = func(p igs.Progress) { last = p.Step }
		m, err := igs.Train(context.Background(), picture, k.options)
		var got bytes.Buffer
		if err == nil {
			err = m.Encode(&got)
		}
		if err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: another model file than that of the command, %v", name, err)
		}
		if k.options.StopAtPSNR > 0 && (last == 0 || last >= k.options.Steps) {
			t.Errorf("%s: ended at step %d of %d", name, last, k.options.Steps)
		}
	}
}

// writeGrey writes a picture of 16 bits.
func writeGrey(t *testing.T, path string) {
	t.Helper()
	grey := image.NewGray16(image.Rect(0, 0, 60, 44))
	for i := range grey.Pix {
		grey.Pix[i] = byte(i * i / 700)
	}
	f, err := os.Create(path)
	if err == nil {
		err = png.Encode(f, grey)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
