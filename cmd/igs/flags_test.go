package main

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"igs/configs"
	"igs/internal/command"
	"igs/printer"
)

// Hints of libraries name settings; the program shows flags instead.
func TestFlagsInHint(t *testing.T) {
	for hint, want := range map[string]string{
		"choose another output.session; or output.exists=skip trains only what is missing, and output.exists=overwrite all again": "choose another --name; or --skip-existing trains only what is missing, and --force all again",
		"ask for fewer: sweep.gaussians=12 is plenty for a picture of this size":                                                  "ask for fewer: --gaussians 12 is plenty for a picture of this size",
		"give it at least 9 MiB (memory.budget), or use fewer splats":                                                             "give it at least 9 MiB (--memory-budget), or use fewer splats",
		"train in float32 (memory.use_amp=false), or lower the learning rates (train.lr)":                                         "train in float32 (--amp=false), or lower the learning rates (train.lr)",
		"start with all splats: progressive.enabled=false":                                                                        "start with all splats: --set progressive.enabled=false",
		"train with video.enabled=true to take frames":                                                                            "train with --video to take frames",
		"leave out given.size, given.image and given.sigma":                                                                       "leave out --size, --image and --sigma",
		"run.json of each says why, in model.igsm":                                                                                "run.json of each says why, in model.igsm",
		"choose another output.dir, then go on with: igs resume output.dir/s":                                                     "choose another --out, then go on with: igs resume output.dir/s",
		"--set video.keep_frames=true keeps the frames":                                                                           "--set video.keep_frames=true keeps the frames",
		"leave out output.layout=flat, and name a pattern":                                                                        "leave out --flat, and name a pattern",
		"": "",
	} {
		if got := flagsInHint(hint); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", hint, got, want)
		}
	}
}

// otherVariables are the environment variables that set no key.
var otherVariables = []string{"IGS_TUNE", "IGS_SELFCHECK", "IGS_VULKAN_LIB", "IGS_QUEUE", "IGS_FFMPEG"}

// Every key and every environment variable of a key that a help text or the man page names exists.
func TestHelpNamesKeys(t *testing.T) {
	keys := configs.Keys()
	var variables, sections []string
	for _, key := range keys {
		variables = append(variables, "IGS_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_")))
		section, _, _ := strings.Cut(key, ".")
		sections = append(sections, section)
	}
	variable := regexp.MustCompile(`IGS_[A-Z_]+`)
	check := func(where, text string) {
		for _, word := range settingWords.FindAllString(text, -1) {
			key, _, _ := strings.Cut(strings.TrimPrefix(word, "--set "), "=")
			if section, _, _ := strings.Cut(key, "."); slices.Contains(sections, section) && !slices.Contains(keys, key) {
				t.Errorf("%s names %s, which is not a key", where, key)
			}
		}
		for _, word := range variable.FindAllString(text, -1) {
			if !slices.Contains(variables, word) && word != "IGS_SECTION_KEY" && !slices.Contains(otherVariables, word) {
				t.Errorf("%s names %s, which is not a variable", where, word)
			}
		}
	}
	for _, name := range []string{"", "run", "resume", "plan", "slurm", "render", "view", "eval", "convert", "compare", "video", "report", "devices", "bench", "init", "config", "completion", "man"} {
		var out, errors bytes.Buffer
		args := strings.Fields("igs " + name + " --help-all")
		if name == "man" {
			args = []string{"igs", "man"}
		}
		if code := start(args, &out, &errors); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errors.String())
		}
		check(strings.Join(args, " "), strings.ReplaceAll(out.String(), `\-`, "-"))
	}
}

// The help of igs run shows the usual flags on one screen. No help is wider than a small terminal.
func TestHelpFitsTheScreen(t *testing.T) {
	for _, line := range []string{"igs", "igs run --help", "igs plan --help", "igs render --help", "igs eval --help", "igs convert --help", "igs bench --help", "igs resume --help"} {
		var out, errors bytes.Buffer
		if code := start(strings.Fields(line), &out, &errors); code != 0 {
			t.Fatalf("%s: exit code %d: %s", line, code, errors.String())
		}
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if line == "igs run --help" && len(lines) > 36 {
			t.Errorf("%s has %d lines", line, len(lines))
		}
		for _, text := range lines {
			if n := utf8.RuneCountInString(text); n > 80 {
				t.Errorf("%s has a line of %d columns: %s", line, n, text)
			}
		}
	}
}

// A flag -o is --out in every command, and a flag that takes a file completes files.
func TestFlagsMeanTheSameEverywhere(t *testing.T) {
	p := newProgram(printer.New(io.Discard, io.Discard), nil).describe()
	files := []string{"out", "init", "image", "picture"}
	names := map[string]string{}
	for _, c := range p.Commands {
		for _, f := range c.Flags {
			if other := names[f.Short]; f.Short != "" && other != "" && other != f.Name {
				t.Errorf("-%s is --%s and --%s", f.Short, other, f.Name)
			}
			names[f.Short] = f.Name
			if slices.Contains(files, f.Name) != (f.Paths != command.NoPaths) {
				t.Errorf("igs %s --%s completes paths: %v", c.Name, f.Name, f.Paths)
			}
		}
	}
}
