package session

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"igs/configs"
	"igs/record"
)

// unchanged compares the runs that have begun with the job and the pictures as they are now. Its error lists every
// difference that would change a result.
func (w *Sweep) unchanged(s *Session) error {
	var mistakes configs.Mistakes
	for _, run := range w.runs {
		r := s.Runs[run.Name]
		if r == nil {
			continue
		}
		if w.targets.hashes[run.Image] != r.Image.Sha256 {
			mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: fmt.Sprintf("the picture %s has changed since the run began", run.Image)})
		}
		if given := run.Init.Saliency; given != "" && r.Saliency != nil {
			if now, err := record.Hash(given); err != nil || now.Sha256 != r.Saliency.Sha256 {
				mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: fmt.Sprintf("the saliency map %s has changed since the run began", given)})
			}
		}
		for _, d := range differences(r, w.job) {
			if !slices.Contains(w.changed, d.key) {
				mistakes = append(mistakes, configs.Mistake{Where: run.Name, Text: d.text, Hint: d.hint(s.Dir)})
			}
		}
	}
	if len(mistakes) == 0 {
		return nil
	}
	mistakes[0].Hint = cmp.Or(mistakes[0].Hint, "restore it, or train in another session (output.session)")
	return mistakes
}

// asBegun is a run with the strides and the alpha that it began with. An igs without strided steps recorded none, and its
// steps look at every pixel. An igs without input.alpha dropped alpha.
func asBegun(run configs.Run, r *record.Run) configs.Run {
	if _, known := r.Settings["train.stride"]; !known {
		run.Train.Strides = "1"
	}
	if _, known := r.Settings["input.alpha"]; !known {
		run.Target.Alpha = configs.AlphaDrop
	}
	return run
}

// harmless lists the settings that change no result, or that each run has for itself.
var harmless = []string{
	"preset", "recipe", "effort", "input.images", "sweep.", "init.from", "init.allow_partial", "init.saliency", "train.checkpoint_every",
	"memory.use_gradient_checkpointing", "memory.budget", "memory.host_budget", "device.", "output.", "gate.", "video.",
}

// difference is a setting that differs from that of a run.
type difference struct{ key, text, value string }

// hint says how to change the setting on purpose, "" when it cannot change.
func (d difference) hint(dir string) string {
	if !mayChange(d.key) {
		return ""
	}
	return fmt.Sprintf("restore it, or change it on purpose: %s --set %s=%s", Command("resume", dir), d.key, strings.Trim(d.value, `"`))
}

// differences lists the settings that would change the result and that differ from those of the run.
func differences(r *record.Run, job *configs.Job) []difference {
	var found []difference
	for _, v := range job.Values() {
		then, known := r.Settings[v.Key]
		if !known || slices.ContainsFunc(harmless, func(prefix string) bool { return strings.HasPrefix(v.Key, prefix) }) {
			continue
		}
		was, is := literalOf(then.Value), literalOf(v.Value)
		if !bytes.Equal(was, is) {
			found = append(found, difference{v.Key, fmt.Sprintf("%s is %s, but the run began with %s", v.Key, is, was), string(is)})
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
