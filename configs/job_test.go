package configs

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"igs/internal/fault"
)

func TestEveryKeyHasItsPlace(t *testing.T) {
	j := Default()
	seen, fields := map[string]bool{}, map[any]string{}
	for _, k := range schema {
		if seen[k.name] {
			t.Errorf("%s is there twice", k.name)
		}
		seen[k.name] = true
		if other := fields[k.field(j)]; other != "" {
			t.Errorf("%s and %s share a field", k.name, other)
		}
		fields[k.field(j)] = k.name
		if k.doc == "" || len(k.doc) > 80 {
			t.Errorf("%s: doc of %d letters", k.name, len(k.doc))
		}
	}
}

func TestLayersKeepTheirOrder(t *testing.T) {
	j, err := load(t, "[train]\nseed = 1\neval_every = 50\n[loss]\nl1 = 2\n")
	if err != nil {
		t.Fatal(err)
	}
	err = Gather(
		j.SetEnvironment([]string{"IGS_TRAIN_SEED=2", "IGS_TRAIN_EVAL_EVERY=60", "IGS_LOSS_L2=", "PATH=/bin", "IGS_REQUIRE_GPU=1"}),
		j.Set("train.seed", "3", "--seed"),
	)
	if err != nil {
		t.Fatal(err)
	}
	if j.Train.Seed != 3 || j.Train.EvalEvery != 60 || j.Loss.L1 != 2 {
		t.Errorf("%+v", j.Train)
	}
	want := map[string]string{"train.seed": "--seed", "train.eval_every": "IGS_TRAIN_EVAL_EVERY", "loss.l1": "job.toml:5", "loss.l2": "default"}
	for _, v := range j.Values() {
		if want[v.Key] != "" && v.Origin != want[v.Key] {
			t.Errorf("%s from %q, want %q", v.Key, v.Origin, want[v.Key])
		}
	}
}

// A k means thousands and an M means millions; digits may be grouped.
func TestWholeNumber(t *testing.T) {
	for text, want := range map[string]int64{"5k": 5000, "10_000": 10000, " 2M ": 2e6, "-3k": -3000, "7": 7, "9223372036854775k": 9223372036854775000} {
		if got, err := wholeNumber(text); err != nil || got != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"k", "5kk", "5K5", "5 k k", "1e3", "5.5k", "9223372036854776k", "-9223372036855M"} {
		if got, err := wholeNumber(text); err == nil {
			t.Errorf("%q gives %d", text, got)
		}
	}
}

