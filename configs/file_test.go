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
	"unicode/utf8"

	"igs/internal/fault"
)

func load(t *testing.T, text string) (*Job, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "job.toml")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

func TestLoadReadsEveryKind(t *testing.T) {
	j, err := load(t, `
preset = "none"
[input]
images = ["a.png", "/b/*.jpg"]
[sweep]
gaussians = [10_000, 30_000]
steps = 6000
[train]
seed = 7
early_stop = true
stop_at_psnr = 40
lr = { xy = 1e-3, feat = 2, decay = 3 }
[output]
dir = "../results"
`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{filepath.Join(j.base, "a.png"), "/b/*.jpg"}; !reflect.DeepEqual(j.Input.Images, want) {
		t.Errorf("images %q, want %q", j.Input.Images, want)
	}
	if want := []int{10_000, 30_000}; !reflect.DeepEqual(j.Sweep.Gaussians, want) {
		t.Errorf("gaussians %v", j.Sweep.Gaussians)
	}
	if !reflect.DeepEqual(j.Sweep.Steps, []int{6000}) {
		t.Errorf("one number is a list of one: %v", j.Sweep.Steps)
	}
	want := Default().Train
	want.Seed, want.EarlyStop, want.StopAtPSNR, want.LR.XY, want.LR.Feat, want.Decay = 7, true, 40, 1e-3, 2, 3
	if j.Train != want {
		t.Errorf("train %+v\nwant %+v", j.Train, want)
	}
	if j.Output.Dir != filepath.Join(filepath.Dir(j.base), "results") {
		t.Errorf("output.dir %q is not relative to the job file", j.Output.Dir)
	}
}

func TestAllMistakesAtOnceWithTheirLines(t *testing.T) {
	j, err := load(t, `preset = "huge"
colour = 1
[train]
step = 500
seed = "abc"
topk = 0
lr = { xy = -1.0, feat = nan }
eval_every = 10.5
[trian]
seed = 1
[quantize]
enable = true
[sweep]
steps = [100, 0]
gaussians = []
[loss]
l1 = 0.5
[output]
exists = "overwite"
session = 3
[input]
images = ["a.png", ""]
`)
	want := []string{
		`job.toml:1: preset is "huge"; it must be none, standard, large, extreme or auto`,
		`job.toml:2: unknown key colour`,
		`job.toml:4: unknown key train.step; did you mean sweep.steps?`,
		`job.toml:5: train.seed wants a whole number, not the text "abc"`,
		`job.toml:6: train.topk is 0; it must be from 1 to 32`,
		`job.toml:7: train.lr.xy is -1; it must be from 0 to 10`,
		`job.toml:7: train.lr.feat is NaN; it must be from 0 to 10`,
		`job.toml:8: train.eval_every wants a whole number, not 10.5`,
		`job.toml:9: unknown section trian; did you mean train?`,
		`job.toml:12: unknown key quantize.enable; did you mean quantize.enabled?`,
		`job.toml:14: sweep.steps is 0; it must be at least 1`,
		`job.toml:15: sweep.gaussians is an empty list`,
		`job.toml:19: output.exists is "overwite"; it must be error, skip or overwrite; did you mean overwrite?`,
		`job.toml:20: output.session wants a text, not 3`,
		`job.toml:22: input.images has an empty path`,
	}
	var all Mistakes
	if !errors.As(err, &all) || fault.Code(err) != fault.BadInput {
		t.Fatalf("error %v", err)
	}
	got := map[string]bool{}
	for _, m := range all {
		got[m.String()] = true
	}
	for _, w := range want {
		if !got[w] {
			t.Errorf("missing: %s", w)
		}
		delete(got, w)
	}
	for g := range got {
		t.Errorf("extra: %s", g)
	}
	if j == nil || j.Loss.L1 != 0.5 {
		t.Error("what was right in the file is lost")
	}
}

func TestSectionsAndValuesMixedUp(t *testing.T) {
	for text, want := range map[string]string{
		"train = 5":                        "job.toml:1: train is a section, not 5",
		"[train.seed]\nx = 1":              "job.toml:1: train.seed is a value, not a section",
		"[[sweep]]\nsteps = 1":             "job.toml:1: sweep is a section, not a list of sections",
		"steps = 1":                        "job.toml:1: unknown key steps; did you mean sweep.steps?",
		"quantize = true":                  "job.toml:1: quantize is a section, not true",
		"[memory]\nbudget = 1":             "job.toml:2: memory.budget is 1B; it must be at least 1MiB",
		"train.checkpoint_every = \"2 m\"": "job.toml:1: train.checkpoint_every wants a number of steps, a time such as \"2m\" or \"90s\", or \"never\", not \"2 m\"",
		"[train]\n\"a b\" = 1":             `job.toml:2: unknown key train."a b"`,
		"\nseed = = 1":                     "job.toml:2: ",
		"a = 1\na = 2":                     "job.toml:2: ",
	} {
		_, err := load(t, text)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

func TestUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	big := filepath.Join(dir, "big.toml")
	if err := os.WriteFile(big, []byte(strings.Repeat("# much\n", 200_000)), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "missing.toml"), dir, big} {
		j, err := Load(path)
		if j != nil || fault.Code(err) != fault.BadInput || fault.Hint(err) == "" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: job %v, error %v, hint %q", path, j, err, fault.Hint(err))
		}
	}
}

