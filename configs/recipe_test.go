package configs

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"igs/internal/fault"
)

// What the recipes have in common.
func settings() Settings {
	return Settings{
		Target:   Target{Gamma: 1, Downsample: 1, Profile: "apply", Alpha: "keep"},
		Init:     Init{Mode: "gradient", RandomRatio: 0.3, Size: 0.3, Scale: 5},
		Quantize: Quantize{Loss: 0.01, Method: "settle", PosBits: 16, ScaleBits: 16, RotBits: 16, FeatBits: 16},
		Train:    Train{Seed: 123, EvalEvery: 100, CheckpointEvery: Cadence{Time: 2 * time.Minute}, DecayRatio: 10, CheckDecaySteps: 1000, MaxDecayTimes: 1, DecayThreshold: 1e-3, TopK: 10},
		Bounds:   Bounds{ScaleMin: 0.01, ScaleMax: 8, Aspect: 50, Feat: 0.25},
		Progressive: Progressive{
			Enabled: true, Until: 0.3, Power: 1.5, Blur: 1, Size: 0.8,
			AddSteps: 500, AddTimes: 4, PostMinSteps: 3000,
		},
		Relocate: Relocate{From: 0.02, Share: 0.2, Threshold: 1, Power: 2, Size: 0.5},
		Memory:   Memory{UseAMP: true, Recompute: false},
		Video:    Video{SaveToDisk: true, Every: 50, FPS: 30, Layout: LayoutSide, Format: "mp4", Quality: 95, MaxWidth: 1920},
	}
}

// The recipes, repeated here on purpose. Recipe paper has the settings of the published code.
func TestRecipes(t *testing.T) {
	igs := settings()
	igs.Recipe, igs.Init.Rule, igs.Progressive.Rule, igs.Progressive.InitialRatio = "igs", "structure", "rounds", 0.6
	igs.Train.Strides, igs.Train.Optimizer, igs.Train.Epsilon, igs.Train.LR, igs.Train.Decay = "auto", "frame", 1e-6, Rates{XY: 0.4, Scale: 0.15, Rot: 0.1, Feat: 0.11}, 0.5
	igs.Loss, igs.Relocate.Enabled = Loss{L2: 1}, true

	balanced := igs
	balanced.Recipe, balanced.Loss.SSIM = "balanced", 0.03

	paper := settings()
	paper.Recipe, paper.Init.Rule, paper.Progressive.Rule, paper.Progressive.InitialRatio = "paper", "round", "additions", 0.5
	paper.Train.Strides, paper.Train.Optimizer, paper.Train.Epsilon, paper.Train.LR = "auto", "coordinates", 1e-8, Rates{XY: 5e-4, Scale: 2e-3, Rot: 2e-3, Feat: 5e-3}
	paper.Train.Beta1, paper.Train.Beta2, paper.Train.EarlyStop, paper.Loss = 0.9, 0.999, true, Loss{L1: 1, SSIM: 0.1}

	if got := Default().Settings; got != igs {
		t.Errorf("default: got  %+v\nwant %+v", got, igs)
	}
	for _, want := range []Settings{igs, balanced, paper} {
		j := Default()
		if err := Gather(j.Set("recipe", string(want.Recipe), "--recipe"), j.FillRecipe()); err != nil {
			t.Fatal(err)
		}
		if j.Settings != want {
			t.Errorf("%s: got  %+v\nwant %+v", want.Recipe, j.Settings, want)
		}
		steps := map[Recipe]int{"igs": 1000, "balanced": 1000, "paper": 5000}[want.Recipe]
		if !slices.Equal(j.Sweep.Steps, []int{steps}) || !slices.Equal(j.Sweep.Gaussians, []int{10_000}) {
			t.Errorf("%s: %+v", want.Recipe, j.Sweep)
		}
		if found := j.contradictions(); len(found) > 0 {
			t.Errorf("%s: %v", want.Recipe, found)
		}
		for _, v := range j.Values() { // a recipe sets only values that differ from the defaults
			if v.Origin == "recipe "+string(want.Recipe) && reflect.DeepEqual(v.Value, valueOf(Default(), v.Key)) {
				t.Errorf("%s sets %s to its default", want.Recipe, v.Key)
			}
		}
	}
}

func valueOf(j *Job, name string) any {
	k, _ := find(name)
	return k.get(j)
}

func TestEveryNameOfARecipeIsOne(t *testing.T) {
	entries, err := recipes.ReadDir("recipes")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{string(RecipeIGS)}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
		text, err := recipes.ReadFile("recipes/" + e.Name())
		if err != nil || !strings.HasPrefix(string(text), "# "+names[len(names)-1]+": ") {
			t.Errorf("%s does not say what it is for: %v", e.Name(), err)
		}
	}
	slices.Sort(names)
	if want := slices.Sorted(slices.Values(Choices("recipe"))); !slices.Equal(names, want) {
		t.Errorf("files %q, choices %q", names, want)
	}
	for _, name := range Choices("effort") {
		if efforts[Effort(name)] == 0 || len(efforts) != len(Choices("effort")) {
			t.Errorf("effort %s has %d steps, of %d efforts", name, efforts[Effort(name)], len(efforts))
		}
	}
	if j := Default(); j.Sweep.Steps[0] != efforts[j.Effort] {
		t.Errorf("effort %s, and yet %d steps", j.Effort, j.Sweep.Steps[0])
	}
}

