package main

import (
	"regexp"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/command"
)

// Groups of the flags of a job, as the help shows them.
const (
	inTraining = "training"
	inResults  = "results"
	inSettings = "settings"
)

// settingFlags are the flags that set one key of the job file.
var settingFlags = []settingFlag{
	{"sweep.gaussians", command.Flag{Name: "gaussians", Short: "n", Group: inTraining, Usage: "number `N` of splats; 1k,5k trains two models",
		Meant: []string{"splats", "num-gaussians", "num-splats", "points", "count"}}},
	{"sweep.steps", command.Flag{Name: "steps", Short: "s", Group: inTraining, Usage: "number `N` of steps; 300,1k trains two models",
		Meant: []string{"iterations", "iters", "iter", "epochs", "max-steps", "num-steps"}}},
	{"effort", command.Flag{Name: "effort", Group: inTraining, Usage: "`EFFORT`: draft, normal or best; 100, 1000, 5000 steps", Meant: []string{"quality", "speed"}}},
	{"recipe", command.Flag{Name: "recipe", Group: inTraining, Usage: "`RECIPE`: igs, balanced or paper (as Image-GS does)"}},
	{"preset", command.Flag{Name: "preset", Short: "p", Group: inTraining, Usage: "`PRESET`: standard, large, extreme, auto", Meant: []string{"profile"}}},
	{"init.from", command.Flag{Name: "init", Group: inTraining, Usage: "start from `MODEL`: a model, checkpoint or run", Paths: command.Files, Meant: []string{"model", "from", "checkpoint"}}},
	{"output.dir", command.Flag{Name: "out", Short: "o", Group: inResults, Usage: "folder `DIR` of sessions, instead of output", Paths: command.Folders, Meant: []string{"output", "output-dir", "outdir", "out-dir", "dir"}}},
	{"output.session", command.Flag{Name: "name", Group: inResults, Usage: "call the session `SESSION` instead of session_N", Meant: []string{"session", "exp-name"}}},
	{"train.seed", command.Flag{Name: "seed", Group: inTraining, Rare: true, Usage: "random seed `N`; the same seed on the same device gives the same model", Meant: []string{"random-seed"}}},
	{"memory.use_amp", command.Flag{Name: "amp", Kind: command.Switch, Group: inSettings, Rare: true, Usage: "keep pictures in float16, which is the default; --amp=false keeps float32", Meant: []string{"fp16", "float16", "half"}}},
	{"memory.budget", command.Flag{Name: "memory-budget", Group: inSettings, Usage: "use at most `SIZE` of device memory: 2GiB", Meant: []string{"memory", "vram", "max-memory", "budget"}}},
	{"memory.use_gradient_checkpointing", command.Flag{Name: "recompute", Kind: command.Switch, Group: inSettings, Usage: "less memory for nearly the same time", Meant: []string{"gradient-checkpointing", "checkpointing", "low-memory"}}},
	{"train.stop_at_psnr", command.Flag{Name: "stop-at-psnr", Group: inTraining, Rare: true, Usage: "stop a run when its PSNR reaches `DB`", Meant: []string{"target-psnr"}}},
	{"output.rounding_loss", command.Flag{Name: "loss-db", Group: inResults, Rare: true, Usage: "rounding for a small model may cost `DB`, or 0.01", Meant: []string{"loss", "rounding-loss"}}},
	{"output.target_bytes", command.Flag{Name: "size", Group: inResults, Usage: "model file of at most `SIZE`: 50KiB", Meant: []string{"target-size", "max-size", "bytes"}}},
	{"gate.min_psnr", command.Flag{Name: "min-psnr", Group: inResults, Rare: true, Usage: "exit with code 5 when the PSNR of a run is below `DB`"}},
	{"gate.min_ssim", command.Flag{Name: "min-ssim", Group: inResults, Rare: true, Usage: "exit with code 5 when the SSIM of a run is below `SSIM`"}},
}

// settingFlag is a flag with the key that it sets.
type settingFlag struct {
	key string
	command.Flag
}

// flag makes the flag of a command.
func (s settingFlag) flag() command.Flag {
	f := s.Flag
	if !s.alone() {
		f.Words = configs.Choices(s.key)
	}
	return f
}

// alone reports whether the flag may stand without a value.
func (s settingFlag) alone() bool { return s.Kind == command.Switch }

// jobFlags are the flags of the commands that take a job.
func jobFlags() []command.Flag {
	var flags []command.Flag
	for _, s := range settingFlags {
		flags = append(flags, s.flag())
	}
	return append(flags,
		command.Flag{Name: "video", Kind: command.Switch, Takes: isCount, Group: inResults, Usage: "make a video, a frame every `N` steps (or 50)"},
		command.Flag{Name: "flat", Kind: command.Bool, Group: inResults, Usage: "many small pictures: one folder of models", Meant: []string{"corpus", "batch", "dataset"}},
		command.Flag{Name: "skip-existing", Kind: command.Bool, Group: inResults, Usage: "train only what an old session has not done"},
		command.Flag{Name: "force", Kind: command.Bool, Group: inResults, Usage: "train the runs of an old session again", Meant: []string{"overwrite", "replace"}},
		command.Flag{Name: "set", Kind: command.List, Group: inSettings, Usage: "set any key of a job file: `KEY=VALUE`", Words: configs.Keys()},
	)
}

// count matches a whole number as the flags take it: 20, 10_000, 5k.
var count = regexp.MustCompile(`^[0-9][0-9_]*[kM]?$`)

func isCount(word string) bool { return count.MatchString(word) }

// settingWords finds keys of settings in a hint, alone or with a value.
var settingWords = regexp.MustCompile(`\b[a-z]+\.[a-z0-9_.]*[a-z0-9_](=[A-Za-z0-9_]+)?`)

// exactFlags stand for one value of a setting.
var exactFlags = map[string]string{
	"output.exists=overwrite": "--force", "output.exists=skip": "--skip-existing", "video.enabled=true": "--video", "device.select": "--device",
}

// flagsInHint turns the settings in a hint into flags: sweep.gaussians=5 becomes --gaussians 5, and given.size --size. A
// setting without a flag becomes --set KEY=VALUE if it has a value. ": igs " begins a command, which does not change.
func flagsInHint(hint string) string {
	text, pasted, found := strings.Cut(hint, ": igs ")
	if found {
		pasted = ": igs " + pasted
	}
	return settingWords.ReplaceAllStringFunc(text, func(word string) string {
		if flag := exactFlags[word]; flag != "" {
			return flag
		}
		if name, ok := strings.CutPrefix(word, "given."); ok {
			return "--" + name
		}
		key, value, given := strings.Cut(word, "=")
		for _, s := range settingFlags {
			switch {
			case s.key != key:
			case !given:
				return "--" + s.Name
			case s.alone():
				return "--" + s.Name + "=" + value
			default:
				return "--" + s.Name + " " + value
			}
		}
		if given && slices.Contains(configs.Keys(), key) {
			return "--set " + word
		}
		return word
	}) + pasted
}