func TestWrittenJobLoadsTheSame(t *testing.T) {
	j := Default()
	j.base = t.TempDir()
	for key, value := range map[string]string{
		"input.images": "/x/a.png,/x/b \"2\".png", "sweep.steps": "7000,8000", "train.lr.xy": "1e-9", "loss.l2": "3",
		"output.dir": "/somewhere", "device.select": `NVIDIA "x"`, "progressive.enabled": "false",
		"memory.budget": "1.5GiB", "memory.use_gradient_checkpointing": "true", "memory.use_amp": "false",
	} {
		if err := j.Set(key, value, "--set"); err != nil {
			t.Fatal(err)
		}
	}
	again, err := load(t, string(j.TOML()))
	if err != nil {
		t.Fatalf("%v\n%s", err, j.TOML())
	}
	again.base, again.origins = j.base, j.origins
	if !reflect.DeepEqual(again, j) {
		t.Errorf("got %+v\nwant %+v\n%s", again, j, j.TOML())
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("preset = \"none\"\n[train]\nlr = { xy = 1e-3 }\n")
	f.Add("[input]\nimages = [\"*.png\"]\n[sweep]\nsteps = [1, 2]\ngaussians = 5\n")
	f.Add("[[train]]\nseed = 1\n[train.lr]\n\"\" = nan\n")
	f.Add("[memory]\nuse_gradient_checkpointing = \"auto\"\nbudget = \"1.5GB\"\n")
	f.Add("a.b.c = { d = [ { e = 1 } ] }\n[train]\nseed = 0xffffffffffffffff\n")
	f.Fuzz(func(t *testing.T, text string) {
		j := Default()
		if err := j.decode("job.toml", text); err != nil {
			if fault.Code(err) != fault.BadInput {
				t.Fatalf("code %d: %v", fault.Code(err), err)
			}
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if len(line) > 2000 || strings.ContainsFunc(line, func(r rune) bool { return r < 0x20 }) {
					t.Fatalf("a line of %d bytes: %q", len(line), line)
				}
			}
			return
		}
		for _, v := range j.Values() { // each value is within its range
			k, _ := find(v.Key)
			if err := k.setText(Default(), strings.Trim(strings.ReplaceAll(k.literal(j, absolute), ", ", ","), `[]"`)); err != nil && k.initial != "" && !k.path && !strings.Contains(k.literal(j, absolute), `\`) {
				t.Fatalf("%s took %v: %v", v.Key, v.Value, err)
			}
		}
		again := Default()
		if err := again.decode("job.toml", string(j.TOML())); err != nil {
			t.Fatalf("%v\n%s", err, j.TOML())
		}
		if again.Settings != j.Settings {
			t.Fatalf("settings change when written and read:\n%s", j.TOML())
		}
	})
}

// The words that a design of igs or a habit suggests are understood, or the message names the right one.
func TestLoadUnderstandsNearWords(t *testing.T) {
	for text, want := range map[string]string{
		"[memory]\nuse_gradient_checkpointing = \"auto\"": "",
		"[quantise]\nenabled = true":                      "job.toml:1: unknown section quantise; did you mean quantize?",
		"[train]\nseed = 9223372036854775808":             "job.toml:2: a value is 9223372036854775808; a whole number must be from -9223372036854775808 to 9223372036854775807",
		"[train]\nseed = 9223372036854775807":             "",
	} {
		job, err := load(t, text)
		if got := fmt.Sprint(err); got != cmp.Or(want, "<nil>") || err == nil && job.Memory.Recompute {
			t.Errorf("%s: %s", text, got)
		}
	}
	job := Default()
	job.Memory.Recompute = true
	if err := job.Set("memory.use_gradient_checkpointing", "auto", "--recompute"); err != nil || job.Memory.Recompute {
		t.Errorf("--recompute=auto: %v", err)
	}
}

// Names of runs fit into a file system, and different pictures keep different names.
func TestRunNamesAreShortEnough(t *testing.T) {
	nameOf := func(picture string) string { return Run{Gaussians: 10000, Steps: 1000}.name(picture) }
	long := strings.Repeat("ä", 120) // 240 bytes
	for picture, want := range map[string]string{
		"photo":                   "photo-10000-1000",
		strings.Repeat("a", 244):  strings.Repeat("a", 244) + "-10000-1000", // 255 bytes
		long + "12345":            "",
		long + "12346":            "",
		"x" + long + "12345":      "",
		strings.Repeat("a", 4000): "",
	} {
		name := nameOf(picture)
		if len(name) > 255 || !utf8.ValidString(name) || !strings.HasSuffix(name, "-10000-1000") || !strings.HasPrefix(name, picture[:5]) || want != "" && name != want {
			t.Errorf("%s: %s", picture, name)
		}
	}
	if nameOf(long+"12345") == nameOf(long+"12346") {
		t.Error("two pictures share a name")
	}
}

// A path that is not UTF-8 cannot be written into the files of a session, so it is refused at the start.
func TestPathsAreUTF8(t *testing.T) {
	for _, key := range []string{"input.images", "init.from", "init.saliency", "output.dir", "output.session"} {
		j := Default()
		err := Gather(j.Set("input.images", "a.png", "test"), j.Set("init.mode", "saliency", "test"), j.Set(key, "caf\xe9", "--set"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := j.Runs(); err == nil || !strings.Contains(err.Error(), "--set: the path ") || !strings.Contains(err.Error(), "is not UTF-8") {
			t.Errorf("%s: %v", key, err)
		}
	}
	j := Default()
	if _, err := j.Runs(); err == nil || strings.Contains(err.Error(), "UTF-8") {
		t.Error(err)
	}
}
