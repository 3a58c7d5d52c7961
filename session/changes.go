package session

import (
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/fault"
)

// Changes are what a session changes when it goes on. The zero value changes nothing, and then the result has the same
// bits as without an interruption.
type Changes struct {
	Steps  int      // finished runs go on to this number of steps; 0 = they stay as they are
	Set    []string // settings, KEY=VALUE
	Images []string // where pictures are that were moved
}

// changeable are the settings that may change when a run goes on. An entry that ends in a point is a section.
var changeable = []string{
	"train.lr.", "loss.", "train.eval_every", "train.checkpoint_every", "train.stop_at_psnr", "train.early_stop", "train.decay_ratio", "train.check_decay_steps",
	"train.max_decay_times", "train.decay_threshold", "memory.use_gradient_checkpointing", "memory.budget", "memory.host_budget", "device.", "output.render", "output.tensorboard", "output.report",
	"gate.", "video.",
}

// fixed says why other settings may not change. The first entry that fits counts.
var fixed = []struct{ key, reason, hint string }{
	{"sweep.gaussians", "the checkpoint has the splats of the run", "igs run starts a run with more splats from its model: init.from and init.allow_partial"},
	{"sweep.steps", "it is the number of steps of new runs", "given.steps takes finished runs further"},
	{"train.target_", "the splats so far were added for it", ""},
	{"input.images", "it names the pictures of new runs", "given.image names a picture that was moved"},
	{"input.", "the steps so far were trained on the picture that it prepares", ""},
	{"init.", "the first splats are placed", ""},
	{"train.seed", "the random numbers of the steps so far are drawn", ""},
	{"memory.use_amp", "the steps so far were taken in the other precision", ""},
	{"preset", "it gives other settings their values when a session begins", "set those settings"},
	{"recipe", "it gives other settings their values when a session begins", "set those settings"},
	{"effort", "it gives other settings their values when a session begins", "given.steps takes finished runs further"},
	{"output.", "the session stays where it is", "output.render, output.tensorboard and output.report may change"},
	{"", "the steps so far were taken with its old value", ""},
}

// fits reports whether an entry of the lists above is about a key.
func fits(entry, key string) bool {
	return entry == "" || entry == key || strings.HasSuffix(entry, ".") && strings.HasPrefix(key, entry)
}

func mayChange(key string) bool {
	return slices.ContainsFunc(changeable, func(entry string) bool { return fits(entry, key) })
}

// set gives the settings of the changes to a job. It returns their keys. The error is configs.Mistakes.
func (c Changes) set(job *configs.Job) (keys []string, err error) {
	var found []error
	for _, entry := range c.Set {
		key, value, ok := strings.Cut(entry, "=")
		if key = strings.TrimSpace(key); !ok {
			found = append(found, mistake(key, "has no value", "write --set KEY=VALUE"))
			continue
		}
		if err := job.Set(key, value, "igs resume --set"); err != nil || mayChange(key) {
			found = append(found, err)
			keys = append(keys, key)
			continue
		}
		for _, f := range fixed {
			if fits(f.key, key) {
				found = append(found, mistake(key, "cannot change when a run goes on: "+f.reason, f.hint))
				break
			}
		}
	}
	if err := configs.Gather(found...); err != nil || len(c.Set) == 0 {
		return nil, err
	}
	return keys, job.Check()
}

func mistake(key, text, hint string) error {
	if hint == "" {
		hint = "train in another session (output.session), or start a run from the model of this one: init.from"
	}
	return configs.Mistakes{{Where: "--set", Text: key + " " + text, Hint: hint}}
}

// nothingToChange is the error of settings for a session whose runs are all done.
func (c Changes) nothingToChange(dir string) error {
	if len(c.Set) == 0 {
		return nil
	}
	return fault.New(fault.BadInput, "given.steps N takes finished runs further", "all runs of %s are done, so no setting can change", dir)
}
