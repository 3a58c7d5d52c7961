package printer

import (
	"bytes"
	"math"

	"igs/record"
	"igs/report"
)

// compared is a row of igs compare. A number that a run does not have is left out; null is a PSNR of infinity.
type compared struct {
	Session      string         `json:"session,omitempty"`
	Run          string         `json:"run"`
	Image        string         `json:"image"`
	Picture      string         `json:"sha256,omitempty"`
	W            int            `json:"width,omitempty"`
	H            int            `json:"height,omitempty"`
	Status       string         `json:"status"`
	Splats       int            `json:"num_gaussians"`
	Steps        int            `json:"steps"`
	PSNR         *record.Number `json:"psnr,omitempty"`
	SSIM         *record.Number `json:"ssim,omitempty"`
	Bytes        *int64         `json:"num_bytes,omitempty"`
	BitsPerPixel *record.Number `json:"bits_per_pixel,omitempty"`
	Seconds      *record.Number `json:"seconds,omitempty"`
	Peak         *int64         `json:"device_peak_bytes,omitempty"`
	BestPSNR     bool           `json:"best_psnr"`
	Smallest     bool           `json:"smallest"`
	Front        bool           `json:"pareto_front"`
	Folder       string         `json:"folder"`
}

func (compared) Name() string { return "compared" }

// bdRate is how many bytes a setting needs against another at equal quality, in igs compare.
type bdRate struct {
	Score    string         `json:"score"`
	A        string         `json:"a"`
	B        string         `json:"b"`
	Percent  *record.Number `json:"percent,omitempty"`
	Pictures int            `json:"pictures"`
	Reason   string         `json:"reason,omitempty"`
}

func (bdRate) Name() string { return "bd_rate" }

// Comparison prints a table of runs, as text, CSV or Markdown. Text and Markdown also have the BD-rates of their settings.
func (c *Console) Comparison(rows []report.Row, rates []report.BDRate, asCSV, asMarkdown bool) error {
	for i := range rows {
		c.Tell(comparedOf(&rows[i]))
	}
	for _, r := range rates {
		told := bdRate{Score: r.Score, A: r.A, B: r.B, Pictures: r.Pictures, Reason: r.Reason}
		if r.Reason == "" {
			told.Percent = (*record.Number)(&r.Percent)
		}
		c.Tell(told)
	}
	if !c.tables() {
		return nil
	}
	var text bytes.Buffer
	switch {
	case asCSV:
		report.WriteCSV(&text, rows)
	case asMarkdown:
		report.WriteMarkdown(&text, rows)
		report.WriteBDRates(&text, rates, true)
	default:
		report.WriteText(&text, rows)
		report.WriteBDRates(&text, rates, false)
	}
	_, err := c.out.Write(text.Bytes())
	return err
}

func comparedOf(r *report.Row) compared {
	number := func(x *float64) *record.Number { return (*record.Number)(x) }
	taken := func(x float64) *record.Number {
		if math.IsNaN(x) {
			return nil
		}
		return number(&x)
	}
	return compared{
		Session: r.Session, Run: r.Run, Image: r.Image, Picture: r.Sha256, W: r.W, H: r.H, Status: r.Status, Splats: r.Splats, Steps: r.Steps,
		PSNR: taken(r.PSNR), SSIM: taken(r.SSIM), Bytes: r.Bytes, BitsPerPixel: number(r.BitsPerPixel), Seconds: number(r.Seconds), Peak: r.Peak,
		BestPSNR: r.BestPSNR, Smallest: r.Smallest, Front: r.Front, Folder: r.Folder,
	}
}

// codecPoint is a file of a codec, or a model, in igs compare --codecs.
type codecPoint struct {
	Image string `json:"image"`
	record.CodecPoint
}

func (codecPoint) Name() string { return "codec_point" }

// Codecs prints the tables of a comparison with codecs.
func (c *Console) Codecs(found *record.Codecs, asMarkdown bool) error {
	for _, p := range found.Pictures {
		for _, point := range p.Points {
			c.Tell(codecPoint{p.Image, point})
		}
	}
	if !c.tables() {
		return nil
	}
	return report.WriteCodecs(c.out, found, asMarkdown)
}
