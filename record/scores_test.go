package record

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"

	"igs/metric"
)

// Scores are written among the other fields of their object. Infinity is null, and a score that was not measured is
// left out.
func TestScoresInJSON(t *testing.T) {
	flip, none := 0.125, math.NaN()
	for want, r := range map[string]Result{
		`"psnr":null,"ssim":1,"flip":0.125,"layers":[{"name":"a","psnr":30,"ssim":0.5}],"full_size":{"width":8,"height":6,"psnr":20,"ssim":0.25},"steps":7`: {
			Scores: metric.Scores{PSNR: math.Inf(1), SSIM: 1, FLIP: &flip}, Layers: []LayerScores{{"a", metric.Scores{PSNR: 30, SSIM: 0.5}}},
			Full: &FullScores{8, 6, metric.Scores{PSNR: 20, SSIM: 0.25}}, Steps: 7,
		},
		`"psnr":30,"ssim":0.5,"steps":1`: {Scores: metric.Scores{PSNR: 30, SSIM: 0.5, MSSSIM: &none}, Steps: 1},
	} {
		want = "{" + want + `,"num_gaussians":0,"stopped_early":false,"num_bytes":0,"bits_per_pixel":0,"seconds":0,"train_seconds":0,"densify_seconds":0,"steps_per_second":0}`
		text, err := json.Marshal(r)
		if err != nil || string(text) != want {
			t.Errorf("%s, %v\nwant %s", text, err, want)
		}
		var back Result
		if err := json.Unmarshal(text, &back); err != nil {
			t.Error(err)
		}
		if r.MSSSIM = nil; !reflect.DeepEqual(back, r) {
			t.Errorf("read as %+v, was %+v", back, r)
		}
	}
}
