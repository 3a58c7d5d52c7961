package selfcheck

import (
	"math"
	"slices"
	"time"

	"igs/imageio"
	"igs/internal/fault"
	"igs/memory"
	"igs/optim/engine"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
)

// CheckReport is the result of the self-check of a device.
type CheckReport struct {
	Rows         []CheckRow
	Milliseconds float64
}

// CheckRow compares one quantity that the device computed with the float64 reference.
type CheckRow struct {
	What         string
	Error, Limit float64
	OK           bool
}

// Check trains one step of a small scene on the device and compares every result with the float64 reference. half
// selects mixed precision instead of float32. With frame, Adam works in the frame of each splat, the loss has no SSIM,
// and a second step is strided, as in the recipe igs; otherwise Adam works in coordinates and the loss has SSIM, as in
// the recipe paper. The error names the first wrong result. The report is complete in both cases.
func Check(dev *vk.Device, tuning engine.Tuning, half, frame bool) (CheckReport, error) {
	began := time.Now()
	p, target := reference.RandomScene(1, 45, 37, 60, 3)
	set, request := engine.Platform{Info: dev.Info(), Tuning: tuning}.Setup(10), engine.RequestFor(target, p)
	posed := pose(p, target, reference.LossWeights{L1: 1, SSIM: 0.1})
	request.Shape.Half = half
	if frame {
		request.Shape.Frame, request.Shape.Pointwise, request.Shape.Rounds = true, true, true
		posed.weights = reference.LossWeights{L2: 1}
	}
	var report CheckReport
	add := func(prefix string) error {
		plan, err := memory.Choose(request, set.Limits)
		if err != nil {
			return err
		}
		rows, err := posed.compare(dev, plan, set)
		for _, row := range rows {
			row.What = prefix + row.What
			report.Rows = append(report.Rows, row)
		}
		return err
	}
	err := add("")
	if err == nil && frame {
		request.Shape = request.Shape.Strided(2)
		err = add("strided: ")
	}
	report.Milliseconds = float64(time.Since(began).Microseconds()) / 1000
	if err != nil {
		return report, err
	}
	return report, report.verdict()
}

// verdict returns an error for the first wrong row.
func (r CheckReport) verdict() error {
	for _, row := range r.Rows {
		if !row.OK {
			return fault.New(fault.Failed, "choose another device with device.select, or update its driver; `igs devices --check` shows every figure",
				"this device computes wrong: %s is %.2g off, at most %.2g is allowed", row.What, row.Error, row.Limit)
		}
	}
	return nil
}

// CheckRounding checks how the device rounds parameters for a model file of few bits. The result must have the bits of
// the file; otherwise training would measure other scores than those of the file.
func CheckRounding(dev *vk.Device) (CheckReport, error) {
	began := time.Now()
	p, target := reference.RandomScene(2, 45, 37, 200, 3)
	bits := splat.Bits{XY: 12, Scale: 10, Rot: 9, Feat: 8}
	got, err := roundedBy(dev, target, p, bits)
	if err != nil {
		return CheckReport{}, err
	}
	want := p.Clone()
	want.Quantize(bits)
	differ, all := 0, 0
	for _, pair := range [][2][]float32{{got.XY, want.XY}, {got.Scale, want.Scale}, {got.Rot, want.Rot}, {got.Feat, want.Feat}} {
		for i, v := range pair[1] {
			if all++; pair[0][i] != v {
				differ++
			}
		}
	}
	row := CheckRow{What: "share of parameters rounded wrong", Error: float64(differ) / float64(all), OK: differ == 0}
	report := CheckReport{Rows: []CheckRow{row}, Milliseconds: float64(time.Since(began).Microseconds()) / 1000}
	return report, report.verdict()
}

