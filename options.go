package igs

import (
	"fmt"
	"strings"

	"igs/configs"
	"igs/internal/fault"
)

// Recipe is a set of training settings.
type Recipe int

const (
	RecipeIGS      Recipe = iota // the default: squared error; splats are added and moved to where the error is large
	RecipeBalanced               // higher SSIM than RecipeIGS, PSNR lower by 0.2 to 0.4 dB, 1.4 times the training time
	RecipePaper                  // the settings of the published code of Image-GS, with half of its steps
)

var recipeNames = [...]string{"igs", "balanced", "paper"}

// String returns the name of the recipe in the command igs.
func (r Recipe) String() string {
	if r < 0 || int(r) >= len(recipeNames) {
		return fmt.Sprintf("Recipe(%d)", int(r))
	}
	return recipeNames[r]
}

// Precision is the precision of pixels on the device. Parameters and their updates are always float32.
type Precision int

const (
	PrecisionMixed   Precision = iota // the default: pixels are float16, which needs about half of the memory
	PrecisionFloat32                  // pixels are float32
)

// String returns "mixed" or "float32".
func (p Precision) String() string {
	switch p {
	case PrecisionMixed:
		return "mixed"
	case PrecisionFloat32:
		return "float32"
	}
	return fmt.Sprintf("Precision(%d)", int(p))
}

// Bits is the number of bits of each parameter in the model file, from 4 to 32. With 23 bits or more the float32 value
// is stored unchanged. The zero value of Bits stores all parameters unchanged. If at least one field is set, a field
// that is 0 means 16 bits.
type Bits struct {
	Position int // for x and for y
	Scale    int // for each standard deviation
	Rotation int
	Color    int // for each channel
}

// Goal is a quality, a size, or a quality within a size, of the model file that Model.Save writes. Its zero value asks
// for nothing. A size may be combined with Options.Splats and a quality may not. Training never fails because a goal is
// out of its reach: the model is then the best that the steps gave, and Model.Compare shows what it reached.
type Goal struct {
	PSNR         float64 // at least, dB
	SSIM         float64 // at least
	Bytes        int64   // at most; PSNR and SSIM give way to it
	BitsPerPixel float64 // at most, instead of Bytes
}

// Options configure a training. The zero value of a field means the default of the recipe, which is also the default of
// the command igs. A value out of range gives ErrBadInput.
type Options struct {
	Recipe Recipe
	Splats int   // number of splats at the end, at most one per pixel; 0 means that of From, or what Goal takes, or 10 000
	Steps  int   // number of steps; 0 means 1000, or 5000 with RecipePaper
	Seed   int64 // seed of all random numbers; the same seed on the same device gives the same model; 0 means 123
	Bits   Bits  // precision of the model file; training takes it into account

	// RoundingLoss is the PSNR, in dB, that rounding the parameters for a small model file may cost; 0 means 0.01, and a
	// negative number means that they keep float32. When training is done, all measurements, pictures and models are
	// those of the rounded parameters. Checkpoints keep float32. With Bits nothing else is rounded.
	RoundingLoss float64

	// Goal is what the model file should reach. The number of splats then follows from it.
	Goal Goal

	// From is a model to start from, or nil. If Splats is larger than its number of splats, the others are added.
	From *Model

	EvaluateEvery int     // number of steps between two measurements of PSNR and SSIM; 0 means 100
	StopAtPSNR    float64 // training stops when it reaches this PSNR, in dB; 0 means never

	Device       *Device   // nil means DefaultDevice
	Precision    Precision // precision of pixels on the device
	Recompute    bool      // keep only some rows of pixels on the device: less memory, nearly the same speed, the same model
	MemoryBudget int64     // maximum device memory, bytes, at least 1 MiB; 0 means the free memory of the device

	// Progress is called at each evaluation, and between evaluations at most ten times a second. It is called on the
	// goroutine that trains and must return soon. It must not call any method of the Trainer except Steps, Splats and
	// Done.
	Progress func(Progress)

	// Warn is called with a message about a problem that does not stop training. An example is a device without enough
	// memory for the options: the message says how training uses less. NewTrainer and Resume call it too.
	Warn func(text string)
}

// field returns the name of an option. Errors show the name, and the job records it as the origin of a value.
func field(name string) string { return "Options." + name }

