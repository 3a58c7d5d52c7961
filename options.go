package igs

import (
	"fmt"
	"strings"

	"igs/configs"
	"igs/internal/fault"
)

// Recipe says how to train.
type Recipe int

const (
	RecipeIGS      Recipe = iota // the default: squared error, splats that grow and move to where the error is
	RecipeBalanced               // a higher SSIM for a PSNR that is 0.2 to 0.4 dB lower, in 1.4 times the time
	RecipePaper                  // the settings of the published code of Image-GS, with half of its limit of steps
)

var recipeNames = [...]string{"igs", "balanced", "paper"}

// String is the name that the command igs knows the recipe by.
func (r Recipe) String() string {
	if r < 0 || int(r) >= len(recipeNames) {
		return fmt.Sprintf("Recipe(%d)", int(r))
	}
	return recipeNames[r]
}

// Precision is that of the pixels on the device. Parameters and their updates are float32 always.
type Precision int

const (
	PrecisionMixed   Precision = iota // the default: float16 where it does no harm, half of the memory
	PrecisionFloat32                  // the same everywhere
)

// String is the precision in a word.
func (p Precision) String() string {
	switch p {
	case PrecisionMixed:
		return "mixed"
	case PrecisionFloat32:
		return "float32"
	}
	return fmt.Sprintf("Precision(%d)", int(p))
}

// Bits are those of each parameter in the model file, 4 to 32; from 23 on a float32 is kept as it is. The zero Bits keep all as they are. Of Bits with
// one group set those that are 0 are 16.
type Bits struct {
	Position int // of x and of y
	Scale    int // of each standard deviation
	Rotation int
	Color    int // of each channel
}

// Options say how to train. Those that are zero are the defaults of the recipe, which are those of the command igs. A value out of range is
// ErrBadInput.
type Options struct {
	Recipe Recipe // how to train
	Splats int    // at the end; 0 = 10 000, or as many as From has. At most one a pixel
	Steps  int    // 0 = 1000, with RecipePaper 5000
	Seed   int64  // same seed and device, same model; 0 = 123
	Bits   Bits   // of the model file; training takes them into account

	From *Model // begin with its splats instead of seeding; what Splats asks for beyond them is added

	EvaluateEvery int     // steps from one measure of PSNR and SSIM to the next; 0 = 100
	StopAtPSNR    float64 // dB that are enough; 0 = never stop early

	Device       *Device   // nil = DefaultDevice
	Precision    Precision // of pixels on the device
	Recompute    bool      // keep a ring of rows instead of all pixels: less memory for nearly the same time, and the same model
	MemoryBudget int64     // of the device, that training may take at most, 1 MiB and more; 0 = what was free when it was opened

	// Progress is told how far training is, at most ten times a second and at each evaluation. It is called on the goroutine that trains, and
	// returns soon. It must not call the Trainer, but for Steps, Splats and Done.
	Progress func(Progress)

	// Warn is told what the caller should know and what stops nothing: that the device has no room for training as asked, and what is done instead. It
	// is called by NewTrainer and Resume too.
	Warn func(text string)
}

// field is the name of an option in errors, and where its value in the job came from.
func field(name string) string { return "Options." + name }

