package configs

import (
	"strings"
	"testing"
)

// The runs of a job are valid with every recipe. A zero Run is not. The error about a half-filled run names the missing
// setting.
func TestRunsAreValid(t *testing.T) {
	for _, recipe := range recipeNames {
		j := Default()
		if err := Gather(j.Set("recipe", recipe, "--recipe"), j.FillRecipe()); err != nil {
			t.Fatal(err)
		}
		run := Run{Gaussians: j.Sweep.Gaussians[0], Steps: j.Sweep.Steps[0], Settings: j.Settings}
		if err := run.Validate(); err != nil {
			t.Errorf("%s: %v", recipe, err)
		}
		run.Train.TopK = 0
		if err := run.Validate(); err == nil || !strings.Contains(err.Error(), "train.topk is 0; it must be from 1 to 32") {
			t.Errorf("%s: %v", recipe, err)
		}
	}
	if err := (Run{}).Validate(); err == nil || !strings.Contains(err.Error(), "sweep.steps is 0") {
		t.Errorf("a zero run: %v", err)
	}
}
