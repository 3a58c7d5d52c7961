package configs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goalJob is a job on a picture with settings KEY=VALUE, as flags give them.
func goalJob(t *testing.T, settings ...string) *Job {
	t.Helper()
	j := Default()
	if err := j.SetImages([]string{"cat.png"}, "the command line"); err != nil {
		t.Fatal(err)
	}
	for _, entry := range settings {
		key, value, _ := strings.Cut(entry, "=")
		if err := j.Set(key, value, "--"+key); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.FillRecipe(); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestGoalsBecomeRuns(t *testing.T) {
	for settings, want := range map[string]string{
		"train.target_psnr=35":                              "cat-35dB-1000 free",
		"train.target_ssim=0.95 effort=draft":               "cat-ssim0.95-100 free",
		"output.target_bytes=50KiB":                         "cat-50KiB-1000 free",
		"output.target_bytes=50KiB sweep.gaussians=5k":      "cat-5000-50KiB-1000 5000",
		"sweep.psnr=30,35 output.target_bpp=0.3":            "cat-30dB-0.3bpp-1000 free, cat-35dB-0.3bpp-1000 free",
		"sweep.size=20KiB,50KB sweep.steps=30,40":           "cat-20KiB-30 free, cat-20KiB-40 free, cat-50000B-30 free, cat-50000B-40 free",
		"sweep.ssim=0.9 sweep.bpp=0.25,0.5 sweep.steps=9":   "cat-ssim0.9-0.25bpp-9 free, cat-ssim0.9-0.5bpp-9 free",
		"sweep.psnr=30,31 train.target_psnr=35 effort=best": "cat-35dB-5000 free", // the later of two flags counts
		"preset=large train.target_psnr=35 sweep.steps=8":   "cat-35dB-8 free",
	} {
		j := goalJob(t, strings.Fields(settings)...)
		if err := j.FillPreset(j.Preset); err != nil {
			t.Fatal(err)
		}
		j.leaveCount()
		runs, err := j.Runs()
		if err != nil {
			t.Errorf("%s: %v", settings, err)
			continue
		}
		var got []string
		for _, r := range runs {
			what := "free"
			if !r.Free {
				what = strings.Split(r.Name, "-")[1]
			}
			got = append(got, r.Name+" "+what)
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s:\n%s, want\n%s", settings, text, want)
		}
	}
}

// A written job asks for the same runs again.
func TestWrittenGoalsAreRead(t *testing.T) {
	for _, settings := range []string{"train.target_psnr=35", "sweep.psnr=30,35 sweep.size=20KiB,50KiB", "sweep.bpp=0.2,0.5 sweep.ssim=0.9"} {
		j := goalJob(t, strings.Fields(settings)...)
		path := filepath.Join(t.TempDir(), "job.toml")
		if err := os.WriteFile(path, j.TOML(), 0o666); err != nil {
			t.Fatal(err)
		}
		again, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := j.Runs()
		got, err := again.Runs()
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %v, %d runs instead of %d", settings, err, len(got), len(want))
			continue
		}
		for i := range got {
			got[i].Image = want[i].Image
			if got[i] != want[i] {
				t.Errorf("%s: %+v, want %+v", settings, got[i], want[i])
			}
		}
	}
}

func TestGoalsThatAreRefused(t *testing.T) {
	for settings, want := range map[string]string{
		"train.target_psnr=35 sweep.gaussians=500":           "train.target_psnr finds the number of splats, and sweep.gaussians asks for 500",
		"sweep.ssim=0.9,0.95 sweep.gaussians=500":            "sweep.ssim finds the number of splats",
		"sweep.gaussians=0":                                  "0 splats are no picture",
		"output.target_bytes=50":                             "50B are too few for a model of one splat",
		"sweep.size=50,50KiB":                                "50B are too few for a model of one splat",
		"output.target_bytes=300 sweep.gaussians=500":        "300B are too few for a model of 500 splats",
		"output.target_bytes=5KiB output.target_bpp=1":       "output.target_bytes and output.target_bpp are two sizes",
		"train.target_psnr=35 recipe=paper sweep.steps=5000": "train.target_psnr is for progressive.rule rounds only",
		"train.target_ssim=0.9 progressive.enabled=false":    "train.target_ssim is for progressive.rule rounds only",
		"train.target_psnr=35 quantize.enabled=true":         "train.target_psnr is for quantize.enabled false only",
		"output.target_bpp=1 quantize.enabled=true":          "output.target_bpp is for quantize.enabled false only",
		"sweep.size=5KiB,6KiB quantize.enabled=true":         "sweep.size is for quantize.enabled false only",
		"progressive.most=50 recipe=paper sweep.steps=5000":  "progressive.most is for progressive.rule rounds only",
	} {
		_, err := goalJob(t, strings.Fields(settings)...).Runs()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v\nwant %s", settings, err, want)
		}
	}
	for _, bad := range []string{"train.target_ssim=1", "train.target_psnr=-1", "sweep.psnr=0,30", "sweep.psnr=30,30", "sweep.size=5KiB,5120", "sweep.size=auto", "sweep.bpp=NaN"} {
		key, value, _ := strings.Cut(bad, "=")
		if err := Default().Set(key, value, "--set"); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// Both keys of a goal in one file are a mistake, since no layer is later.
func TestGoalTwiceInAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "job.toml")
	text := "[input]\nimages = [\"cat.png\"]\n[sweep]\npsnr = [30, 35]\n[train]\ntarget_psnr = 33\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	j, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Runs(); err == nil || !strings.Contains(err.Error(), "train.target_psnr and sweep.psnr ask for the same") {
		t.Error(err)
	}
	if err := j.Set("train.target_psnr", "32", "--psnr"); err != nil || len(j.Sweep.PSNR) != 0 {
		t.Errorf("%v, %v after the flag", err, j.Sweep.PSNR)
	}
}

