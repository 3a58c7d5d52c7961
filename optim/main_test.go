package optim

import (
	"testing"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/optim/engine"
	"igs/splat"
	"igs/vk"
	"igs/vk/vktest"
)

func TestMain(m *testing.M) { vktest.Main(m) }

// New is a trainer at the beginning of a run.
func New(dev *vk.Device, target *imageio.Samples, run configs.Run, sink event.Sink) (*Trainer, error) {
	return NewFrom(dev, target, run, Start{}, sink)
}

// renderModel renders a model at w × h pixels for display.
func renderModel(dev *vk.Device, m *splat.Model, w, h int) (*imageio.Image, error) {
	picture := imageio.New(w, h, m.Splats.C)
	err := engine.RenderRows(dev, m, engine.RenderOptions{W: w, H: h}, func(y int, row [][]float32) error {
		for c, line := range row {
			copy(picture.Plane(c)[y*w:], line)
		}
		return nil
	})
	return picture, err
}
