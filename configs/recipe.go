package configs

import (
	"embed"
	"fmt"
)

// recipes holds a job file for each recipe but igs, with the settings that differ from the defaults.
//
//go:embed recipes
var recipes embed.FS

// efforts are numbers of steps by name.
var efforts = map[Effort]int{EffortDraft: 100, EffortNormal: 1000, EffortBest: 5000}

// FillRecipe gives every setting that is still at its default the value of the job's recipe. It comes
// after all layers and the preset. An effort that somebody chose wins over the steps of the recipe only.
func (j *Job) FillRecipe() error {
	k, _ := find("recipe")
	if err := k.choose(string(j.Recipe)); err != nil {
		return Mistakes{{Where: j.whence(k.name), Text: k.name + " " + err.Error()}}
	}
	steps, known := efforts[j.Effort]
	if !known {
		return Mistakes{{Where: j.whence("effort"), Text: fmt.Sprintf("there is no effort %q", j.Effort)}}
	}
	if j.origins["effort"] != fromDefault && j.origins["sweep.steps"] == fromDefault {
		j.Sweep.Steps, j.origins["sweep.steps"] = []int{steps}, "effort "+string(j.Effort)
	}
	j.leaveCount()
	if j.Recipe == RecipeIGS {
		return nil
	}
	text, err := recipes.ReadFile("recipes/" + string(j.Recipe) + ".toml")
	if err != nil {
		return fmt.Errorf("recipe %s: %w", j.Recipe, err) // a choice of the schema without a file: a test fails then
	}
	return j.fill("recipe "+string(j.Recipe), string(text))
}
