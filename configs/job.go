// Package configs owns the job: which settings exist, their defaults and ranges, where
// each value came from, and how a job becomes runs.
//
// One table (schema.go) says everything about a key; decoding, defaults, range checks
// and suggestions all come from it. Values come in layers, each over the one before:
// defaults, job file, environment, command line. The caller applies them in that order
// and every value remembers its origin. A preset comes behind them and a recipe last; each
// fills only what is still at its default.
//
// Lengths are pixels of the picture, rates are per step, thresholds of quality are dB for
// PSNR and plain numbers for SSIM. Paths in a job file are relative to that file, paths
// from elsewhere to the working directory.
package configs

// Job is everything that one invocation of training is asked to do.
type Job struct {
	Preset string
	Effort Effort
	Input  Input
	Sweep  Sweep
	Settings
	Device Device
	Output Output
	Gate   Gate

	base    string            // folder that relative paths of the job file start from
	origins map[string]string // by key: default, recipe paper, preset large, job.toml:12, IGS_TRAIN_SEED, --seed
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
	Recipe      Recipe // where the others come from
	Target      Target
	Init        Init
	Train       Train
	Loss        Loss
	Bounds      Bounds
	Progressive Progressive
	Relocate    Relocate
	Quantize    Quantize
	Memory      Memory
	Video       Video
}

// Target is what becomes of a picture before it is trained on.
type Target struct {
	Gamma      float64 // samples are taken to its power, and what is drawn to that of 1/Gamma to be shown
	Downsample float64 // how many times smaller it is made
	Profile    Profile
}

// Init is how the first splats are placed.
type Init struct {
	Mode        InitMode
	Rule        InitRule
	RandomRatio float64 // share that modes gradient and saliency place uniformly
	Size        float64 // rule structure: standard deviation, in mean distances sqrt(W*H/n)
	Scale       float64 // rule round: standard deviation, px

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

	Optimizer    Optimizer
	Beta1, Beta2 float64 // its memories; 0 = by the number of steps
	Epsilon      float64 // frame: beside the gradient of the sum over samples of the loss; coordinates: of its mean
	LR           Rates
	Decay        float64 // the rates are multiplied by (1 - step/steps) to this power; 0 = constant
}

// Rates are the learning rates by parameter. Optimizer frame: in standard deviations of the splat, ln t, radians, and
// standard deviations of the picture; coordinates: in the units of the parameters.
type Rates struct {
	XY, Scale, Rot, Feat float64
}

// Bounds hold the splats of optimizer frame.
type Bounds struct {
	ScaleMin, ScaleMax float64 // of t = 1/σ, 1/px
	Aspect             float64 // the longer σ by the shorter; 0 = none
	Feat               float64 // colours stay within [-Feat, 1+Feat]; 0 = none
}

// Relocate moves splats that do nothing to where the error is, in the rounds of Progressive.Every.
type Relocate struct {
	Enabled     bool
	From, Until float64 // shares of the steps; Until 0 = by the number of steps
	Share       float64 // of the splats a round, at most
	Threshold   float64 // goes: whose removal costs less than this many mean errors a splat
	Power       float64 // of the error that says where
	Size        float64 // as a factor on Init.Size
}

// Quantize is the precision of the parameters in the model file, in bits, and how training gets there.
type Quantize struct {
	Enabled                               bool
	Method                                QuantizeMethod
	PosBits, ScaleBits, RotBits, FeatBits int
}

// Memory is what training may take and what it may trade for less.
type Memory struct {
	UseAMP    bool  // float16 where it does no harm
	Recompute bool  // keep a ring of rows instead of all pixels
	Budget    int64 // bytes of the device; 0 = as many as it has
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
	Exists  Exists

	Render      RenderFormat
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

// Default is the job with no layer on it: the recipe igs, and no picture.
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
