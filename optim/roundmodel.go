package optim

import (
	"math"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/splat"
	"igs/splat/symbols"
	"igs/vk"
)

// RoundModel changes a model to what a small file holds, with a PSNR against the picture of its training that is lower by
// at most loss dB. It tells the loss and the bytes of the file. The search is that at the end of a run.
func RoundModel(dev *vk.Device, target *imageio.Samples, m *splat.Model, loss float64) (done event.Rounded, err error) {
	if target.W != m.W || target.H != m.H || target.C != m.Splats.C {
		return done, fault.New(fault.BadInput, "give the picture that the model was trained on", "a picture of %d × %d px with %d channels, and a model of %d × %d px with %d",
			target.W, target.H, target.C, m.W, m.H, m.Splats.C)
	}
	if m.Splats.N == 0 {
		return done, fault.New(fault.BadInput, "convert it without a loss", "the model has no splats")
	}
	run := configs.Run{Name: "model", Gaussians: m.Splats.N, Steps: max(searchedSteps, 1), Settings: configs.Default().Settings}
	run.Train.TopK, run.Target.Gamma, run.Quantize.Loss = m.TopK, m.Gamma, loss
	t, err := NewFrom(dev, target, run, Start{Splats: m.Splats}, nil)
	if err != nil {
		return done, err
	}
	defer t.Close()
	exact := *m
	exact.Bits, exact.Grid = splat.Lossless, symbols.Grid{}
	found, err := t.findRounding(&exact, t)
	if err != nil {
		return done, err
	}
	if found == nil {
		return done, fault.New(fault.BadInput, "allow a larger loss, or --bits", "no rounding of the model keeps to a loss of %g dB", loss)
	}
	m.Splats, m.Bits, m.Grid = found.Splats, splat.Lossless, found.Symbols.Grid
	done.Bytes, err = splat.FileBytes(m)
	done.Loss = 10 * math.Log10(1+found.Added)
	return done, err
}
