package session

import (
	"strings"
	"testing"

	"igs/configs"
	"igs/record"
)

// recorded writes run.json with the settings of a job, and reads it again.
func recorded(t *testing.T, job *configs.Job) *record.Run {
	t.Helper()
	dir := t.TempDir()
	r := record.Run{Settings: recordedSettings(job)}
	if err := r.Write(dir); err != nil {
		t.Fatal(err)
	}
	read, err := record.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// Settings are compared with all their digits. A float64 between would lose the last digits of a large seed.
func TestSettingsAreComparedExactly(t *testing.T) {
	job := configs.Default()
	set := func(key, value string) {
		t.Helper()
		if err := job.Set(key, value, "test"); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{
		"train.seed": "1732735482123456789", "train.epsilon": "1e-300", "train.lr.xy": "0.1234567890123456789", "memory.budget": "8796093022207KiB",
		"sweep.gaussians": "1,999999999", "init.from": "a\u2028<b>&\xff",
	} {
		set(key, value)
	}
	r := recorded(t, job)
	if found := differences(r, job); len(found) > 0 {
		t.Errorf("equal settings differ: %+v", found)
	}
	set("train.seed", "1732735482123456790")
	if found := differences(r, job); len(found) != 1 || !strings.Contains(found[0].text, "train.seed is 1732735482123456790, but the run began with 1732735482123456789") {
		t.Errorf("%+v", found)
	}
	set("train.seed", "9223372036854775807")
	if found := differences(recorded(t, job), job); len(found) > 0 {
		t.Errorf("the largest seed: %+v", found)
	}
}

// A run that was begun before there were strided steps goes on without them, and others as their job says.
func TestOldRunsGoOnWithoutStrides(t *testing.T) {
	job := configs.Default()
	r := recorded(t, job)
	run := configs.Run{Settings: job.Settings}
	if got := asBegun(run, r).Train.Strides; got != configs.StridesAuto {
		t.Errorf("a new run: %q", got)
	}
	delete(r.Settings, "train.stride")
	if got := asBegun(run, r).Train.Strides; got != "1" {
		t.Errorf("an old run: %q", got)
	}
	if got := asBegun(run, r).Target.Alpha; got != configs.AlphaKeep {
		t.Errorf("alpha of a new run: %q", got)
	}
	delete(r.Settings, "input.alpha")
	if got := asBegun(run, r).Target.Alpha; got != configs.AlphaDrop {
		t.Errorf("alpha of an old run: %q", got)
	}
}
