package main

import (
	"regexp"
	"slices"
	"strings"

	"igs/cmd/igs/command"
	"igs/configs"
)

// settingFlags are the flags that stand for one key of the job file.
var settingFlags = []settingFlag{
	{"gaussians", "n", "sweep.gaussians", "train with `N[,N]` splats"},
	{"steps", "s", "sweep.steps", "train for `N[,N]` steps"},
	{"recipe", "", "recipe", "train by `RECIPE`: igs, balanced for a higher SSIM, or paper for that of Image-GS"},
	{"effort", "", "effort", "train for as many steps as `EFFORT` has: draft 100, normal 1000, best 5000"},
	{"preset", "p", "preset", "start from `PRESET`: standard, large, extreme, or auto by the size of the pictures"},
	{"out", "o", "output.dir", "put the session into `DIR`"},
	{"name", "", "output.session", "call its folder `SESSION` instead of the next free session_N"},
	{"seed", "", "train.seed", "draw from seed `N`: the same on the same device gives the same model"},
	{"amp", "", "memory.use_amp", "keep pictures in float16, as is the default; =false keeps float32"},
	{"recompute", "", "memory.use_gradient_checkpointing", "keep a ring of rows instead of all pixels: less memory for nearly the same time"},
	{"memory-budget", "", "memory.budget", "use at most `SIZE` of the memory of the device, such as 2GiB"},
	{"init", "", "init.from", "start from `MODEL`, a model or checkpoint, instead of seeding"},
	{"stop-at-psnr", "", "train.stop_at_psnr", "stop as soon as `DB` are reached"},
	{"min-psnr", "", "gate.min_psnr", "exit with 5 when a run ends below `DB`"},
	{"min-ssim", "", "gate.min_ssim", "exit with 5 when a run ends below `SSIM`"},
}

type settingFlag struct{ name, short, key, usage string }

// flag describes it. Flags of keys that can be true may stand alone.
func (s settingFlag) flag() command.Flag {
	f := command.Flag{Name: s.name, Short: s.short, Usage: s.usage, Words: configs.Choices(s.key)}
	if s.alone() {
		f.Kind, f.Words = command.Switch, nil
	}
	return f
}

func (s settingFlag) alone() bool { return s.name == "amp" || s.name == "recompute" }

// jobFlags are those that make the job.
func jobFlags() []command.Flag {
	var flags []command.Flag
	for _, s := range settingFlags {
		flags = append(flags, s.flag())
	}
	return append(flags,
		command.Flag{Name: "video", Kind: command.Switch, Usage: "make a video of the training, with a frame every `EVERY` steps: --video or --video=50"},
		command.Flag{Name: "set", Kind: command.List, Usage: "set any key of a job file: `KEY=VALUE`", Words: configs.Keys()},
		command.Flag{Name: "skip-existing", Kind: command.Bool, Usage: "train only what the session has not done yet"},
		command.Flag{Name: "force", Kind: command.Bool, Usage: "replace runs that the session has already"},
	)
}

// settingWords are keys of settings in a hint, alone or with a value.
var settingWords = regexp.MustCompile(`\b[a-z]+\.[a-z0-9_.]*[a-z0-9_](=[A-Za-z0-9_]+)?`)

// exactFlags stand for one value of a setting.
var exactFlags = map[string]string{
	"output.exists=overwrite": "--force", "output.exists=skip": "--skip-existing", "video.enabled=true": "--video", "device.select": "--device",
}

// flagsInHint turns the settings that a hint of a library names into flags: sweep.gaussians=5 becomes --gaussians 5. A setting without
// a flag becomes --set KEY=VALUE, or stays when the hint names no value. What igs convert can be given about a model has flags too.
// What follows ": igs " is a command with names of files.
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
				return "--" + s.name
			case s.alone():
				return "--" + s.name + "=" + value
			default:
				return "--" + s.name + " " + value
			}
		}
		if given && slices.Contains(configs.Keys(), key) {
			return "--set " + word
		}
		return word
	}) + pasted
}
