package configs

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"igs/internal/fault"
)

// The tables of docs/jobs.md are those of the schema. IGS_UPDATE=1 writes them.
func TestReferenceIsThatOfTheSchema(t *testing.T) {
	const path, begin, end = "../docs/jobs.md", "-run Reference -->\n", "\n<!-- end of keys -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end[1:])
	if !found || !closed {
		t.Fatalf("%s has no place for the keys", path)
	}
	want := before + begin + reference() + end + after
	if string(text) == want {
		return
	}
	if os.Getenv("IGS_UPDATE") == "" {
		t.Fatalf("%s is not what the schema says: IGS_UPDATE=1 go test ./configs -run Reference", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Every job file that igs writes can be read, and so can every example in this folder.
func TestTemplatesAndExamplesLoad(t *testing.T) {
	dir := t.TempDir()
	for name, all := range map[string]bool{"short.toml": false, "all.toml": true} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, Template(all), 0o666); err != nil {
			t.Fatal(err)
		}
		j, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(j.Settings, Default().Settings) || !reflect.DeepEqual(j.Sweep, Default().Sweep) {
			t.Errorf("%s changes settings: %+v", name, j.Settings)
		}
		for _, v := range j.Values() {
			if several := strings.HasPrefix(v.Key, "sweep.") && reflect.ValueOf(v.Value).Len() == 0; all && v.Origin == fromDefault && !several {
				t.Errorf("%s lacks %s", name, v.Key)
			}
		}
	}
	examples, err := filepath.Glob("*.toml")
	if err != nil || len(examples) < 3 {
		t.Fatalf("%q, %v", examples, err)
	}
	for _, path := range examples {
		j, err := Load(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if mistakes := j.contradictions(); len(mistakes) > 0 {
			t.Errorf("%s: %v", path, mistakes)
		}
	}
}

// The output of igs config is a job file with the same settings.
func TestEffectiveIsAJobFile(t *testing.T) {
	dir := t.TempDir()
	j := Default()
	for _, s := range [][2]string{{"train.seed", "9"}, {"input.images", "a.png,b.png"}, {"memory.budget", "2GiB"}, {"train.checkpoint_every", "90s"}} {
		if err := j.Set(s[0], s[1], "--set"); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.FillPreset("large"); err != nil {
		t.Fatal(err)
	}
	for _, changed := range []bool{false, true} {
		text := j.Effective(changed)
		path := filepath.Join(dir, "job.toml")
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		back, err := Load(path)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !reflect.DeepEqual(back.Settings, j.Settings) || !reflect.DeepEqual(back.Sweep, j.Sweep) {
			t.Errorf("changed %v: %+v became %+v", changed, j.Settings, back.Settings)
		}
		if !strings.Contains(text, "# --set") || !strings.Contains(text, "# preset large") || strings.Contains(text, "# default") == changed {
			t.Errorf("origins:\n%s", text)
		}
	}
}

func TestCadence(t *testing.T) {
	for text, want := range map[string]Cadence{
		"500": {Steps: 500}, "1_000": {Steps: 1000}, "2m": {Time: 2 * time.Minute}, "90s": {Time: 90 * time.Second}, "1h30m": {Time: 90 * time.Minute},
		"never": {}, " 10s ": {Time: 10 * time.Second}, "2h": {Time: 2 * time.Hour},
	} {
		j := Default()
		if err := j.Set("train.checkpoint_every", text, "--set"); err != nil || j.Train.CheckpointEvery != want {
			t.Errorf("%q: %+v, %v", text, j.Train.CheckpointEvery, err)
		}
		again := Default()
		if err := again.decode("job.toml", string(j.TOML())[strings.Index(string(j.TOML()), "[train]"):]); err != nil || again.Train.CheckpointEvery != want {
			t.Errorf("%q is written as %v, read as %+v: %v", text, want, again.Train.CheckpointEvery, err)
		}
	}
	for _, text := range []string{"0", "-5", "2 minutes", "0s", "999ms", "", "true", "1e3", "9999999999"} {
		j := Default()
		if err := j.Set("train.checkpoint_every", text, "--set"); err == nil {
			t.Errorf("%q is taken as %v", text, j.Train.CheckpointEvery)
		}
	}
	if err := Default().decode("job.toml", "[train]\ncheckpoint_every = 2.5"); err == nil || !strings.Contains(err.Error(), "job.toml:2: train.checkpoint_every wants") {
		t.Errorf("error %v", err)
	}
}

func TestWhereToStartFromIsRelativeToTheFile(t *testing.T) {
	dir := t.TempDir()
	for line, want := range map[string]string{`from = ""`: "", `from = "m/x.igsm"`: filepath.Join(dir, "m/x.igsm"), `from = "/x.igsm"`: "/x.igsm"} {
		path := filepath.Join(dir, "job.toml")
		if err := os.WriteFile(path, []byte("[init]\n"+line+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if j, err := Load(path); err != nil || j.Init.From != want {
			t.Errorf("%s: %q, %v", line, j.Init.From, err)
		}
	}
	if err := Default().decode("job.toml", "[input]\nimages = \"\""); err == nil {
		t.Error("a picture without a name is taken")
	}
}

// A job may have 10 000 runs and no more. The product of its lists cannot overflow.
func TestLargeSweeps(t *testing.T) {
	list := func(n int) string {
		var items []string
		for i := range n {
			items = append(items, strconv.Itoa(1+i))
		}
		return strings.Join(items, ",")
	}
	j := Default()
	for key, value := range map[string]string{"input.images": "a.png", "sweep.gaussians": list(100), "sweep.steps": list(100), "progressive.enabled": "false"} {
		if err := j.Set(key, value, "--set"); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	runs, err := j.Runs()
	if err != nil || len(runs) != 10_000 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	names := map[string]bool{}
	for _, r := range runs {
		names[r.Name] = true
	}
	if len(names) != len(runs) {
		t.Errorf("%d names for %d runs", len(names), len(runs))
	}
	t.Logf("expanded in %v", time.Since(began))
	for _, n := range []int{101, 1000} {
		if err := j.Set("sweep.steps", list(n), "--set"); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Runs(); err == nil || !strings.Contains(err.Error(), "the most is 10000") {
			t.Errorf("%d steps: error %v", n, err)
		}
	}
}

// The error about a file that is no job file is one line, however large the file is.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("x", 100_000)
	for name, text := range map[string]string{
		"large":     strings.Repeat("# a comment\n", 900_000), // 10 MB
		"utf16":     "\xff\xfe[\x00i\x00n\x00",
		"nul":       "[input]\nimages = \"a\x00.png\"",
		"duplicate": "[input]\nimages = [\"a.png\"]\nimages = [\"b.png\"]",
		"long key":  long + " = 1",
		"long text": "preset = \"" + long + "\"",
		"deep":      "x = " + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000),
		"binary":    "\x89PNG\r\n\x1a\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err := Load(path)
		if err == nil || fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		if text := err.Error(); len(text) > 400 || strings.Contains(text, "\n") {
			t.Errorf("%s: an error of %d bytes: %.200q", name, len(text), text)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
	for name, text := range map[string]string{"bom": "\ufeffpreset = \"large\"\n", "crlf": "preset = \"large\"\r\n\r\n[train]\r\nseed = 5\r\n"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if j, err := Load(path); err != nil || j.Preset != "large" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Suggestions know every section that has keys, and no other.
func TestSectionsAreSuggested(t *testing.T) {
	for wrong, want := range map[string]string{"quantise": "quantize", "vidoe": "video", "trian": "train", "inptu": "input", "train.l": "train.lr"} {
		if got := unknown(wrong, true); got != "unknown section "+wrong+"; did you mean "+want+"?" {
			t.Error(got)
		}
	}
	for _, name := range sections() {
		if !opens(name) {
			t.Errorf("%s has no keys", name)
		}
	}
}