// A variable that is named like a setting must be one. The other variables of igs, and those of other programs, are left
// alone.
func TestMisspeltVariables(t *testing.T) {
	for entry, want := range map[string]string{
		"IGS_TRAIN_SED=7":      "IGS_TRAIN_SED: no setting has this variable; did you mean IGS_TRAIN_SEED?",
		"IGS_TRIAN_SEED=7":     "IGS_TRIAN_SEED: no setting has this variable; did you mean IGS_TRAIN_SEED?",
		"IGS_TRAIN_SED=":       "IGS_TRAIN_SED: no setting has this variable; did you mean IGS_TRAIN_SEED?",
		"IGS_RECIP=paper":      "IGS_RECIP: no setting has this variable; did you mean IGS_RECIPE?",
		"IGS_LOSS_SHARPNESS=1": "IGS_LOSS_SHARPNESS: no setting has this variable",
		"IGS_TRAIN_LR_XY=0.1":  "",
		"SIGS_TRAIN_SED=7":     "",
	} {
		if err := Default().SetEnvironment([]string{entry}); fmt.Sprint(err) != cmp.Or(want, "<nil>") {
			t.Errorf("%s: %v", entry, err)
		}
	}
	for _, name := range []string{
		"TUNE", "QUEUE", "FFMPEG", "VULKAN_LIB", "STRESS", "STRESS_CHILD", "UPDATE", "UPDATE_GOLDEN", "REQUIRE_GPU", "REQUIRE_BROWSER", "REQUIRE_PYTHON",
	} {
		if err := Default().SetEnvironment([]string{"IGS_" + name + "=1"}); err != nil {
			t.Error(err)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	for _, c := range [][3]string{
		{"train.seed", "-1", "--set: train.seed is -1; it must be at least 0"},
		{"train.seed", "9223372036854775808", "--set: train.seed is 9223372036854775808; a whole number must be from -9223372036854775808 to 9223372036854775807"},
		{"sweep.gaussians", "5_000,-1", "--set: sweep.gaussians is -1; it must be at least 0"},
		{"sweep.gaussians", "-5", "--set: sweep.gaussians is -5; it must be at least 0"},
		{"sweep.gaussians", "5,5", "--set: sweep.gaussians names 5 twice"},
		{"sweep.steps", "5.5", `--set: sweep.steps wants a whole number, not "5.5"`},
		{"sweep.steps", "9999999999", "--set: sweep.steps is 9999999999; it must be at most 1000000000"},
		{"init.scale", "0", "--set: init.scale is 0; it must be from 0.001 to 10000"},
		{"init.scale", "inf", "--set: init.scale is +Inf; it must be from 0.001 to 10000"},
		{"init.mode", "salience", `--set: init.mode is "salience"; it must be gradient, random or saliency; did you mean saliency?`},
		{"loss.l1", "nan", "--set: loss.l1 is NaN; it must be from 0 to 1000000"},
		{"progressive.enabled", "maybe", `--set: progressive.enabled wants true or false, not "maybe"`},
		{"memory.budget", "lots", `--set: memory.budget wants a size such as 2GiB, 1.5GiB, 96MiB, 500MB or a number of bytes, not "lots"; with auto, igs chooses`},
		{"memory.budget", "0.5MiB", "--set: memory.budget is 512KiB; it must be at least 1MiB"},
		{"memory.budget", "9999999TiB", `--set: memory.budget is "9999999TiB", which is more than any memory; with auto, igs chooses`},
		{"memory.use_gradient_checkpointing", "aut", `--set: memory.use_gradient_checkpointing wants true or false, not "aut"`},
		{"memory.use_amp", "auto", `--set: memory.use_amp wants true or false, not "auto"`},
		{"quantize.pos_bits", "3", "--set: quantize.pos_bits is 3; it must be from 4 to 32"},
		{"input.gamma", "0", "--set: input.gamma is 0; it must be above 0"},
		{"input.downsample", "0.5", "--set: input.downsample is 0.5; it must be from 1 to 1000"},
		{"train.beta1", "1", "--set: train.beta1 is 1; it must be below 1"},
		{"train.beta2", "-0.1", "--set: train.beta2 is -0.1; it must be from 0 to 1"},
		{"train.epsilon", "0", "--set: train.epsilon is 0; it must be above 0"},
		{"train.lr.decay", "-1", "--set: train.lr.decay is -1; it must be from 0 to 10"},
		{"relocate.share", "1.5", "--set: relocate.share is 1.5; it must be from 0 to 1"},
		{"progressive.every", "-1", "--set: progressive.every is -1; it must be at least 0"},
		{"bounds.scale_max", "0", "--set: bounds.scale_max is 0; it must be above 0"},
		{"recipe", "papre", `--set: recipe is "papre"; it must be igs, balanced or paper; did you mean paper?`},
		{"effort", "bets", `--set: effort is "bets"; it must be draft, normal or best; did you mean best?`},
		{"train.sed", "1", "--set: unknown key train.sed; did you mean train.seed?"},
		{"nonsense", "1", "--set: unknown key nonsense"},
	} {
		j := Default()
		err := j.Set(c[0], c[1], "--set")
		if err == nil || err.Error() != c[2] {
			t.Errorf("%s=%s: %v\nwant %s", c[0], c[1], err, c[2])
		}
		if !reflect.DeepEqual(j.Values(), Default().Values()) {
			t.Errorf("%s=%s changed the job", c[0], c[1])
		}
	}
}

func folder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRunsExpandTheSweep(t *testing.T) {
	dir := folder(t, "in[1]/b.png", "in[1]/a.png", "in[1]/c[1].png", "in[1]/d.txt")
	path := filepath.Join(dir, "in[1]", "job.toml")
	text := "[input]\nimages = [\"c[1].png\", \"*.png\"]\n[sweep]\ngaussians = [20, 10]\nsteps = [5000, 6000]\n"
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	j, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	j.Train.Seed = 77
	runs, err := j.Runs()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range runs {
		names = append(names, r.Name)
		if r.Train.Seed != 77 {
			t.Error("a run without the settings of the job")
		}
	}
	want := "c[1]-20-5000 c[1]-20-6000 c[1]-10-5000 c[1]-10-6000 a-20-5000 a-20-6000 a-10-5000 a-10-6000 b-20-5000 b-20-6000 b-10-5000 b-10-6000"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRunsRefuse(t *testing.T) {
	dir := folder(t, "x/cat.png", "y/Cat.jpg", "empty/readme.txt")
	at := func(names ...string) string {
		for i := range names {
			names[i] = filepath.Join(dir, names[i])
		}
		return strings.Join(names, ",")
	}
	for name, c := range map[string]struct {
		set  map[string]string
		want []string
	}{
		"nothing":   {nil, []string{"no picture to train on"}},
		"collision": {map[string]string{"input.images": at("x/cat.png", "y/Cat.jpg")}, []string{filepath.Join(dir, "x/cat.png") + " and " + filepath.Join(dir, "y/Cat.jpg") + " would both give"}},
		"no match":  {map[string]string{"input.images": at("x/*.jpeg", "y/*.png")}, []string{"no file matches", "y/*.png"}},
		"few steps": {map[string]string{"input.images": at("x/cat.png"), "sweep.steps": "4999,5000", "progressive.rule": "additions"}, []string{"--set: 4999 steps are too few for progressive training, which needs 5000"}},
		"no loss":   {map[string]string{"input.images": at("x/cat.png"), "loss.l2": "0"}, []string{"all weights of the loss are 0"}},
		"session":   {map[string]string{"input.images": at("x/cat.png"), "output.session": "a/b"}, []string{`"a/b" is no name for a session`}},
		"dots":      {map[string]string{"input.images": at("x/cat.png"), "output.session": ".."}, []string{`".." is no name for a session`}},
		"no folder": {map[string]string{"input.images": at("x/cat.png"), "output.dir": ""}, []string{"output.dir is empty"}},
		"unread":    {map[string]string{"input.images": at("x/cat.png"), "progressive.add_times": "3"}, []string{"--set: progressive.add_times is for progressive.rule additions only"}},
		"scales":    {map[string]string{"input.images": at("x/cat.png"), "bounds.scale_min": "8"}, []string{"--set: bounds.scale_min is 8, and bounds.scale_max is 8"}},
		"aspect":    {map[string]string{"input.images": at("x/cat.png"), "bounds.aspect": "0.5"}, []string{"--set: bounds.aspect is 0.5"}},
		"relocate":  {map[string]string{"input.images": at("x/cat.png"), "relocate.until": "0.01"}, []string{"--set: relocation never begins: relocate.from is 0.02, and relocate.until is 0.01"}},
		"no map":    {map[string]string{"input.images": at("x/cat.png"), "init.saliency": "map.png"}, []string{`--set: init.saliency is a map for init.mode = "saliency", but the mode is "gradient"`}},
	} {
		j := Default()
		for k, v := range c.set {
			if err := j.Set(k, v, "--set"); err != nil {
				t.Fatal(err)
			}
		}
		runs, err := j.Runs()
		var all Mistakes
		if !errors.As(err, &all) || runs != nil || fault.Code(err) != fault.BadInput {
			t.Errorf("%s: %v, %v", name, runs, err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v\nwithout %q", name, err, w)
			}
		}
		if name != "no folder" && fault.Hint(err) == "" {
			t.Errorf("%s: no hint", name)
		}
	}
	j := Default()
	j.Input.Images = []string{filepath.Join(dir, "x/cat.png")}
	j.Sweep.Steps = []int{1}
	for range 2 { // by rounds, and without progressive training
		if runs, err := j.Runs(); err != nil || len(runs) != 1 {
			t.Errorf("%+v: any number of steps will do: %v", j.Progressive, err)
		}
		j.Progressive.Enabled, j.Progressive.Rule = false, "additions"
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{"oevrwrite": "overwrite", "overwrit": "overwrite", "x": "", "": "", "erorr": "error"} {
		if got := Nearest(word, []string{"error", "overwrite"}); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
	for name, want := range map[string]string{"train.sseed": "train.seed", "loss.ssmi": "loss.ssim", "topk": "train.topk", "trian.seed": "train.seed", "lr.xy": "train.lr.xy", "zzz": ""} {
		if got := nearestKey(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if d := distance(strings.Repeat("a", 1000), strings.Repeat("b", 1000)); d != 64 {
		t.Errorf("distance %d", d)
	}
}

func TestWithoutPutsOneSettingBack(t *testing.T) {
	j := Default()
	for key, value := range map[string]string{"output.exists": "overwrite", "train.topk": "5"} {
		if err := j.Set(key, value, "--set"); err != nil {
			t.Fatal(err)
		}
	}
	out := j.Without("output.exists")
	if out.Output.Exists != "error" || out.Train.TopK != 5 || j.Output.Exists != "overwrite" || j.whence("output.exists") != "--set" {
		t.Errorf("%+v of %+v", out.Output, j.Output)
	}
}

// The errors about a run that a program filled name its keys.
func TestRunsOutOfRange(t *testing.T) {
	run := Run{Gaussians: 10, Steps: 5, Settings: Default().Settings}
	if err := run.Validate(); err != nil {
		t.Fatal(err)
	}
	run.Progressive.Blur, run.Init.Mode = 100, "nowhere"
	err := run.Validate()
	for _, want := range []string{"progressive.blur is 100; it must be from 0 to 1.5", `init.mode is "nowhere"; it must be gradient, random or saliency`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
