package printer

import (
	"fmt"
	"io"

	"igs/internal/oneline"

	"igs/imageio"
	"igs/record"
	"igs/render"
	"igs/runlog"
)

// Evaluation is the comparison of a model with a picture.
type Evaluation struct {
	Model, Image string // their files
	Size         imageio.Size
	Splats       int
	Bytes        int64 // of the model file
	Scores       render.Scores
}

func (e Evaluation) bitsPerPixel() float64 {
	return 8 * float64(e.Bytes) / (float64(e.Size.W) * float64(e.Size.H))
}

// evaluation is the result of igs eval.
type evaluation struct {
	Model  string `json:"model"`
	Image  string `json:"image"`
	W      int    `json:"width"`
	H      int    `json:"height"`
	Splats int    `json:"num_gaussians"`
	record.ScoresJSON
	Bytes        int64                `json:"num_bytes"`
	BitsPerPixel float64              `json:"bits_per_pixel"`
	Layers       []record.LayerScores `json:"layers,omitempty"` // of a stack
}

func (evaluation) Name() string { return "evaluated" }

// Evaluation prints the scores of a model.
func (c *Console) Evaluation(e Evaluation) {
	c.Tell(evaluation{Model: e.Model, Image: e.Image, W: e.Size.W, H: e.Size.H, Splats: e.Splats, Bytes: e.Bytes,
		ScoresJSON: record.NewScoresJSON(e.Scores.Whole), Layers: e.Scores.Layers, BitsPerPixel: e.bitsPerPixel()})
	if c.tables() {
		e.write(c.out, c.outWidth())
	}
}

// write writes one score a line, and the scores of layers as a table.
func (e Evaluation) write(to io.Writer, columns int) {
	s := e.Scores.Whole
	fmt.Fprintf(to, "psnr     %s\nssim     %.6f\nms-ssim  %s\nflip     %s\n", runlog.Decibels(s.PSNR), s.SSIM, score(s.MSSSIM), score(s.FLIP))
	fmt.Fprintf(to, "size     %d bytes, %s\nrate     %.4f bits per pixel\n", e.Bytes, runlog.Bytes(e.Bytes), e.bitsPerPixel())
	if len(e.Scores.Layers) == 0 {
		return
	}
	fmt.Fprintln(to)
	t := table{header: []string{"layer", "PSNR", "SSIM", "MS-SSIM", "FLIP"}, left: []int{0, 1, 2, 3, 4}}
	for _, l := range e.Scores.Layers {
		t.add(append([]string{oneline.Text(l.Name)}, scoreCells(l.Scores)...)...)
	}
	t.write(to, columns)
}