// job returns a job with the defaults, the values of the recipe, and the options that are set.
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
	set("RoundingLoss", "output.rounding_loss", o.RoundingLoss != 0, max(0, o.RoundingLoss))
	set("Goal.PSNR", "train.target_psnr", o.Goal.PSNR != 0, o.Goal.PSNR)
	set("Goal.SSIM", "train.target_ssim", o.Goal.SSIM != 0, o.Goal.SSIM)
	set("Goal.Bytes", "output.target_bytes", o.Goal.Bytes != 0, o.Goal.Bytes)
	set("Goal.BitsPerPixel", "output.target_bpp", o.Goal.BitsPerPixel != 0, o.Goal.BitsPerPixel)
	set("Recompute", "memory.use_gradient_checkpointing", o.Recompute, true)
	set("MemoryBudget", "memory.budget", o.MemoryBudget != 0, o.MemoryBudget)
	switch o.Precision {
	case PrecisionMixed:
	case PrecisionFloat32:
		set("Precision", "memory.use_amp", true, false)
	default:
		found = append(found, configs.Mistakes{{Where: field("Precision"), Text: "it is " + o.Precision.String(), Hint: "use PrecisionMixed or PrecisionFloat32"}})
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

// run returns the single run of a job, for a picture with the given number of pixels. Settings that contradict each
// other are an error.
func run(j *configs.Job, pixels int) (configs.Run, error) {
	if err := j.SetImages([]string{"picture"}, "igs"); err != nil {
		return configs.Run{}, err
	}
	runs, err := j.Runs()
	if err != nil {
		return configs.Run{}, err
	}
	return runs[0].For(pixels)
}

// settings returns the values of a job that a checkpoint stores, by key.
func settings(j *configs.Job) map[string]string {
	all := map[string]string{}
	for _, v := range j.Values() {
		if section, _, _ := strings.Cut(v.Key, "."); (checkpointSections[section] || checkpointOutputs[v.Key]) && text(v.Value) != "" {
			all[v.Key] = text(v.Value)
		}
	}
	return all
}

// checkpointSections are the sections of a job, and the keys outside of sections, that a checkpoint stores.
var checkpointSections = map[string]bool{
	"recipe": true, "sweep": true, "init": true, "train": true, "loss": true, "bounds": true, "progressive": true, "relocate": true, "quantize": true, "memory": true,
}

// checkpointOutputs are the keys of output that a checkpoint stores.
var checkpointOutputs = map[string]bool{"output.rounding_loss": true, "output.target_bytes": true, "output.target_bpp": true}

// text formats a value for configs.Job.Set.
func text(value any) string {
	switch value.(type) {
	case []int, []float64, []string: // of a sweep: no entry has a blank
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(value), " ", ","), "[]")
	}
	return fmt.Sprint(value)
}

// resumeJob returns the job of a checkpoint with the given settings. Options that are set must have the values of the
// checkpoint, except those for memory, which may change.
func (o Options) resumeJob(saved map[string]string) (*configs.Job, error) {
	if len(saved) == 0 {
		return nil, fault.New(fault.BadInput, "continue it with the command igs resume", "the checkpoint was written by the command igs and does not contain its settings")
	}
	j := configs.Default()
	var found []error
	for key, value := range saved {
		found = append(found, j.Set(key, value, "the checkpoint"))
	}
	if _, known := saved["train.stride"]; !known { // an igs without strided steps wrote it
		found = append(found, j.Set("train.stride", "1", "the checkpoint"))
	}
	o.From = nil // the checkpoint contains its splats
	asked, err := o.job()
	found = append(found, err)
	if err := configs.Gather(found...); err != nil {
		return nil, err
	}
	for _, v := range asked.Values() {
		if !strings.HasPrefix(v.Origin, field("")) {
			continue
		}
		if now := text(v.Value); changeable[v.Key] {
			found = append(found, j.Set(v.Key, now, v.Origin))
		} else if now != saved[v.Key] {
			found = append(found, configs.Mistakes{{Where: v.Origin, Text: fmt.Sprintf("it asks for %s %s, and the checkpoint has %s", v.Key, now, saved[v.Key]), Hint: "leave the option at zero: Resume takes it from the checkpoint"}})
		}
	}
	return j, configs.Gather(append(found, j.FillRecipe())...) // an older igs did not write every key of today
}

// changeable are the settings that do not change the model.
var changeable = map[string]bool{"memory.budget": true, "memory.host_budget": true, "memory.use_gradient_checkpointing": true, "output.rounding_loss": true}
