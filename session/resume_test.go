package session

import (
	"os"
	"path/filepath"
	"testing"

	"igs/configs"
	"igs/record"
)

// A session without a recipe in its job file continues with recipe paper. Other sessions continue with the recipe of
// their file.
func TestOldSessionsKeepTheirRecipe(t *testing.T) {
	for text, want := range map[string]configs.Settings{
		"[train]\nseed = 5\n[loss]\nl1 = 2\n": {Recipe: "paper", Train: configs.Train{Seed: 5, Optimizer: "coordinates", Beta1: 0.9}, Loss: configs.Loss{L1: 2, SSIM: 0.1}},
		"recipe = \"igs\"\n":                  {Recipe: "igs", Train: configs.Train{Seed: 123, Optimizer: "frame"}, Loss: configs.Loss{L2: 1}},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, record.JobFile), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		job, err := (&Session{Dir: dir}).Job()
		if err != nil {
			t.Fatal(err)
		}
		if s := job.Settings; s.Recipe != want.Recipe || s.Train.Seed != want.Train.Seed || s.Train.Optimizer != want.Train.Optimizer || s.Train.Beta1 != want.Train.Beta1 || s.Loss != want.Loss {
			t.Errorf("%q: %+v", text, s)
		}
	}
}
