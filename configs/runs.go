package configs

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"igs/internal/fault"
	"igs/internal/limits"
	"igs/internal/oneline"
	"igs/internal/picturefiles"
	"igs/internal/wholefile"
)

const (
	mostRuns     = 10_000
	mostPictures = 100_000 // runs in flat layout
)

// Runs expands the sweep: pictures, then numbers of splats, goals and numbers of steps. Each list keeps
// the order in which it is written; the matches of a pattern are in alphabetical order. The error is
// Mistakes, with all that is wrong with the job as a whole.
func (j *Job) Runs() ([]Run, error) {
	images, mistakes := j.images()
	mistakes = append(mistakes, j.contradictions()...)
	mistakes = append(mistakes, collisions(images)...)
	mistakes = append(mistakes, j.unwritable(images)...)
	most, goals := mostRuns, j.goals()
	if j.Flat() {
		most = mostPictures
	}
	if n := len(images) * len(j.Sweep.Gaussians) * len(j.Sweep.Steps) * len(goals); n > most {
		mistakes = append(mistakes, Mistake{Text: fmt.Sprintf("the sweep has %d runs; the most is %d", n, most), Hint: "split it into several jobs"})
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	var runs []Run
	for _, image := range images {
		for _, gaussians := range j.Sweep.Gaussians {
			for _, goal := range goals {
				for _, steps := range j.Sweep.Steps {
					run := Run{Image: image, Gaussians: gaussians, Free: gaussians == 0, Steps: steps, Settings: j.Settings}
					run.Goal = goal
					run.Name = run.name(base(image))
					runs = append(runs, run)
				}
			}
		}
	}
	return runs, nil
}

// longestName is the longest name of a file or a folder that common file systems allow, bytes.
const longestName = 255

// name is the name of a run and of its folder: cat-5000-1000, or cat-35dB-1000 if the number of splats follows from the
// goal. A name that is too long is cut, and part of its hash tells it from others that begin in the same way.
func (r Run) name(picture string) string {
	numbers := ""
	if !r.Free {
		numbers = fmt.Sprintf("-%d", r.Gaussians)
	}
	if goal := r.Goal.label(); goal != "" {
		numbers += "-" + goal
	}
	numbers += fmt.Sprintf("-%d", r.Steps)
	if len(picture)+len(numbers) <= longestName {
		return picture + numbers
	}
	numbers = fmt.Sprintf("~%.4x", sha256.Sum256([]byte(picture))) + numbers
	short := picture[:longestName-len(numbers)]
	for len(short) > 0 && !utf8.RuneStart(picture[len(short)]) {
		short = short[:len(short)-1]
	}
	return short + numbers
}

// unwritable are the paths that the files of a session cannot hold, because they are not UTF-8. igs resume could not
// find them again.
func (j *Job) unwritable(images []string) Mistakes {
	var found Mistakes
	check := func(path, key string) {
		if path != "" && !utf8.ValidString(absolute(path)) {
			found = append(found, Mistake{Where: j.whence(key), Text: fmt.Sprintf("the path %s is not UTF-8", oneline.Path(path)), Hint: "rename the file or the folder: the files of a session hold UTF-8 only"})
		}
	}
	for _, path := range images {
		check(path, "input.images")
	}
	check(j.Init.From, "init.from")
	check(j.Init.Saliency, "init.saliency")
	check(j.Output.Dir, "output.dir")
	check(j.Output.Session, "output.session")
	return found
}

// base is the file name without its ending.
func base(path string) string {
	name := filepath.Base(path)
	if cut := strings.TrimSuffix(name, filepath.Ext(name)); cut != "" {
		return cut
	}
	return name
}

// collisions finds pictures whose runs would share a folder. Upper and lower case count as the
// same, because some file systems do not tell them apart.
func collisions(images []string) Mistakes {
	var found Mistakes
	first := map[string]string{}
	for _, image := range images {
		name := strings.ToLower(base(image))
		if other, taken := first[name]; taken {
			found = append(found, Mistake{
				Text: fmt.Sprintf("%s and %s would both give runs named %s", oneline.Path(other), oneline.Path(image), oneline.Path(base(image)+"-…")),
				Hint: "rename one of the pictures, or train them in two sessions",
			})
			continue
		}
		first[name] = image
	}
	return found
}

// Pictures lists the pictures of the job, as Runs does. Patterns that match nothing are left out.
func (j *Job) Pictures() []string {
	paths, _ := j.images()
	return paths
}

// images finds the files, and the folders that are texture stacks. It does not check a plain name: reading the picture
// later gives a better message.
func (j *Job) images() (paths []string, mistakes Mistakes) {
	origin := j.whence("input.images")
	if len(j.Input.Images) == 0 {
		return nil, Mistakes{{Text: "no picture to train on", Hint: "name a picture, or set input.images in the job file"}}
	}
	seen, flat := map[string]bool{}, j.Flat()
	add := func(path string) {
		if !seen[path] {
			seen[path] = true
			paths = append(paths, path)
		}
	}
	for _, entry := range j.Input.Images {
		info, err := os.Stat(entry)
		switch {
		case err == nil && (picturefiles.IsList(entry) || info.IsDir() && flat):
			found, err := picturesIn(entry, info.IsDir())
			if err != nil {
				mistakes = append(mistakes, Mistake{Where: origin, Text: err.Error(), Hint: fault.Hint(err)})
			}
			for _, path := range found {
				add(path)
			}
		case err == nil || !strings.ContainsAny(entry, "*?["):
			add(entry)
		default:
			matches, err := filepath.Glob(j.pattern(entry))
			if err != nil || len(matches) == 0 {
				mistakes = append(mistakes, Mistake{Where: origin, Text: "no file matches " + oneline.Path(entry), Hint: "patterns use * ? and [a-z]; they start from the folder of the job file"})
			}
			for _, path := range matches {
				add(path)
			}
		}
	}
	return paths, mistakes
}

// Flat reports whether the session is one folder of models.
func (j *Job) Flat() bool {
	if j.Output.Layout != OutputAuto {
		return j.Output.Layout == OutputFlat
	}
	return slices.ContainsFunc(j.Input.Images, func(entry string) bool {
		info, err := os.Stat(entry)
		if err != nil || !info.IsDir() {
			return err == nil && picturefiles.IsList(entry)
		}
		pictures, _, _ := picturefiles.In(entry)
		return len(pictures) > limits.Channels // each has at least one channel
	})
}

// picturesIn lists the pictures of a folder or of a list file.
func picturesIn(path string, folder bool) (found []string, err error) {
	what := "names no picture"
	if folder {
		what = "is a folder without pictures"
		found, _, err = picturefiles.In(path)
	} else {
		found, err = picturefiles.Listed(path)
	}
	switch {
	case err != nil:
		return nil, fault.New(fault.BadInput, "check that it may be read", "%s: %w", oneline.Path(path), wholefile.Unnamed(err))
	case len(found) == 0:
		return nil, fault.New(fault.BadInput, "name a folder or a list with pictures", "%s: %s", oneline.Path(path), what)
	}
	return found, nil
}

// pattern escapes the folder of the job file, which is no pattern.
func (j *Job) pattern(entry string) string {
	rest, ok := strings.CutPrefix(entry, j.base+string(filepath.Separator))
	if !ok || filepath.Separator == '\\' { // Windows has no escape character for patterns
		return entry
	}
	shield := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)
	return shield.Replace(j.base) + string(filepath.Separator) + rest
}
