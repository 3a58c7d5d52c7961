package igs

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"testing"

	"igs/vk"
	"igs/vk/vktest"
)

// TestMain skips the examples if there is no device, because an example cannot skip itself.
func TestMain(m *testing.M) {
	flag.Parse()
	if _, err := Devices(); errors.Is(err, ErrNoDevice) && os.Getenv(vktest.RequireGPU) != "1" {
		fmt.Fprintln(os.Stderr, "no Vulkan device: examples are skipped:", err)
		flag.Set("test.skip", "^Example")
	}
	dir, err := os.MkdirTemp("", "igs-proofs-*")
	if err != nil {
		panic(err)
	}
	proofsFolder = dir
	code := vktest.Run(m)
	os.RemoveAll(dir)
	os.Exit(code)
}

// proofsFolder keeps the proofs of the devices of all tests.
var proofsFolder string

// tested is the device that the tests share. It is the default device too, for the examples.
var tested *Device

// testDevice returns the shared device, which is closed after all tests. A test that does not free its device memory fails.
// It has no validation layer: the tests of optim, which compile the same kernels, and ownDevice have it.
func testDevice(t *testing.T) *Device {
	t.Helper()
	if opened := vktest.OpenPlain(t); tested == nil {
		tested = newDevice(opened, proofsFolder)
		shared.dev = tested
	}
	return tested
}

// ownDevice opens a device with the validation layer for one test, and closes it when the test ends. A message of the layer
// fails the test.
func ownDevice(t *testing.T, o vk.Options) *Device {
	t.Helper()
	d := newDevice(vktest.OpenWith(t, o), proofsFolder)
	t.Cleanup(d.Close)
	return d
}

// disc is a picture of a bright disc on a gradient.
func disc(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(200 * x / w), uint8(150 * y / h), 90, 255}
			if math.Hypot(float64(x-w/3), float64(y-h/2)) < float64(h)/4 {
				c = color.RGBA{250, 220, 40, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

// small returns options of a short training in which splats are added and moved.
func small(d *Device) Options { return Options{Device: d, Splats: 60, Steps: 40, EvaluateEvery: 10} }

// file encodes a model.
func file(t *testing.T, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// trained trains a model and encodes it.
func trained(t *testing.T, img image.Image, o Options) []byte {
	t.Helper()
	m, err := Train(context.Background(), img, o)
	if err != nil {
		t.Fatal(err)
	}
	return file(t, m)
}

// finished trains for the remaining steps and encodes the model.
func finished(t *testing.T, tr *Trainer) []byte {
	t.Helper()
	if err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	m, err := tr.Model()
	if err != nil {
		t.Fatal(err)
	}
	return file(t, m)
}
