package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"igs/configs"
	"igs/imageio"
	"igs/record"
)

// unchanged holds the runs that have begun against their job and their pictures, and names
// every difference that would change a result.
func (w *sweep) unchanged() error {
	var mistakes configs.Mistakes
	hashes := map[string]record.File{}
	for _, run := range w.runs {
		r := w.session.runs[run.Name]
		if r == nil {
			continue
		}
		if _, known := hashes[run.Image]; !known {
			file, err := hashPicture(run.Image)
			if err != nil {
				return err
			}
			hashes[run.Image] = file
		}
		if now := hashes[run.Image]; now.Sha256 != r.Image.Sha256 {
			mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: fmt.Sprintf("the picture %s has changed since", run.Image)})
		}
		if given := run.Init.Saliency; given != "" && r.Saliency != nil {
			if now, err := record.Hash(given); err != nil || now.Sha256 != r.Saliency.Sha256 {
				mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: fmt.Sprintf("the saliency map %s has changed since", given)})
			}
		}
		for _, d := range differences(r, w.job) {
			mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: d})
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	mistakes[0].Hint = "put it back as it was, or train under another --name"
	return mistakes
}

// hashPicture describes the file of a picture, or the pictures of a stack together.
func hashPicture(path string) (record.File, error) {
	file, err := imageio.Hash(path)
	return record.File(file), err
}

// harmless settings change no result, or are those of the run itself.
var harmless = []string{
	"preset", "recipe", "effort", "input.images", "sweep.", "init.from", "init.allow_partial", "init.saliency", "train.checkpoint_every",
	"memory.use_gradient_checkpointing", "memory.budget", "device.", "output.", "gate.", "video.",
}

// differences are the settings that would change the result and are not what the run began with.
func differences(r *record.Run, job *configs.Job) []string {
	var found []string
	for _, v := range job.Values() {
		then, known := r.Settings[v.Key]
		if !known || slices.ContainsFunc(harmless, func(prefix string) bool { return strings.HasPrefix(v.Key, prefix) }) {
			continue
		}
		was, is := literalOf(then.Value), literalOf(v.Value)
		if !bytes.Equal(was, is) {
			found = append(found, fmt.Sprintf("%s is %s, but the run began with %s", v.Key, is, was))
		}
	}
	return found
}

func literalOf(value any) []byte {
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return text
}
