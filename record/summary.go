package record

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"igs/imageio"
	"igs/metric"
)

// SummaryHeader is the first row of summary.csv.
var SummaryHeader = []string{"run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes", "ms_ssim", "flip", "psnr_over_black", "psnr_over_white"}

// ReadSummary reads the runs of a summary.csv that are done. A file that is not there has none.
func ReadSummary(path string) (map[string]*Run, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Contains(rows[0], "run") || !slices.Contains(rows[0], "status") {
		return nil, nil // a user has changed the file: the models count
	}
	runs := map[string]*Run{}
	for _, row := range rows[1:] {
		cells := map[string]string{}
		for i, name := range rows[0] { // all rows are as long
			cells[name] = row[i]
		}
		if cells["status"] == Done {
			r := runOf(cells)
			runs[r.Name] = r
		}
	}
	return runs, nil
}

// runOf is the run of a row of summary.csv. A number that is not there is 0.
func runOf(cells map[string]string) *Run {
	number := func(column string) float64 { v, _ := strconv.ParseFloat(cells[column], 64); return v }
	count := func(column string) int { return int(number(column)) }
	optional := func(column string) *float64 {
		if cells[column] == "" {
			return nil
		}
		v := number(column)
		return &v
	}
	var layers []LayerScores // the PSNR is all that the file has of them
	for column, name := range map[string]string{"psnr_over_black": imageio.OverBlack, "psnr_over_white": imageio.OverWhite} {
		if cells[column] != "" {
			layers = append(layers, LayerScores{Name: name, Scores: metric.Scores{PSNR: number(column)}})
		}
	}
	slices.SortFunc(layers, func(a, b LayerScores) int { return cmp.Compare(a.Name, b.Name) })
	scores := metric.Scores{PSNR: number("psnr"), SSIM: number("ssim"), MSSSIM: optional("ms_ssim"), FLIP: optional("flip")}
	return &Run{
		Status: Done, Name: cells["run"], Image: Image{Path: cells["image"], W: count("width"), H: count("height")},
		Gaussians: count("num_gaussians"), Steps: count("steps"),
		Result: &Result{
			Splats: count("num_gaussians"), Steps: count("steps"), Scores: scores, Layers: layers,
			Bytes: int64(count("num_bytes")), BitsPerPixel: number("bits_per_pixel"), Seconds: number("seconds"),
		},
	}
}
