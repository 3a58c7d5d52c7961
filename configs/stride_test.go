package configs

import (
	"fmt"
	"strings"
	"testing"
)

// Stages of runs by their text, their number of steps and the size of the picture.
func TestStages(t *testing.T) {
	igs := Default().Settings
	balanced, paper := igs, igs
	balanced.Loss.SSIM, paper.Train.Optimizer = 0.03, OptimizerCoordinates
	for _, c := range []struct {
		settings      Settings
		text          Strides
		steps, pixels int
		want          string
	}{
		{igs, "auto", 1000, 1 << 20, "[{1 1000}]"},
		{igs, "auto", 1000, 1<<20 + 1, "[{2 900} {1 1000}]"},
		{igs, "auto", 200, 3840*2160 - 1, "[{2 180} {1 200}]"},
		{igs, "auto", 100, 3840 * 2160, "[{4 83} {2 100}]"},
		{igs, "auto", 100, 7680 * 4320, "[{4 83} {2 100}]"},
		{igs, "auto", 100, 1 << 27, "[{8 83} {4 100}]"},
		{igs, "auto", 100, 1 << 30, "[{16 83} {8 100}]"},
		{igs, "auto", 100, 1 << 26, "[{4 83} {2 100}]"},
		{igs, "auto", 100, 1<<26 + 1, "[{8 83} {4 100}]"},
		{igs, "auto", 100, 1<<28 + 1, "[{16 83} {8 100}]"},
		{igs, "auto", 201, 3840 * 2160, "[{2 180} {1 201}]"},
		{igs, "auto", 1, 3840 * 2160, "[{2 1}]"},
		{balanced, "auto", 100, 1 << 30, "[{1 100}]"},
		{paper, "auto", 100, 1 << 30, "[{1 100}]"},
		{paper, "3", 100, 1000, "[{3 100}]"},
		{igs, "4:100, 2:20%, 1", 1000, 1000, "[{4 100} {2 300} {1 1000}]"},
		{igs, " 4 : 100 ,1 ", 100, 1000, "[{4 100}]"},
		{igs, "2:1e2%,1", 50, 1000, "[{2 50}]"},
		{igs, "2:0.5%,4:3,1", 100, 1000, "[{4 3} {1 100}]"},
	} {
		run := Run{Steps: c.steps, Settings: c.settings}
		run.Train.Strides = c.text
		if got := fmt.Sprint(run.Stages(c.pixels)); got != c.want {
			t.Errorf("%q, %d steps, %d px: %s, want %s", c.text, c.steps, c.pixels, got, c.want)
		}
	}
}

// A text that is no list of stages is refused with the reason, in a job file and in the settings of a program.
func TestStridesThatAreNone(t *testing.T) {
	for text, reason := range map[string]string{
		"":            `the stride ""`,
		"two":         `the stride "two"`,
		"0":           `the stride "0"`,
		"17":          "from 1 to 16",
		"2:90%":       "every stage but the last",
		"2,1":         "every stage but the last",
		"2:90%,":      `the stride ""`,
		"2:0,1":       `a stage of "0" steps`,
		"2:-3,1":      `a stage of "-3" steps`,
		"2:101%,1":    `a stage of "101%" steps`,
		"2:NaN%,1":    `a stage of "NaN%" steps`,
		"2:1.5,1":     `a stage of "1.5" steps`,
		"2:%,1":       `a stage of "%" steps`,
		"2:9e99,1":    `a stage of "9e99" steps`,
		"2:1000001%1": "every stage but the last",
	} {
		j := Default()
		err := j.Set("train.stride", text, "--set")
		if err == nil || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), "train.stride") {
			t.Errorf("%q: %v, want %s", text, err, reason)
		}
		run := Run{Name: "x", Gaussians: 1, Steps: 1, Settings: Default().Settings}
		run.Train.Strides = Strides(text)
		if err := run.Validate(); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("settings with %q: %v, want %s", text, err, reason)
		}
	}
	for _, text := range []string{"[train]\nstride = 2", "[train]\nstride = \"2:90%, 1\"", "[train]\nstride = \"auto\""} {
		if _, err := load(t, text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := load(t, "[train]\nstride = 1.5"); err == nil || !strings.Contains(err.Error(), "1.5") {
		t.Errorf("a fraction: %v", err)
	}
}
