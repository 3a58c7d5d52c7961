// Package configs owns the job: which settings exist, their defaults and ranges, where
// each value came from, and how a job becomes runs.
//
// One table (schema.go) says everything about a key. Decoding, defaults, range checks and
// suggestions use it. Values come in layers: defaults, job file, environment, command line. A
// later layer wins. The caller applies the layers in that order, and every value keeps its
// origin. The preset is applied after the layers, and the recipe after the preset. Both change
// only settings that are still at their defaults.
//
// Lengths are pixels of the picture. Rates are per step. Thresholds of quality are dB for
// PSNR and plain numbers for SSIM. Paths in a job file are relative to that file, all other
// paths to the working directory.
package configs

// Job is everything that one training command is asked to do.
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

// Sweep is what to try. Every picture is trained with every combination.
type Sweep struct {
	Gaussians []int // 0 = as many as the goal needs
	Steps     []int

	// Several goals. An empty list leaves the goal to Settings.Goal.
	PSNR, SSIM   []float64
	Sizes        []size
	BitsPerPixel []float64
}

// Settings is what a trainer reads. It is the same for all runs of a job.
type Settings struct {
	Recipe      Recipe // the source of the other settings
	Goal        Goal
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

// Target says how a picture is prepared for training.
type Target struct {
	Gamma      float64 // training uses sample^Gamma; renders are raised to 1/Gamma to be shown
	Downsample float64 // the picture is made smaller by this factor
	Profile    Profile
	Alpha      Alpha
}

// Init is how the first splats are placed.
type Init struct {
	Mode        InitMode
	Rule        InitRule
	RandomRatio float64 // modes gradient and saliency: share that is placed uniformly
	Size        float64 // rule structure: standard deviation, in mean distances sqrt(W*H/n)
	Scale       float64 // rule round: standard deviation, px

	Saliency     string // mode saliency: path of a picture with the map; "" = the built-in map
	From         string // a model or checkpoint to start from; "" = none
	AllowPartial bool   // From may have fewer splats than Gaussians
}

// Train is the optimiser and its schedule.
type Train struct {
	Seed            int64
	EvalEvery       int // steps
	CheckpointEvery Cadence
	StopAtPSNR      float64 // dB; 0 = never
	EarlyStop       bool
	DecayRatio      float64 // EarlyStop divides the rates by it
	CheckDecaySteps int     // steps without improvement before the rates fall
	MaxDecayTimes   int     // how often the rates are lowered; the next time training stops
	DecayThreshold  float64 // least rise of SSIM that is an improvement; times 100 for PSNR in dB
	TopK            int     // most splats that are blended at a pixel
	Strides         Strides // which pixels the steps look at

	Optimizer    Optimizer
	Beta1, Beta2 float64 // Adam's decay of the mean gradient and of its square; 0 = by the number of steps
	Epsilon      float64 // of Adam; frame: for the gradient of the summed loss; coordinates: of the mean loss
	LR           Rates
	Decay        float64 // the rates are multiplied by (1 - step/steps) to this power; 0 = constant
}

// Rates are the learning rates by parameter. Optimizer frame: in standard deviations of the splat, ln t, radians, and
// standard deviations of the picture; coordinates: in the units of the parameters.
type Rates struct {
	XY, Scale, Rot, Feat float64
}

// Bounds are the limits of splats that optimizer frame keeps.
type Bounds struct {
	ScaleMin, ScaleMax float64 // of t = 1/σ, 1/px
	Aspect             float64 // the longer σ by the shorter; 0 = none
	Feat               float64 // colours stay within [-Feat, 1+Feat]; 0 = none
}

// Relocate moves splats that contribute little to where the error is large, in the rounds of Progressive.Every.
type Relocate struct {
	Enabled     bool
	From, Until float64 // shares of the steps; Until 0 = by the number of steps
	Share       float64 // of the splats a round, at most
	Threshold   float64 // a splat may move when its removal costs less than this many mean errors a splat
	Power       float64 // splats move in proportion to the error to this power
	Size        float64 // as a factor on Init.Size
}

// Quantize is the precision of the parameters in the model file, in bits, and how training reduces them to it.
type Quantize struct {
	Loss                                  float64 // PSNR in dB that rounding for the file may cost when not Enabled and no Goal says more; 0 = none
	Enabled                               bool
	Method                                QuantizeMethod
	PosBits, ScaleBits, RotBits, FeatBits int
}

// Memory is what training may take, and how it may save memory.
type Memory struct {
	UseAMP    bool  // float16 where it does no harm
	Recompute bool  // keep a band of rows instead of all pixels
	Budget    int64 // bytes of device memory; 0 = all of it
	Host      int64 // bytes of host memory, without the device memory of a CPU; 0 = half of what is free
}

// Device is where to train.
type Device struct {
	Select     string // auto | INDEX | NAME | a list of these | all
	Jobs       int    // runs at once on each device; 0 = by the pictures
	Validation bool
}

// Output is where results are written, and which.
type Output struct {
	Dir     string
	Session string // "" = the next free session_N
	Exists  Exists

	Layout      OutputLayout
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
	Free        bool // the number of splats follows from Goal. Gaussians is the most, after For
	Steps       int
	Settings
}

// Default is the job without any layer: the recipe igs, and no picture.
func Default() *Job {
	j := &Job{origins: map[string]string{}}
	for _, k := range schema {
		j.origins[k.name] = fromDefault
		if k.initial == "" {
			continue
		}
		if err := k.setText(j, k.initial); err != nil {
			panic("configs: default of " + k.name + ": " + err.Error()) // a mistake in the table; every test would panic
		}
	}
	return j
}
