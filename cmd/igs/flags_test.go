package main

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"

	"igs/configs"
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
		"": "",
	} {
		if got := flagsInHint(hint); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", hint, got, want)
		}
	}
}

// Every key and every environment variable of a key that a help text or the man page names exists.
func TestHelpNamesKeys(t *testing.T) {
	keys := configs.Keys()
	var variables, sections []string
	for _, key := range keys {
		variables = append(variables, "IGS_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_")))
		section, _, _ := strings.Cut(key, ".")
		sections = append(sections, section)
	}
	others := []string{"IGS_SECTION_KEY", "IGS_TUNE", "IGS_SELFCHECK", "IGS_VULKAN_LIB", "IGS_QUEUE", "IGS_FFMPEG"}
	variable := regexp.MustCompile(`IGS_[A-Z_]+`)
	check := func(where, text string) {
		for _, word := range settingWords.FindAllString(text, -1) {
			key, _, _ := strings.Cut(word, "=")
			if section, _, _ := strings.Cut(key, "."); slices.Contains(sections, section) && !slices.Contains(keys, key) {
				t.Errorf("%s names %s, which is not a key", where, key)
			}
		}
		for _, word := range variable.FindAllString(text, -1) {
			if !slices.Contains(variables, word) && !slices.Contains(others, word) {
				t.Errorf("%s names %s, which is not a variable", where, word)
			}
		}
	}
	for _, command := range []string{"", "run", "resume", "plan", "render", "eval", "convert", "compare", "video", "report", "devices", "bench", "init", "config", "completion", "man"} {
		var out, errors bytes.Buffer
		args := strings.Fields("igs " + command + " --help")
		if command == "man" {
			args = []string{"igs", "man"}
		}
		if code := start(args, &out, &errors); code != 0 {
			t.Fatalf("%v: exit code %d: %s", args, code, errors.String())
		}
		check(strings.Join(args, " "), strings.ReplaceAll(out.String(), `\-`, "-"))
	}
}
