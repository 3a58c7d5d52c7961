package main

import (
	"regexp"
	"slices"
	"strings"

	"igs/cmd/igs/command"
	"igs/configs"
)

// settingFlags are the flags that set one key of the job file.
var settingFlags = []settingFlag{
	{"gaussians", "n", "sweep.gaussians", "train `N` splats; a list such as 1000,5000 trains a model for each number"},
	{"steps", "s", "sweep.steps", "train for `N` steps; a list trains a model for each number"},
	{"recipe", "", "recipe", "train by `RECIPE`: igs (the default), balanced (a higher SSIM) or paper (the method of Image-GS)"},
	{"effort", "", "effort", "set the number of steps by `EFFORT`: draft 100, normal 1000, best 5000"},
	{"preset", "p", "preset", "use the settings of `PRESET`: standard, large, extreme, or auto (chosen by the size of the pictures)"},
	{"out", "o", "output.dir", "write the session into the folder `DIR` instead of output"},
	{"name", "", "output.session", "name the folder of the session `SESSION` instead of the next free session_N"},
	{"seed", "", "train.seed", "use the random seed `N`; the same seed on the same device gives the same model"},
	{"amp", "", "memory.use_amp", "keep pictures in float16, which is the default; --amp=false keeps float32"},
	{"recompute", "", "memory.use_gradient_checkpointing", "keep a band of rows on the device instead of the whole picture: less memory, nearly the same time"},
	{"memory-budget", "", "memory.budget", "use at most `SIZE` of device memory, for example 2GiB"},
	{"init", "", "init.from", "start from the splats of `MODEL`, a model file or a checkpoint"},
	{"stop-at-psnr", "", "train.stop_at_psnr", "stop a run when its PSNR reaches `DB`"},
	{"loss-db", "", "output.rounding_loss", "write a smaller model file by rounding that costs up to `DB` of PSNR: 0.01 is the default, 0 keeps float32"},
	{"size", "", "output.target_bytes", "write a model file of at most `SIZE`, for example 50KiB; without --gaussians, igs chooses their number"},
	{"min-psnr", "", "gate.min_psnr", "exit with code 5 when the PSNR of a run is below `DB`"},
	{"min-ssim", "", "gate.min_ssim", "exit with code 5 when the SSIM of a run is below `SSIM`"},
}

type settingFlag struct{ name, short, key, usage string }

// flag makes the flag of a command. A flag of a key that is true or false may stand without a value.
func (s settingFlag) flag() command.Flag {
	f := command.Flag{Name: s.name, Short: s.short, Usage: s.usage, Words: configs.Choices(s.key)}
	if s.alone() {
		f.Kind, f.Words = command.Switch, nil
	}
	return f
}

func (s settingFlag) alone() bool { return s.name == "amp" || s.name == "recompute" }

// jobFlags are the flags of the commands that take a job.
func jobFlags() []command.Flag {
	var flags []command.Flag
	for _, s := range settingFlags {
		flags = append(flags, s.flag())
	}
	return append(flags,
		command.Flag{Name: "video", Kind: command.Switch, Usage: "make a video of the training; --video=50 takes a frame every 50 steps"},
		command.Flag{Name: "set", Kind: command.List, Usage: "set a key of the job file: `KEY=VALUE` (igs run --help lists the keys)", Words: configs.Keys()},
		command.Flag{Name: "skip-existing", Kind: command.Bool, Usage: "when the session exists: train only the runs that are not done"},
		command.Flag{Name: "force", Kind: command.Bool, Usage: "when the session exists: train its runs again and replace them"},
	)
}

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
