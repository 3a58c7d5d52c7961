package runlog

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"igs/event"
	"igs/internal/fault"
)

// The first eleven columns have the names and the order of the public Image-GS code.
const metricsHeader = "step,total_loss,l1_loss,l2_loss,ssim_loss,psnr,ssim,num_gaussians,num_bytes," +
	"render_time_accum,total_time_accum,lr_scale,loss_scale,device_bytes\n"

const moveAway = "move that file away; igs then begins a new one with the rows from this step on"

// Metrics writes metrics.csv: a row for each evaluation.
type Metrics struct{ file *outputFile }

// NewMetrics begins the file at path.
func NewMetrics(path string) *Metrics {
	m := &Metrics{file: newOutputFile(path)}
	fmt.Fprint(m.file, metricsHeader)
	return m
}

// ContinueMetrics opens the file of a run that continues after step. It keeps the rows up to that step and drops the
// later rows, because training writes them again. It begins a new file when there is none.
func ContinueMetrics(path string, step int) (*Metrics, error) {
	old, err := reopenOutputFile(path)
	if err != nil {
		return nil, err
	}
	if len(old.text) == 0 {
		return NewMetrics(path), nil
	}
	header, rows, _ := strings.Cut(string(old.text), "\n")
	if header+"\n" != metricsHeader {
		return nil, fault.New(fault.BadInput, moveAway, "%s has other columns than this version of igs writes", path)
	}
	m := NewMetrics(path)
	for line, row := range strings.Split(strings.TrimSuffix(rows, "\n"), "\n") {
		if row == "" {
			continue
		}
		number, _, _ := strings.Cut(row, ",")
		at, err := strconv.Atoi(number)
		if err != nil || strings.Count(row, ",") != strings.Count(metricsHeader, ",") {
			return nil, fault.New(fault.BadInput, moveAway, "%s:%d is no row of metrics", path, line+2)
		}
		if at <= step {
			m.file.text = append(m.file.text, row+"\n"...)
		}
	}
	return m, nil
}

// Take writes evaluations and ignores all other events.
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
	fmt.Fprintln(m.file, strings.Join(columns, ","))
}

// Flush puts every row on the disk.
func (m *Metrics) Flush() error { return m.file.Flush() }

// Close does the same as Flush: the file is not open between writes.
func (m *Metrics) Close() error { return m.file.Flush() }

// decimal has nine digits, which tell any two float32 apart.
func decimal(x float64) string {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'g', -1, 64), "+"))
	}
	return strconv.FormatFloat(x, 'g', 9, 64)
}

func seconds(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