func TestRunForAPicture(t *testing.T) {
	one := func(settings ...string) Run {
		runs, err := goalJob(t, settings...).Runs()
		if err != nil {
			t.Fatal(err)
		}
		return runs[0]
	}
	for _, c := range []struct {
		run    Run
		pixels int
		most   int
		bytes  int64
		free   bool
	}{
		{one("train.target_psnr=35"), 768 * 512, 39321, 0, true},
		{one("train.target_psnr=35", "progressive.most=500"), 768 * 512, 500, 0, true},
		{one("train.target_psnr=35"), 7680 * 4320, 100_000, 0, true},
		{one("train.target_psnr=35"), 5, 1, 0, true},
		{one("output.target_bpp=0.5"), 768 * 512, 10240, 24576, true},
		{one("output.target_bytes=10KiB", "sweep.gaussians=700"), 768 * 512, 700, 10240, false},
		{one("output.target_bytes=10KiB", "recipe=paper", "sweep.steps=5000"), 768 * 512, splatsFor(10240), 10240, false},
	} {
		r, err := c.run.For(c.pixels)
		if err != nil || r.Gaussians != c.most || r.Goal.Bytes != c.bytes || r.Free != c.free {
			t.Errorf("%s on %d px: %d splats, %d bytes, free %v, %v; want %+v", c.run.Name, c.pixels, r.Gaussians, r.Goal.Bytes, r.Free, err, c)
		}
		if again, err := r.For(c.pixels); err != nil || again != r {
			t.Errorf("%s: a second time %+v, %v", r.Name, again, err)
		}
	}
	if _, err := one("output.target_bpp=0.01").For(32 * 32); err == nil || !strings.Contains(err.Error(), "cat-0.01bpp-1000: 1B are too few for a model of one splat") {
		t.Error(err)
	}
	names := []string{one("train.target_psnr=35").Goal.String(), one("train.target_ssim=0.9", "output.target_bpp=0.3").Goal.String(), Goal{}.String()}
	if !slices.Equal(names, []string{"35 dB", "SSIM 0.9, 0.3 bpp", ""}) {
		t.Errorf("%q", names)
	}
}