// Flags over environment over job file over preset over recipe over defaults.
func TestRecipeComesLast(t *testing.T) {
	j, err := load(t, "recipe = \"paper\"\n[loss]\nl2 = 0.5\nssim = 0\n[init]\nscale = 4\n")
	if err != nil {
		t.Fatal(err)
	}
	err = Gather(
		j.SetEnvironment([]string{"IGS_TRAIN_OPTIMIZER=frame", "IGS_LOSS_SSIM=0.2"}),
		j.Set("progressive.rule", "rounds", "--set"), // the default value, but asked for
		j.fill("preset x", "[loss]\nl1 = 3\nl2 = 4\n"),
		j.FillRecipe(),
	)
	if err != nil {
		t.Fatal(err)
	}
	if j.Loss != (Loss{L1: 3, L2: 0.5, SSIM: 0.2}) || j.Train.Optimizer != "frame" || j.Progressive.Rule != "rounds" || j.Train.LR.XY != 5e-4 {
		t.Errorf("%+v", j.Settings)
	}
	for key, origin := range map[string]string{
		"recipe": "job.toml:1", "loss.l1": "preset x", "loss.l2": "job.toml:3", "loss.ssim": "IGS_LOSS_SSIM", "progressive.rule": "--set",
		"train.optimizer": "IGS_TRAIN_OPTIMIZER", "train.lr.decay": "recipe paper", "sweep.steps": "recipe paper", "init.scale": "job.toml:6", "bounds.feat": "default",
	} {
		if j.origins[key] != origin {
			t.Errorf("%s from %q, want %q", key, j.origins[key], origin)
		}
	}
	// The written job needs neither preset nor recipe, and no recipe changes it.
	for _, text := range []string{string(j.TOML()), j.Effective(true)} {
		again, err := load(t, text)
		if err := Gather(err, again.FillRecipe()); err != nil || again.Settings != j.Settings || !reflect.DeepEqual(again.Sweep, j.Sweep) {
			t.Errorf("%v: %+v\nwant %+v", err, again, j)
		}
	}
}

func TestEffort(t *testing.T) {
	for _, c := range []struct{ text, steps, origin string }{
		{"", "[1000]", "default"},
		{`effort = "normal"`, "[1000]", "effort normal"},
		{`effort = "draft"`, "[100]", "effort draft"},
		{`effort = "best"`, "[5000]", "effort best"},
		{"effort = \"draft\"\nsweep.steps = 1000", "[1000]", "job.toml:2"},
		{`recipe = "paper"`, "[5000]", "recipe paper"},
		{"recipe = \"paper\"\neffort = \"normal\"", "[1000]", "effort normal"},
		{"recipe = \"balanced\"\neffort = \"draft\"", "[100]", "effort draft"},
	} {
		j, err := load(t, c.text)
		if err := Gather(err, j.FillRecipe()); err != nil {
			t.Fatal(err)
		}
		k, _ := find("sweep.steps")
		if got := k.literal(j, unchanged); got != c.steps || j.origins[k.name] != c.origin {
			t.Errorf("%q: %s from %s, want %s from %s", c.text, got, j.origins[k.name], c.steps, c.origin)
		}
	}
}

func TestRecipeRefuses(t *testing.T) {
	for _, change := range []func(*Job){
		func(j *Job) { j.Recipe = "papre" }, func(j *Job) { j.Recipe = "" }, func(j *Job) { j.Recipe = "../recipes/paper" }, func(j *Job) { j.Effort = "much" },
	} {
		j := Default()
		change(j)
		want := *j
		err := j.FillRecipe()
		if err == nil || fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q, %q: %v", j.Recipe, j.Effort, err)
		}
		if j.Recipe == "papre" && !strings.HasSuffix(err.Error(), "did you mean paper?") {
			t.Errorf("no suggestion: %v", err)
		}
		if !reflect.DeepEqual(*j, want) {
			t.Error("a refused recipe left something behind")
		}
	}
}

// A setting that nothing reads is a mistake, unless it has its default: written jobs have every key.
func TestUnreadSettings(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"progressive.add_steps=50", "progressive.add_steps is for progressive.rule additions only"},
		{"progressive.add_steps=500", ""},
		{"progressive.add_steps=50 progressive.enabled=false", ""},
		{"progressive.add_steps=50 progressive.rule=additions", ""},
		{"progressive.post_min_steps=5", "progressive.post_min_steps is for progressive.rule additions only"},
		{"progressive.until=0.5 progressive.every=3", ""},
		{"recipe=paper progressive.until=0.5", "progressive.until is for progressive.rule rounds only"},
		{"recipe=paper progressive.power=2", "progressive.power is for progressive.rule rounds only"},
		{"recipe=paper progressive.blur=0.5", "progressive.blur is for progressive.rule rounds only"},
		{"recipe=paper progressive.size=2", "progressive.size is for progressive.rule rounds only"},
		{"init.scale=3", "init.scale is for init.rule round only"},
		{"init.scale=3 init.rule=round", ""},
		{"init.scale=3 progressive.rule=additions", ""},
		{"bounds.feat=1", ""},
		{"recipe=paper bounds.feat=1", "bounds.feat is for train.optimizer frame only"},
		{"recipe=paper init.scale=3 progressive.add_steps=50", ""},
	} {
		j := Default()
		for entry := range strings.FieldsSeq(c.set) {
			key, value, _ := strings.Cut(entry, "=")
			if err := j.Set(key, value, "--set"); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.FillRecipe(); err != nil {
			t.Fatal(err)
		}
		j.Sweep.Steps = []int{5000}
		found := j.contradictions()
		switch {
		case c.want == "" && len(found) > 0:
			t.Errorf("%s: %v", c.set, found)
		case c.want != "" && (len(found) != 1 || found[0].String() != "--set: "+c.want || found[0].Hint == ""):
			t.Errorf("%s: %v, want %s", c.set, found, c.want)
		}
	}
	all, err := load(t, string(Template(true)))
	if err != nil || len(all.contradictions()) > 0 {
		t.Errorf("%v, %v", err, all.contradictions())
	}
}
