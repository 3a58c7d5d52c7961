package session

import (
	"bytes"
	"encoding/csv"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"igs/imageio"
	"igs/record"
	"igs/runlog"
)

// summarise writes summary.csv: a row for each run that has begun.
func (s *Session) summarise() error {
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	w.Write(record.SummaryHeader)
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

// Summarise writes the summary.csv of a joined session as far as its runs are; found is its record. The summaries of
// other sessions are written while they train.
func Summarise(dir string, found *record.Session) error {
	if !found.Joined {
		return nil
	}
	s := &Session{Dir: dir, Record: *found}
	s.Record.Runs = slices.Clone(found.Runs)
	if err := s.refresh(); err != nil {
		return err
	}
	s.Record.Runs = found.Runs // whose status says which runs were killed
	return s.summarise()
}