// roundedBy returns parameters as the device rounds them for a file of the given precision. The sign of a scale has no
// meaning.
func roundedBy(dev *vk.Device, target *imageio.Image, p *splat.Splats, bits splat.Bits) (*splat.Splats, error) {
	set, request := engine.SetupFor(dev.Info(), 10), engine.RequestFor(target, p)
	set.Bits, request.Shape.Quantized = bits, true
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		return nil, err
	}
	e, err := engine.New(dev, target.Samples(8), p, plan, set)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return e.RoundedParameters()
}

// checkLimits are the maximum difference of a pixel, the maximum difference of a mean, and the maximum relative L2
// distance of gradients.
type checkLimits struct{ image, loss, gradient float64 }

var (
	limits32 = checkLimits{1e-5, 1e-5, 1e-4}
	// A float16 has 11 bits: the error of a colour near 1 is up to 2.4e-4, and larger for colours above 1. Measured:
	// 5e-4, 1e-6, 6e-3.
	limits16 = checkLimits{2e-3, 2e-5, 2e-2}
)

const (
	// If the K-th and the next exponent are equal within float32 rounding, a device may correctly take either splat.
	tieBand, tieLimit, tieShare = 4e-6, 0.02, 0.005
)

// compare takes one step on a given plan with learning rates of zero, and compares each result with the reference.
func (p *problem) compare(dev *vk.Device, plan memory.Plan, set engine.Setup) ([]CheckRow, error) {
	set.KeepGradients = true
	e, err := engine.New(dev, p.target.Samples(p.target.Depth), p.splats, plan, set)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	at, _ := latticeOf(plan.Shape)
	got, err := e.ProbeAt(shaders.Terms(p.weights), at)
	if err != nil {
		return nil, err
	}
	limits := limits32
	if plan.Shape.Half {
		limits = limits16
	}
	want := p.answer(plan.Shape, set.TopK)
	rows := []CheckRow{
		{What: "image", Error: greatest(got.Image, want.image, want.tied, false), Limit: limits.image},
		{What: "image at near ties", Error: greatest(got.Image, want.image, want.tied, true), Limit: tieLimit},
		{What: "share of near ties", Error: float64(want.ties) / float64(len(want.tied)), Limit: tieShare},
		{What: "mean |C-T|", Error: math.Abs(got.Means.L1 - want.means.L1), Limit: limits.loss},
		{What: "mean (C-T)^2", Error: math.Abs(got.Means.L2 - want.means.L2), Limit: limits.loss},
		{What: "ssim", Error: math.Abs(got.Means.SSIM - want.means.SSIM), Limit: limits.loss},
		{What: "gradient of xy", Error: distance(got.Gradients.XY, want.gradients.XY), Limit: limits.gradient},
		{What: "gradient of scale", Error: distance(got.Gradients.Scale, want.gradients.Scale), Limit: limits.gradient},
		{What: "gradient of rot", Error: distance(got.Gradients.Rot, want.gradients.Rot), Limit: limits.gradient},
		{What: "gradient of feat", Error: distance(got.Gradients.Feat, want.gradients.Feat), Limit: limits.gradient},
	}
	if plan.Shape.Pointwise { // such a step does not compute SSIM
		rows = slices.DeleteFunc(rows, func(r CheckRow) bool { return r.What == "ssim" })
	}
	for i := range rows {
		rows[i].OK = rows[i].Error <= rows[i].Limit // NaN is not OK
	}
	return rows, nil
}

// greatest returns the maximum difference, in all channels, over the pixels whose mark equals marked.
func greatest(got, want []float64, marks []bool, marked bool) float64 {
	var worst float64
	for i := range want {
		if marks[i%len(marks)] != marked {
			continue
		}
		if d := math.Abs(got[i] - want[i]); !(d <= worst) { // also true for NaN
			worst = d
		}
	}
	return worst
}

// distance returns the relative L2 distance.
func distance(got []float32, want []float64) float64 {
	var difference, size float64
	for i := range want {
		d := float64(got[i]) - want[i]
		difference += d * d
		size += want[i] * want[i]
	}
	return math.Sqrt(difference / size)
}