// job lays what is set over the defaults, and the recipe under it.
func (o Options) job() (*configs.Job, error) {
	j := configs.Default()
	var found []error
	set := func(name, key string, wanted bool, value any) {
		if wanted {
			found = append(found, j.Set(key, fmt.Sprint(value), field(name)))
		}
	}
	splats := o.Splats
	if o.From != nil && splats == 0 {
		splats = o.From.Splats()
	}
	set("Recipe", "recipe", o.Recipe != RecipeIGS, o.Recipe)
	set("Splats", "sweep.gaussians", splats != 0, splats)
	set("Steps", "sweep.steps", o.Steps != 0, o.Steps)
	set("Seed", "train.seed", o.Seed != 0, o.Seed)
	set("From", "init.allow_partial", o.From != nil, true)
	set("EvaluateEvery", "train.eval_every", o.EvaluateEvery != 0, o.EvaluateEvery)
	set("StopAtPSNR", "train.stop_at_psnr", o.StopAtPSNR != 0, o.StopAtPSNR)
	set("Recompute", "memory.use_gradient_checkpointing", o.Recompute, true)
	set("MemoryBudget", "memory.budget", o.MemoryBudget != 0, o.MemoryBudget)
	switch o.Precision {
	case PrecisionMixed:
	case PrecisionFloat32:
		set("Precision", "memory.use_amp", true, false)
	default:
		found = append(found, configs.Mistakes{{Where: field("Precision"), Text: "it is " + o.Precision.String(), Hint: "take PrecisionMixed or PrecisionFloat32"}})
	}
	set("Bits", "quantize.enabled", o.Bits != Bits{}, true)
	set("Bits.Position", "quantize.pos_bits", o.Bits.Position != 0, o.Bits.Position)
	set("Bits.Scale", "quantize.scale_bits", o.Bits.Scale != 0, o.Bits.Scale)
	set("Bits.Rotation", "quantize.rot_bits", o.Bits.Rotation != 0, o.Bits.Rotation)
	set("Bits.Color", "quantize.feat_bits", o.Bits.Color != 0, o.Bits.Color)
	if err := configs.Gather(found...); err != nil {
		return nil, err
	}
	return j, j.FillRecipe()
}

// run is the one run of a job without files. What contradicts itself is an error.
func run(j *configs.Job) (configs.Run, error) {
	if err := j.SetImages([]string{"picture"}, "igs"); err != nil {
		return configs.Run{}, err
	}
	runs, err := j.Runs()
	if err != nil {
		return configs.Run{}, err
	}
	return runs[0], nil
}

// settings are the values of a job that make its model, by their keys, for a checkpoint.
func settings(j *configs.Job) map[string]string {
	all := map[string]string{}
	for _, v := range j.Values() {
		if section, _, _ := strings.Cut(v.Key, "."); ofTraining[section] {
			all[v.Key] = text(v.Value)
		}
	}
	return all
}

// ofTraining are the sections of a job, and keys beside them, that a checkpoint remembers.
var ofTraining = map[string]bool{
	"recipe": true, "sweep": true, "init": true, "train": true, "loss": true, "bounds": true, "progressive": true, "relocate": true, "quantize": true, "memory": true,
}

// text is a value as configs.Job.Set reads it.
func text(value any) string {
	if list, ok := value.([]int); ok {
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]")
	}
	return fmt.Sprint(value)
}

// remembered is the job of a checkpoint. What o asks for must be what the checkpoint was trained with; how much memory may be taken may change.
func (o Options) remembered(saved map[string]string) (*configs.Job, error) {
	if len(saved) == 0 {
		return nil, fault.New(fault.BadInput, "the command continues it: igs resume", "the checkpoint does not hold its settings: it is of the command igs")
	}
	j := configs.Default()
	var found []error
	for key, value := range saved {
		found = append(found, j.Set(key, value, "the checkpoint"))
	}
	o.From = nil // its splats are in the checkpoint, trained on
	asked, err := o.job()
	found = append(found, err)
	if err := configs.Gather(found...); err != nil {
		return nil, err
	}
	for _, v := range asked.Values() {
		if !strings.HasPrefix(v.Origin, field("")) {
			continue
		}
		if now := text(v.Value); mayChange[v.Key] {
			found = append(found, j.Set(v.Key, now, v.Origin))
		} else if now != saved[v.Key] {
			found = append(found, configs.Mistakes{{Where: v.Origin, Text: fmt.Sprintf("it asks for %s %s, and the checkpoint has %s", v.Key, now, saved[v.Key]), Hint: "leave it out: a checkpoint brings its settings"}})
		}
	}
	return j, configs.Gather(append(found, j.FillRecipe())...) // for keys that are younger than the checkpoint
}

// mayChange are settings that change no model.
var mayChange = map[string]bool{"memory.budget": true, "memory.use_gradient_checkpointing": true}
