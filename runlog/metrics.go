package runlog

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"igs/event"
)

// The first eleven columns have the names and the order of the public Image-GS code.
const metricsHeader = "step,total_loss,l1_loss,l2_loss,ssim_loss,psnr,ssim,num_gaussians,num_bytes," +
	"render_time_accum,total_time_accum,lr_scale,loss_scale,device_bytes\n"

// Metrics writes one row for each evaluation.
type Metrics struct{ sheet *sheet }

// NewMetrics begins the file at path.
func NewMetrics(path string) *Metrics {
	m := &Metrics{sheet: newSheet(path)}
	fmt.Fprint(m.sheet, metricsHeader)
	return m
}

// Take writes evaluations and passes over everything else.
func (m *Metrics) Take(e event.Event) {
	v, ok := e.(event.Evaluated)
	if !ok {
		return
	}
	columns := []string{
		strconv.Itoa(v.Step), decimal(v.TotalLoss), decimal(v.L1), decimal(v.L2), decimal(v.SSIMLoss), decimal(v.PSNR), decimal(v.SSIM),
		strconv.Itoa(v.Splats), strconv.FormatInt(v.Bytes, 10), seconds(v.RenderTime), seconds(v.TotalTime),
		decimal(v.LRScale), decimal(v.LossScale), strconv.FormatInt(v.DeviceBytes, 10),
	}
	fmt.Fprintln(m.sheet, strings.Join(columns, ","))
}

// Close makes the file complete.
func (m *Metrics) Close() error { return m.sheet.Close() }

// decimal has nine digits: what a float32 holds, and the same text for the same number.
func decimal(x float64) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+"))
	}
	return strconv.FormatFloat(x, 'g', 9, 64)
}

func seconds(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
