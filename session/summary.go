package session

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/internal/fault"
	"igs/metric"
	"igs/record"
	"igs/runlog"
)

var summaryHeader = []string{"run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes", "bits_per_pixel", "seconds", "device_peak_bytes", "ms_ssim", "flip", "psnr_over_black", "psnr_over_white"}

// summarise writes summary.csv: a row for each run that has begun.
func (s *Session) summarise() error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write(summaryHeader)
	for _, e := range s.Record.Runs {
		if e.Status == record.Waiting {
			continue
		}
		row := []string{e.Name, e.Image, "", "", strconv.Itoa(e.Gaussians), strconv.Itoa(e.Steps), e.Status, "", "", "", "", "", "", "", "", "", ""}
		if r := s.Runs[e.Name]; r != nil {
			row[2], row[3] = strconv.Itoa(r.Image.W), strconv.Itoa(r.Image.H)
			if r.Result != nil {
				row[4], row[5] = strconv.Itoa(r.Result.Splats), strconv.Itoa(r.Result.Steps)
				row[7], row[8] = decimals(r.Result.PSNR, 4), decimals(r.Result.SSIM, 6)
				row[9], row[10] = strconv.FormatInt(r.Result.Bytes, 10), decimals(r.Result.BitsPerPixel, 4)
				row[13], row[14] = optional(r.Result.MSSSIM), optional(r.Result.FLIP)
				row[15], row[16] = layerPSNR(r.Result.Layers, imageio.OverBlack), layerPSNR(r.Result.Layers, imageio.OverWhite)
				row[11] = decimals(r.Result.Seconds, 3)
			}
			if r.Memory != nil {
				row[12] = strconv.FormatInt(r.Memory.Peak, 10)
			}
		}
		w.Write(row)
	}
	w.Flush()
	return runlog.WriteFile(filepath.Join(s.Dir, record.SummaryFile), text.Bytes())
}

// readSummary reads the runs of a summary.csv that are done. A file that is not there has none.
func readSummary(path string) (map[string]*record.Run, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.WithCode(err, fault.BadInput)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], summaryHeader) {
		return nil, nil // a user has changed the file: the models count
	}
	runs := map[string]*record.Run{}
	for _, row := range rows[1:] {
		if row[6] != record.Done {
			continue
		}
		number := func(column int) float64 { v, _ := strconv.ParseFloat(row[column], 64); return v }
		score := func(column int) *float64 {
			if row[column] == "" {
				return nil
			}
			v := number(column)
			return &v
		}
		var layers []record.LayerScores // the PSNR is all that the file has of them
		for i, name := range []string{imageio.OverBlack, imageio.OverWhite} {
			if row[15+i] != "" {
				layers = append(layers, record.LayerScores{Name: name, Scores: metric.Scores{PSNR: number(15 + i)}})
			}
		}
		runs[row[0]] = &record.Run{
			Status: record.Done, Name: row[0], Image: record.Image{Path: row[1], W: int(number(2)), H: int(number(3))}, Gaussians: int(number(4)), Steps: int(number(5)),
			Result: &record.Result{
				Splats: int(number(4)), Steps: int(number(5)), Scores: metric.Scores{PSNR: number(7), SSIM: number(8), MSSSIM: score(13), FLIP: score(14)},
				Layers: layers, Bytes: int64(number(9)), BitsPerPixel: number(10), Seconds: number(11),
			},
		}
	}
	return runs, nil
}

// layerPSNR is the PSNR of the layer of a name, or "".
func layerPSNR(layers []record.LayerScores, name string) string {
	for _, l := range layers {
		if l.Name == name {
			return decimals(l.PSNR, 4)
		}
	}
	return ""
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return decimals(*v, 6)
}

// decimals is a number in the form of metrics.csv, where an infinite PSNR is inf.
func decimals(x float64, digits int) string {
	return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(x, 'f', digits, 64), "+"))
}
