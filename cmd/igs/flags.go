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
	{key: "sweep.gaussians", Flag: command.Flag{Name: "gaussians", Short: "n", Group: inTraining, Usage: "number `N` of splats; 1k,5k trains two models",
		Meant: []string{"splats", "num-gaussians", "num-splats", "points", "count"}}},
	{key: "sweep.steps", Flag: command.Flag{Name: "steps", Short: "s", Group: inTraining, Usage: "number `N` of steps; 300,1k trains two models",
		Meant: []string{"iterations", "iters", "iter", "epochs", "max-steps", "num-steps"}}},
	{key: "effort", Flag: command.Flag{Name: "effort", Group: inTraining, Usage: "`EFFORT`: draft, normal or best; 100, 1000, 5000 steps", Meant: []string{"quality", "speed"}}},
	{key: "train.target_psnr", several: "sweep.psnr", Flag: command.Flag{Name: "psnr", Group: inTraining, Usage: "smallest model of `DB`: 35, or 30,35; instead of -n", Meant: []string{"target-psnr", "target-quality"}}},
	{key: "train.target_ssim", several: "sweep.ssim", Flag: command.Flag{Name: "ssim", Group: inTraining, Rare: true, Usage: "smallest model of an SSIM of `SSIM`: 0.95", Meant: []string{"target-ssim"}}},
	{key: "recipe", Flag: command.Flag{Name: "recipe", Group: inTraining, Usage: "`RECIPE`: igs, balanced or paper (as Image-GS does)"}},
	{key: "preset", Flag: command.Flag{Name: "preset", Short: "p", Group: inTraining, Usage: "`PRESET`: standard, large, extreme, auto", Meant: []string{"profile"}}},
	{key: "init.from", Flag: command.Flag{Name: "init", Group: inTraining, Rare: true, Usage: "start from `MODEL`: a model, checkpoint or run", Paths: command.Files, Meant: []string{"model", "from", "checkpoint"}}},
	{key: "output.dir", Flag: command.Flag{Name: "out", Short: "o", Group: inResults, Usage: "folder `DIR` of sessions, instead of output", Paths: command.Folders, Meant: []string{"output", "output-dir", "outdir", "out-dir", "dir"}}},
	{key: "output.session", Flag: command.Flag{Name: "name", Group: inResults, Usage: "call the session `SESSION` instead of session_N", Meant: []string{"session", "exp-name"}}},
	{key: "train.seed", Flag: command.Flag{Name: "seed", Group: inTraining, Rare: true, Usage: "random seed `N`; the same seed on the same device gives the same model", Meant: []string{"random-seed"}}},
	{key: "device.jobs", Flag: command.Flag{Name: "jobs", Group: inSettings, Rare: true, Usage: "train `N` runs at once on each device", Meant: []string{"parallel", "workers", "threads"}}},
	{key: "memory.use_amp", Flag: command.Flag{Name: "amp", Kind: command.Switch, Group: inSettings, Rare: true, Usage: "keep pictures in float16, which is the default; --amp=false keeps float32", Meant: []string{"fp16", "float16", "half"}}},
	{key: "memory.budget", Flag: command.Flag{Name: "memory-budget", Group: inSettings, Usage: "use at most `SIZE` of device memory: 2GiB", Meant: []string{"memory", "vram", "max-memory", "budget"}}},
	{key: "memory.use_gradient_checkpointing", Flag: command.Flag{Name: "recompute", Kind: command.Switch, Group: inSettings, Usage: "less memory for nearly the same time", Meant: []string{"gradient-checkpointing", "checkpointing", "low-memory"}}},
	{key: "train.stop_at_psnr", Flag: command.Flag{Name: "stop-at-psnr", Group: inTraining, Rare: true, Usage: "stop a run when its PSNR reaches `DB`", Meant: []string{"stop-psnr"}}},
	{key: "output.rounding_loss", Flag: command.Flag{Name: "loss-db", Group: inResults, Rare: true, Usage: "rounding for a small model may cost `DB`, or 0.01", Meant: []string{"loss", "rounding-loss"}}},
	{key: "output.target_bytes", several: "sweep.size", Flag: command.Flag{Name: "size", Group: inResults, Usage: "best model of at most `SIZE`: 50KiB, or 20KiB,50KiB", Meant: []string{"target-size", "max-size", "bytes"}}},
	{key: "output.target_bpp", several: "sweep.bpp", Flag: command.Flag{Name: "bpp", Group: inResults, Rare: true, Usage: "best model of at most `BITS` per pixel: 0.3", Meant: []string{"target-bpp", "bits-per-pixel", "rate"}}},
	{key: "gate.min_psnr", Flag: command.Flag{Name: "min-psnr", Group: inResults, Rare: true, Usage: "exit with code 5 when the PSNR of a run is below `DB`"}},
	{key: "gate.min_ssim", Flag: command.Flag{Name: "min-ssim", Group: inResults, Rare: true, Usage: "exit with code 5 when the SSIM of a run is below `SSIM`"}},
}

// settingFlag is a flag with the key that it sets.
type settingFlag struct {
	key string
	command.Flag
	several string // the key that takes several values, for a flag whose key takes one; "" = none
}

// keyFor is the key that the flag sets to a value.
func (s settingFlag) keyFor(value string) string {
	if s.several != "" && strings.Contains(value, ",") {
		return s.several
	}
	return s.key
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
		command.Flag{Name: "flat", Kind: command.Bool, Group: inResults, Rare: true, Usage: "many small pictures: one folder of models", Meant: []string{"corpus", "batch", "dataset"}},
		command.Flag{Name: "skip-existing", Kind: command.Bool, Group: inResults, Usage: "train only what an old session has not done"},
		command.Flag{Name: "force", Kind: command.Bool, Group: inResults, Usage: "train the runs of an old session again", Meant: []string{"overwrite", "replace"}},
		command.Flag{Name: "set", Kind: command.List, Group: inSettings, Usage: "set any key of a job file: `KEY=VALUE`", Words: configs.Keys()},
	)
}

// count matches a whole number as the flags take it: 20, 10_000, 5k.
var count = regexp.MustCompile(`^[0-9][0-9_]*[kM]?$`)

func isCount(word string) bool { return count.MatchString(word) }

// settingWords finds keys of settings in a hint, alone or with a value, and with a --set that is there already.
var settingWords = regexp.MustCompile(`(--set )?\b[a-z]+\.[a-z0-9_.]*[a-z0-9_](=[A-Za-z0-9_]+)?`)

// exactFlags stand for one value of a setting.
var exactFlags = map[string]string{
	"output.exists=overwrite": "--force", "output.exists=skip": "--skip-existing", "output.layout=flat": "--flat", "video.enabled=true": "--video", "device.select": "--device",
}

// flagsInHint turns the settings in a hint into flags: sweep.gaussians=5 becomes --gaussians 5, and given.size --size. A
// setting without a flag becomes --set KEY=VALUE if it has a value. ": igs " begins a command, which does not change.
func flagsInHint(hint string) string {
	text, pasted, found := strings.Cut(hint, ": igs ")
	if found {
		pasted = ": igs " + pasted
	}
	return settingWords.ReplaceAllStringFunc(text, func(word string) string {
		if strings.HasPrefix(word, "--set ") {
			return word
		}
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
