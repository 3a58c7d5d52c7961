package configs

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Check reports settings that are valid alone but not together. The error is Mistakes.
func (j *Job) Check() error {
	if found := j.contradictions(); len(found) > 0 {
		return found
	}
	return nil
}

// contradictions are settings that are valid alone but not together.
func (j *Job) contradictions() Mistakes {
	var found Mistakes
	if p := j.Progressive; p.Enabled && p.Rule == ProgressiveAdditions {
		least := p.AddSteps*p.AddTimes + p.PostMinSteps
		for _, steps := range j.Sweep.Steps {
			if steps < least {
				found = append(found, Mistake{
					Where: j.whence("sweep.steps"),
					Text:  fmt.Sprintf("%d steps are too few for progressive training, which needs %d", steps, least),
					Hint:  fmt.Sprintf("give at least %d steps, or start with all splats: progressive.enabled=false", least),
				})
			}
		}
	}
	found = append(found, j.wrongGoals()...)
	found = append(found, j.unread()...)
	if b := j.Bounds; b.ScaleMin >= b.ScaleMax {
		found = append(found, Mistake{
			Where: j.whence("bounds.scale_min"),
			Text:  fmt.Sprintf("bounds.scale_min is %v, and bounds.scale_max is %v", b.ScaleMin, b.ScaleMax),
			Hint:  "scale_min must be below scale_max",
		})
	}
	if a := j.Bounds.Aspect; a > 0 && a < 1 {
		found = append(found, Mistake{Where: j.whence("bounds.aspect"), Text: fmt.Sprintf("bounds.aspect is %v", a), Hint: "1 keeps all splats round, 0 sets no bound"})
	}
	if r := j.Relocate; r.Enabled && r.Until != 0 && r.From > r.Until {
		found = append(found, Mistake{
			Where: j.whence("relocate.until"),
			Text:  fmt.Sprintf("relocation never begins: relocate.from is %v, and relocate.until is %v", r.From, r.Until),
			Hint:  "lower relocate.from, or set relocate.enabled = false",
		})
	}
	if j.Loss == (Loss{}) {
		found = append(found, Mistake{Text: "all weights of the loss are 0", Hint: "set one weight of section loss, for example loss.l2 = 1"})
	}
	if in := j.Init; in.Saliency != "" && in.Mode != InitSaliency {
		found = append(found, Mistake{
			Where: j.whence("init.saliency"),
			Text:  fmt.Sprintf("init.saliency is a map for init.mode = \"saliency\", but the mode is %q", in.Mode),
			Hint:  "set init.mode to saliency, or remove init.saliency",
		})
	}
	if s := j.Output.Session; s != "" && (s != filepath.Base(s) || s == "." || s == ".." || strings.ContainsAny(s, `/\:`)) {
		found = append(found, Mistake{Where: j.whence("output.session"), Text: fmt.Sprintf("%q is no name for a session", s), Hint: "a session is one folder in the output folder; output.dir is the output folder"})
	}
	if o := j.Output; o.Exists == ExistsSkip && o.Session == "" {
		found = append(found, Mistake{Where: j.whence("output.exists"), Text: "output.exists = \"skip\" needs the name of a session", Hint: "set output.session to the session to continue"})
	}
	for _, k := range []string{"output.dir", "device.select"} {
		if key, _ := find(k); key.get(j) == "" {
			found = append(found, Mistake{Where: j.whence(k), Text: k + " is empty"})
		}
	}
	return found
}

// readBy lists keys and sections that are read only when another setting has a certain value.
var readBy = slices.Concat(progressiveReadBy, goalReadBy, []condition{
	{"init.scale", "init.rule round", "set init.rule to round, or init.size instead", func(j *Job) bool {
		return j.Init.Rule == InitRound || j.Progressive.Enabled && j.Progressive.Rule == ProgressiveAdditions
	}},
	{"output.rounding_loss", "quantize.enabled false", "set quantize.enabled to false, or leave out the loss: the bits set the precision", (*Job).roundsForFile},
	{"video.", "output.layout runs", "leave it out, or set output.layout to runs", func(j *Job) bool { return !j.Flat() }},
	{"output.tensorboard", "output.layout runs", "leave it out, or set output.layout to runs", func(j *Job) bool { return !j.Flat() }},
	{"bounds.", "train.optimizer frame", "set train.optimizer to frame, or leave it out", func(j *Job) bool { return j.Train.Optimizer == OptimizerFrame }},
})

// condition is an entry of readBy: keys that begin with prefix have an effect only where read returns true.
type condition struct {
	prefix, by, hint string
	read             func(*Job) bool
}

// unread are settings that nothing reads and that differ from their defaults. A setting at its default is no
// mistake: a written job has all keys.
func (j *Job) unread() Mistakes {
	var found Mistakes
	initial := Default()
	for _, r := range readBy {
		for _, k := range schema {
			if strings.HasPrefix(k.name, r.prefix) && !r.read(j) && k.isSet(j, initial) {
				found = append(found, Mistake{Where: j.whence(k.name), Text: fmt.Sprintf("%s is for %s only", k.name, r.by), Hint: r.hint})
			}
		}
	}
	return found
}
