package configs

import (
	"embed"
	"fmt"
)

// recipes are job files with what a recipe has other than the defaults, which are igs.
//
//go:embed recipes
var recipes embed.FS

// efforts are numbers of steps by name.
var efforts = map[Effort]int{EffortDraft: 100, EffortNormal: 1000, EffortBest: 5000}

// FillRecipe gives what is still at its default the value of the job's recipe. It comes last.
// An effort that somebody chose wins over the steps of the recipe, and over nothing else.
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
	if j.Recipe == RecipeIGS {
		return nil
	}
	text, err := recipes.ReadFile("recipes/" + string(j.Recipe) + ".toml")
	if err != nil {
		return fmt.Errorf("recipe %s: %w", j.Recipe, err) // a choice of the schema without its file, which a test refuses
	}
	return j.fill("recipe "+string(j.Recipe), string(text))
}
