// Package configs owns the job: which settings exist, their defaults and ranges, where
// each value came from, and how a job becomes runs.
//
// One table (schema.go) says everything about a key; decoding, defaults, range checks
// and suggestions all come from it. Values come in layers, each over the one before:
// defaults, job file, environment, command line. The caller applies them in that order
// and every value remembers its origin. A preset comes last and fills only what is still
// at its default.
//
// Lengths are pixels of the picture, rates are per step, thresholds of quality are dB for
// PSNR and plain numbers for SSIM. Paths in a job file are relative to that file, paths
// from elsewhere to the working directory.
package configs

// Job is everything that one invocation of training is asked to do.
type Job struct {
	Preset string
	Input  Input
	Sweep  Sweep
	Settings
	Device Device
	Output Output
	Gate   Gate

	base    string            // folder that relative paths of the job file start from
	origins map[string]string // by key: default, preset large, job.toml:12, IGS_TRAIN_SEED, --seed
}

// Input is what to train on.
type Input struct {
	Images []string // files and patterns
}

// Sweep is what to try: every picture is trained with every combination.
type Sweep struct {
	Gaussians []int
	Steps     []int
}

// Settings is what a trainer reads. It is the same for all runs of a job.
type Settings struct {
	Target      Target
	Init        Init
	Train       Train
	Loss        Loss
	Progressive Progressive
	Quantize    Quantize
	Memory      Memory
	Video       Video
}

// Target is what becomes of a picture before it is trained on.
type Target struct {
	Gamma      float64 // samples are taken to its power, and what is drawn to that of 1/Gamma to be shown
	Downsample float64 // how many times smaller it is made
}

// Init is how the first splats are placed.
type Init struct {
	Mode        string  // gradient | random | saliency
	RandomRatio float64 // share that modes gradient and saliency place uniformly
	Scale       float64 // standard deviation, px

	Saliency     string // a picture that says where for mode saliency; "" = the built-in map
	From         string // a model or checkpoint to start from; "" = none
	AllowPartial bool   // which may have fewer splats than asked for
}

// Train is the optimiser and its schedule.
type Train struct {
	Seed            int64
	EvalEvery       int // steps
	CheckpointEvery Cadence
	StopAtPSNR      float64 // dB; 0 = never
	EarlyStop       bool
	DecayRatio      float64 // the rates are divided by it
	CheckDecaySteps int     // steps without improvement before the rates fall
	MaxDecayTimes   int     // that often; the next time training stops
	DecayThreshold  float64 // improvement that counts: SSIM, and times 100 the dB of PSNR
	TopK            int     // splats that count at a pixel
	LR              Rates
}

// Rates are the learning rates by parameter.
type Rates struct {
	XY, Scale, Rot, Feat float64
}

// Loss weighs the terms of the loss.
type Loss struct {
	L1, L2, SSIM float64
}

// Progressive adds splats in the course of training, where the error is.
type Progressive struct {
	Enabled      bool
	InitialRatio float64 // share of the splats at the start
	AddSteps     int     // steps between additions
	AddTimes     int     // additions
	PostMinSteps int     // steps to train on after the last
}

// Quantize is the precision of the parameters in the model file, in bits, and how training gets there.
type Quantize struct {
	Enabled                               bool
	Method                                string // settle | straight-through
	PosBits, ScaleBits, RotBits, FeatBits int
}

// Memory is what training may take and what it may trade for less.
type Memory struct {
	UseAMP    bool   // float16 where it does no harm
	Recompute string // false | true | auto: compute pixels again in the backward pass
	Budget    int64  // bytes of the device; 0 = as many as it has
}

// Device is where to train.
type Device struct {
	Select     string // auto | INDEX | NAME
	Validation bool
}

// Output is where the results go.
type Output struct {
	Dir     string
	Session string // "" = the next free session_N
	Exists  string // error | skip | overwrite

	Render      string // png | none
	TensorBoard bool
	Report      bool // write report.html
}

// Gate is the least quality that counts as success; 0 = none.
type Gate struct {
	MinPSNR, MinSSIM float64
}

// Run is one entry of a sweep: one picture, one number of splats, one number of steps.
type Run struct {
	Name, Image string
	Gaussians   int
	Steps       int
	Settings
}

// Default is the job with no layer on it: the recipe of the paper, and no picture.
func Default() *Job {
	j := &Job{origins: map[string]string{}}
	for _, k := range schema {
		j.origins[k.name] = fromDefault
		if k.initial == "" {
			continue
		}
		if err := k.setText(j, k.initial); err != nil {
			panic("configs: default of " + k.name + ": " + err.Error()) // a bug of the table, which every test meets
		}
	}
	return j
}
