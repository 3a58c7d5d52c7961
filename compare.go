package igs

import (
	"context"
	"image"

	"igs/imageio"
	"igs/metric"
)

// Comparison is how much a model shows of a picture, as the command igs eval measures it.
type Comparison struct {
	PSNR, SSIM float64
	MSSSIM     float64 // NaN when a side has 160 px or less
	FLIP       float64 // 0 for equal pictures, 1 at most; of a texture stack the mean of its pictures
}

// Compare draws the model at the size of a picture, on a device or with nil on the default one, and compares the two: clamped to black and
// white, not rounded. The picture must have as many channels as the model.
func (m *Model) Compare(ctx context.Context, img image.Image, dev *Device) (Comparison, error) {
	if err := m.valid(); err != nil {
		return Comparison{}, err
	}
	p, err := NewPicture(img)
	if err != nil {
		return Comparison{}, err
	}
	size, channels := p.Size(), m.Size().Channels
	if size.Channels != channels {
		return Comparison{}, badInput("compare it with a picture such as it was trained on", "the model has %d channels, the picture %d", channels, size.Channels)
	}
	parts := []int{channels}
	if layers := p.samples.Layers; len(layers) > 1 {
		parts = nil
		for _, l := range layers {
			parts = append(parts, l.C)
		}
	}
	scorer, same := metric.NewScorer(size.W, size.H, parts...), imageio.NewRescaler(m.model.Layers, p.samples.Layers)
	wanted := imageio.NewRow(channels, size.W)
	err = m.RenderRows(ctx, Drawing{W: size.W, H: size.H, Device: dev}, func(y int, row [][]float32) error {
		for c := range wanted {
			p.samples.Row(c, y, wanted[c])
		}
		same.Apply(row) // to the range of the picture, where floats have another one
		scorer.Add(wanted, row)
		return nil
	})
	if err != nil {
		return Comparison{}, err
	}
	found := scorer.Scores()
	return Comparison{PSNR: found.PSNR, SSIM: found.SSIM, MSSSIM: found.MSSSIM, FLIP: found.FLIP}, nil
}
