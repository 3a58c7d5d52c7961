package runlog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"igs/event"
	"igs/internal/fault"
	"igs/metric"
)

// ReadMetrics reads a metrics.csv. It finds columns by the names in the first line, so their
// order is free and more columns are allowed. A figure without a column is NaN, and a count
// without a column is 0. The column step is required.
func ReadMetrics(path string) ([]event.Evaluated, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	rows, err := readMetrics(file)
	if err != nil {
		return nil, fault.New(fault.BadInput, "metrics.csv has a line of column names, then a row for each evaluation", "%s: %w", path, err)
	}
	return rows, nil
}

func readMetrics(from io.Reader) ([]event.Evaluated, error) {
	r := csv.NewReader(from)
	r.ReuseRecord = true
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("empty")
	}
	if err != nil {
		return nil, err
	}
	names, err := columnNames(header)
	if err != nil {
		return nil, err
	}
	var rows []event.Evaluated
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err // the text of the error has the line
		}
		row := unknownRow()
		for i, name := range names {
			if err := setColumn(&row, name, strings.TrimSpace(cells[i])); err != nil {
				line, _ := r.FieldPos(i)
				return nil, fmt.Errorf("line %d: column %s: %w", line, name, err)
			}
		}
		rows = append(rows, row)
	}
}

// columnNames are the names of the header. They are copied, because the reader reuses its slice.
func columnNames(header []string) ([]string, error) {
	names := make([]string, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if seen[name] {
			return nil, fmt.Errorf("line 1: two columns are called %q", name)
		}
		names[i], seen[name] = name, true
	}
	if !seen["step"] {
		return nil, errors.New("line 1: no column is called step")
	}
	return names, nil
}

// unknownRow is a row in which every figure is NaN.
func unknownRow() event.Evaluated {
	nan := math.NaN()
	return event.Evaluated{
		TotalLoss: nan, L1: nan, L2: nan, SSIMLoss: nan, Scores: metric.Scores{PSNR: nan, SSIM: nan},
		RenderTime: nan, TotalTime: nan, LRScale: nan, LossScale: nan,
	}
}

// setColumn stores the text of a column. It ignores columns that it does not know.
func setColumn(row *event.Evaluated, name, text string) (err error) {
	figures := map[string]*float64{
		"total_loss": &row.TotalLoss, "l1_loss": &row.L1, "l2_loss": &row.L2, "ssim_loss": &row.SSIMLoss,
		"psnr": &row.PSNR, "ssim": &row.SSIM, "render_time_accum": &row.RenderTime, "total_time_accum": &row.TotalTime,
		"lr_scale": &row.LRScale, "loss_scale": &row.LossScale,
	}
	counts := map[string]*int{"step": &row.Step, "num_gaussians": &row.Splats}
	sizes := map[string]*int64{"num_bytes": &row.Bytes, "device_bytes": &row.DeviceBytes}
	switch {
	case figures[name] != nil:
		*figures[name], err = strconv.ParseFloat(text, 64)
	case counts[name] != nil:
		*counts[name], err = strconv.Atoi(text)
	case sizes[name] != nil:
		*sizes[name], err = strconv.ParseInt(text, 10, 64)
	}
	if err != nil {
		return fmt.Errorf("%q is no number", text)
	}
	return nil
}
