package igs

import (
	"context"
	"image"
	"math"

	"igs/imageio"
	"igs/metric"
)

// Comparison holds the scores of a model against a picture, as the command igs eval measures them.
type Comparison struct {
	PSNR, SSIM float64
	MSSSIM     float64 // NaN if a side of the picture has 160 px or less
	FLIP       float64 // from 0 (identical) to 1; for a texture stack the mean over its pictures

	// For a picture with alpha all scores above are those of the picture over black and over white together. These are
	// the PSNR over each, or NaN for a picture without alpha.
	PSNROverBlack, PSNROverWhite float64
}

// Compare renders the model at the size of a picture and compares the two. The rendered samples are clamped to 0..1 but
// not rounded. The picture must have as many channels as the model. A nil dev means the default device.
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
		return Comparison{}, badInput("use a picture with the channels that the model was trained on", "the model has %d channels, the picture %d", channels, size.Channels)
	}
	if m.HasAlpha() != p.HasAlpha() {
		return Comparison{}, badInput("use the picture that the model was trained on", "of the model and the picture only one has alpha")
	}
	shown, target := imageio.NewComposites(m.model.Layers, size.W), imageio.NewComposites(p.samples.Layers, size.W)
	parts := []int{channels}
	if layers := target.Layers; len(layers) > 1 {
		parts = nil
		for _, l := range layers {
			parts = append(parts, l.C)
		}
	}
	scorer, same := metric.NewScorer(size.W, size.H, parts...), imageio.NewRescaler(m.model.Layers, p.samples.Layers)
	wanted := imageio.NewRow(channels, size.W)
	err = m.renderRows(ctx, RenderOptions{W: size.W, H: size.H, Device: dev}, func(y int, row [][]float32) error {
		for c := range wanted {
			p.samples.Row(c, y, wanted[c])
		}
		same.Apply(row) // converts floats to the value range of the picture, which may differ from that of the model
		scorer.Add(target.Row(wanted), shown.Row(row))
		return nil
	})
	if err != nil {
		return Comparison{}, err
	}
	found := scorer.Scores()
	c := Comparison{PSNR: found.PSNR, SSIM: found.SSIM, MSSSIM: orNaN(found.MSSSIM), FLIP: orNaN(found.FLIP), PSNROverBlack: math.NaN(), PSNROverWhite: math.NaN()}
	if target.Alpha() {
		c.PSNROverBlack, c.PSNROverWhite = scorer.Part(0).PSNR, scorer.Part(1).PSNR
	}
	return c, nil
}

// orNaN returns a score, or NaN if it was not measured.
func orNaN(score *float64) float64 {
	if score == nil {
		return math.NaN()
	}
	return *score
}
