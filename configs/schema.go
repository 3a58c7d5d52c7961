package configs

import (
	"math"
	"slices"
	"strings"

	"igs/internal/limits"
)

// key is all that igs knows about one setting.
type key struct {
	name      string
	doc       string // one line for the written job file; values by name are added to it
	more      string // when to change it, for the reference
	initial   string // as it would stand on the command line
	low, high float64
	above     bool     // low itself is not allowed
	below     bool     // nor high
	choices   []string // the only values
	path      bool     // relative to the job file
	field     func(*Job) any
}

const many = 1_000_000_000 // a bound that only keeps sums of settings inside an int

// schema is every setting of this version, in the order of a written job file. The
// defaults are the recipe igs; recipes/ has what the others have different.
var schema = slices.Concat([]key{
	{name: "preset", initial: noPreset, choices: []string{noPreset, "standard", "large", "extreme", auto},
		doc: "settings by the size of the pictures", more: "It fills only what nothing else set", field: func(j *Job) any { return &j.Preset }},

	{name: "recipe", initial: "igs", choices: recipeNames,
		doc: "how to train", more: "It fills what neither a preset nor anything else set", field: func(j *Job) any { return (*string)(&j.Recipe) }},
	{name: "effort", initial: "normal", choices: effortNames,
		doc: "number of steps: 100, 1000 or 5000", more: "It fills sweep.steps when nothing else set it", field: func(j *Job) any { return (*string)(&j.Effort) }},

	{name: "input.images", path: true,
		doc: "pictures and patterns, relative to this file", field: func(j *Job) any { return &j.Input.Images }},

	{name: "input.gamma", initial: "1", above: true, high: limits.Gamma,
		doc: "samples are trained to the power of this", more: "And what is drawn is taken to 1 / gamma before it is shown, measured or written: below 1 spends precision on the dark, which float pictures want (0.4545)", field: func(j *Job) any { return &j.Target.Gamma }},
	{name: "input.downsample", initial: "1", low: 1, high: 1000,
		doc: "how many times smaller the picture is made", more: "The result is also scored at the full size", field: func(j *Job) any { return &j.Target.Downsample }},
	{name: "input.profile", initial: "apply", choices: profiles,
		doc: "the colour profile in a picture", more: "`apply` takes the samples to sRGB by it. `ignore` trains on the numbers of the file, which maps of normals or heights want", field: func(j *Job) any { return (*string)(&j.Target.Profile) }},

	{name: "sweep.gaussians", initial: "10000", low: 1, high: many,
		doc: "numbers of splats; each is tried with each picture and each number of steps", more: "More are sharper, larger and slower; the size of a model is about 25 bytes a splat for RGB, 14 with quantize.enabled", field: func(j *Job) any { return &j.Sweep.Gaussians }},
	{name: "sweep.steps", initial: "1000", low: 1, high: many,
		doc: "numbers of steps", more: "`effort` chooses them by name. With progressive.rule additions at least add_steps × add_times + post_min_steps", field: func(j *Job) any { return &j.Sweep.Steps }},

	{name: "init.mode", initial: "gradient", choices: initModes,
		doc: "where the first splats go", more: "`gradient` puts more splats where the picture changes, `saliency` where a map is bright", field: func(j *Job) any { return (*string)(&j.Init.Mode) }},
	{name: "init.random_ratio", initial: "0.3", high: 1,
		doc: "share of them that modes gradient and saliency place uniformly", field: func(j *Job) any { return &j.Init.RandomRatio }},
	{name: "init.rule", initial: "structure", choices: initRules,
		doc: "shape of the first splats", more: "`structure`: drawn out along edges and smaller where much changes, by the structure tensor. `round`: all alike", field: func(j *Job) any { return (*string)(&j.Init.Rule) }},
	{name: "init.size", initial: "0.3", above: true, high: 100,
		doc: "rule structure: standard deviation, in mean distances sqrt(W*H/n) of n splats", field: func(j *Job) any { return &j.Init.Size }},
	{name: "init.scale", initial: "5", above: true, high: 10_000,
		doc: "rule round: standard deviation of a new splat, px", more: "In px of the picture; also of what progressive.rule additions adds", field: func(j *Job) any { return &j.Init.Scale }},
	{name: "init.saliency", initial: "", path: true,
		doc: "the map of mode saliency; \"\" = the built-in one", more: "A picture of any size, stretched to the target; of a coloured one the mean of its channels. The built-in map is the spectral residual: what stands out from its surroundings", field: func(j *Job) any { return &j.Init.Saliency }},
	{name: "init.from", initial: "", path: true,
		doc: "a model or checkpoint to start from", more: "`.igsm`, or a `latest.safetensors` of igs, of any size with the same channels; scales follow the height", field: func(j *Job) any { return &j.Init.From }},
	{name: "init.allow_partial", initial: "false",
		doc: "even one with fewer splats: the others are added", more: "They come in the course of progressive training, or without it at once", field: func(j *Job) any { return &j.Init.AllowPartial }},

	{name: "train.seed", initial: "123", high: math.MaxInt64,
		doc: "same seed and device, same model", field: func(j *Job) any { return &j.Train.Seed }},
	{name: "train.eval_every", initial: "100", low: 1, high: many,
		doc: "steps from one evaluation to the next", more: "Each is a row of metrics.csv; the schedule looks at them", field: func(j *Job) any { return &j.Train.EvalEvery }},
	{name: "train.checkpoint_every", initial: "2m", low: 1, high: many,
		doc: "steps or time from one checkpoint to the next, or never", more: "`500`, `\"90s\"`, `\"2m\"`, `\"never\"`. One is also written when the run is interrupted and when it ends", field: func(j *Job) any { return &j.Train.CheckpointEvery }},
	{name: "train.stop_at_psnr", initial: "0", high: 200,
		doc: "dB that are enough; 0 = never", field: func(j *Job) any { return &j.Train.StopAtPSNR }},
	{name: "train.early_stop", initial: "false",
		doc: "lower the rates, then stop, when quality no longer rises", field: func(j *Job) any { return &j.Train.EarlyStop }},
	{name: "train.decay_ratio", initial: "10", low: 1, high: 1e9,
		doc: "what the rates are divided by then", field: func(j *Job) any { return &j.Train.DecayRatio }},
	{name: "train.check_decay_steps", initial: "1000", low: 1, high: many,
		doc: "steps without improvement until then", field: func(j *Job) any { return &j.Train.CheckDecaySteps }},
	{name: "train.max_decay_times", initial: "1", high: 1000,
		doc: "how often before training stops instead", field: func(j *Job) any { return &j.Train.MaxDecayTimes }},
	{name: "train.decay_threshold", initial: "1e-3", high: 1,
		doc: "improvement that counts: of SSIM, and times 100 of PSNR in dB", field: func(j *Job) any { return &j.Train.DecayThreshold }},
	{name: "train.topk", initial: "10", low: 1, high: limits.TopK,
		doc: "splats that count at a pixel", more: "More cost time and soften edges; a model is drawn with the number it was trained with", field: func(j *Job) any { return &j.Train.TopK }},
	{name: "train.optimizer", initial: "frame", choices: optimizers,
		doc: "what Adam moves", more: "`frame`: the splat in its own axes, by its own size. `coordinates`: the parameters as the model has them", field: func(j *Job) any { return (*string)(&j.Train.Optimizer) }},
	{name: "train.beta1", initial: "0", high: 1, below: true,
		doc: "Adam's memory of the gradient; 0 = by the number of steps", more: "0 is max(0.4, 1 - 2.2/sqrt(steps))", field: func(j *Job) any { return &j.Train.Beta1 }},
	{name: "train.beta2", initial: "0", high: 1, below: true,
		doc: "Adam's memory of its square; 0 = by the number of steps", more: "0 is max(0.8, 1 - 1.5/sqrt(steps))", field: func(j *Job) any { return &j.Train.Beta2 }},
	{name: "train.epsilon", initial: "1e-6", above: true, high: 1,
		doc: "gradients far below this count as none", more: "With optimizer frame beside the gradient of the sum over all samples of the loss, with coordinates of its mean", field: func(j *Job) any { return &j.Train.Epsilon }},
	{name: "train.lr.xy", initial: "0.4", high: 10,
		doc: "learning rate of positions", more: "Optimizer frame: in standard deviations of the splat; coordinates: in widths and heights of the picture", field: func(j *Job) any { return &j.Train.LR.XY }},
	{name: "train.lr.scale", initial: "0.15", high: 10,
		doc: "of inverse standard deviations t", more: "frame: of ln t; coordinates: in 1/px", field: func(j *Job) any { return &j.Train.LR.Scale }},
	{name: "train.lr.rot", initial: "0.1", high: 10,
		doc: "of angles, radians", field: func(j *Job) any { return &j.Train.LR.Rot }},
	{name: "train.lr.feat", initial: "0.11", high: 10,
		doc: "of colours", more: "frame: in standard deviations of the picture; coordinates: of the range 0 to 1", field: func(j *Job) any { return &j.Train.LR.Feat }},
	{name: "train.lr.decay", initial: "0.5", high: 10,
		doc: "all are multiplied by (1 - step/steps) to this power; 0 = constant", field: func(j *Job) any { return &j.Train.Decay }},
}, lossKeys, []key{
	{name: "bounds.scale_min", initial: "0.01", above: true, high: 1e6,
		doc: "least inverse standard deviation, 1/px", more: "This section is for train.optimizer frame", field: func(j *Job) any { return &j.Bounds.ScaleMin }},
	{name: "bounds.scale_max", initial: "8", above: true, high: 1e6,
		doc: "largest inverse standard deviation, 1/px", field: func(j *Job) any { return &j.Bounds.ScaleMax }},
	{name: "bounds.aspect", initial: "50", high: 1e6,
		doc: "how many times longer than wide a splat may be; 0 = any", field: func(j *Job) any { return &j.Bounds.Aspect }},
	{name: "bounds.feat", initial: "0.25", high: 1e6,
		doc: "colours stay within -feat and 1 + feat; 0 = any", field: func(j *Job) any { return &j.Bounds.Feat }},
}, progressiveKeys, []key{
	{name: "relocate.enabled", initial: "true",
		doc: "move splats that do nothing to where the error is", more: "In the rounds of progressive.every", field: func(j *Job) any { return &j.Relocate.Enabled }},
	{name: "relocate.from", initial: "0.02", high: 1,
		doc: "share of the steps from which on", field: func(j *Job) any { return &j.Relocate.From }},
	{name: "relocate.until", initial: "0", high: 1,
		doc: "share of the steps until which; 0 = by the number of steps", more: "0 is max(0.45, 1 - 4/sqrt(steps))", field: func(j *Job) any { return &j.Relocate.Until }},
	{name: "relocate.share", initial: "0.2", high: 1,
		doc: "share of the splats that move in a round, at most", field: func(j *Job) any { return &j.Relocate.Share }},
	{name: "relocate.threshold", initial: "1", high: 1e6,
		doc: "moves: whose removal costs less than this many mean errors a splat", field: func(j *Job) any { return &j.Relocate.Threshold }},
	{name: "relocate.power", initial: "2", high: 10,
		doc: "power of the error that says where to, not blurred", field: func(j *Job) any { return &j.Relocate.Power }},
	{name: "relocate.size", initial: "0.5", above: true, high: 100,
		doc: "size of a moved splat, as a factor on init.size", field: func(j *Job) any { return &j.Relocate.Size }},

	{name: "quantize.enabled", initial: "false",
		doc: "train for a model file of the bits below", more: "Evaluations, frames and pictures show the parameters as the file will hold them, so that PSNR is that of the file. Without it the file keeps float32", field: func(j *Job) any { return &j.Quantize.Enabled }},
	{name: "quantize.method", initial: "settle", choices: quantizeMethods,
		doc: "how training gets to few bits", more: "`settle`: in the last fifth of the steps positions are rounded and stay, then shapes, while the others are trained on. `straight-through`: all are drawn rounded from the first step, and what is behind them moves", field: func(j *Job) any { return (*string)(&j.Quantize.Method) }},
	{name: "quantize.pos_bits", initial: "16", low: 4, high: 32,
		doc: "bits of x and y; from 23 on float32 is kept, here and below", field: func(j *Job) any { return &j.Quantize.PosBits }},
	{name: "quantize.scale_bits", initial: "16", low: 4, high: 32,
		doc: "of each inverse standard deviation", field: func(j *Job) any { return &j.Quantize.ScaleBits }},
	{name: "quantize.rot_bits", initial: "16", low: 4, high: 32,
		doc: "of the angle", field: func(j *Job) any { return &j.Quantize.RotBits }},
	{name: "quantize.feat_bits", initial: "16", low: 4, high: 32,
		doc: "of each channel of the colour", field: func(j *Job) any { return &j.Quantize.FeatBits }},

	{name: "memory.use_amp", initial: "true",
		doc: "keep pictures on the device in float16", more: "Parameters and their updates stay in float32", field: func(j *Job) any { return &j.Memory.UseAMP }},
	{name: "memory.use_gradient_checkpointing", initial: "false",
		doc: "keep a ring of rows instead of all pixels", more: "Less memory for nearly the same time; the result is the same. igs does it by itself when training as asked does not fit", field: func(j *Job) any { return &j.Memory.Recompute }},
	{name: "memory.budget", initial: auto, low: 1 << 20,
		doc: "device memory to use at most: auto, or a size such as 2GiB", more: "When training as asked does not fit, igs takes the next way that does and says so", field: func(j *Job) any { return (*size)(&j.Memory.Budget) }},

	{name: "video.enabled", initial: "false",
		doc: "make a video of the training", more: "`--video` does the same, `--video=20` with a frame every 20 steps", field: func(j *Job) any { return &j.Video.Enabled }},
	{name: "video.save_to_disk", initial: "true",
		doc: "its frames wait in the folder of the run; false = in memory", more: "In memory they are lost when the process is killed: for short runs", field: func(j *Job) any { return &j.Video.SaveToDisk }},
	{name: "video.every", initial: "50", low: 1, high: many,
		doc: "steps from one frame to the next; the first and the last step have one too", field: func(j *Job) any { return &j.Video.Every }},
	{name: "video.fps", initial: "30", low: 1, high: 240,
		doc: "frames a second", more: "GIF knows hundredths of a second only", field: func(j *Job) any { return &j.Video.FPS }},
	{name: "video.layout", initial: "side", choices: videoLayouts,
		doc: "target and render, or one picture", more: "`error` is four times the difference", field: func(j *Job) any { return (*string)(&j.Video.Layout) }},
	{name: "video.format", initial: "mp4", choices: videoFormats,
		doc: "kind of file: H.264, VP9, or GIF", field: func(j *Job) any { return (*string)(&j.Video.Format) }},
	{name: "video.quality", initial: "95", low: 1, high: 100,
		doc: "of the JPEG frames", field: func(j *Job) any { return &j.Video.Quality }},
	{name: "video.max_width", initial: "1920", low: 320, high: 7680,
		doc: "px of the whole video", more: "Larger pictures are drawn smaller, smaller ones as they are", field: func(j *Job) any { return &j.Video.MaxWidth }},
	{name: "video.keep_frames", initial: "false",
		doc: "keep the frames when the video is made", more: "`igs video` makes another one of them", field: func(j *Job) any { return &j.Video.KeepFrames }},

	{name: "device.select", initial: "auto",
		doc: "auto, or the index or a part of the name of a device", field: func(j *Job) any { return &j.Device.Select }},
	{name: "device.validation", initial: "false",
		doc: "run under the Vulkan validation layer", field: func(j *Job) any { return &j.Device.Validation }},

	{name: "output.dir", initial: "output", path: true,
		doc: "where sessions go", field: func(j *Job) any { return &j.Output.Dir }},
	{name: "output.session", initial: "",
		doc: "folder in it; \"\" = the next free session_N", more: "Letters, digits and the like: it is one folder", field: func(j *Job) any { return &j.Output.Session }},
	{name: "output.exists", initial: "error", choices: existsChoices,
		doc: "when that folder is there already", more: "`skip` trains only what the session has not done, `overwrite` replaces its runs", field: func(j *Job) any { return (*string)(&j.Output.Exists) }},

	{name: "output.render", initial: "png", choices: renderFormats,
		doc: "picture of the result", field: func(j *Job) any { return (*string)(&j.Output.Render) }},
	{name: "output.tensorboard", initial: "false",
		doc: "write TensorBoard event files too", field: func(j *Job) any { return &j.Output.TensorBoard }},
	{name: "output.report", initial: "true",
		doc: "write report.html when the session ends", field: func(j *Job) any { return &j.Output.Report }},

	{name: "gate.min_psnr", initial: "0", high: 200,
		doc: "dB below which the command fails; 0 = none", more: "The exit code is 5 then", field: func(j *Job) any { return &j.Gate.MinPSNR }},
	{name: "gate.min_ssim", initial: "0", high: 1,
		doc: "the same for SSIM", field: func(j *Job) any { return &j.Gate.MinSSIM }},
})

// opens reports whether there are keys in a section of this name.
func opens(section string) bool {
	return slices.ContainsFunc(schema, func(k key) bool { return strings.HasPrefix(k.name, section+".") })
}

func find(name string) (key, bool) {
	for _, k := range schema {
		if k.name == name {
			return k, true
		}
	}
	return key{}, false
}

// sections are the names that may stand in brackets in a job file.
func sections() []string {
	var names []string
	for _, k := range schema {
		if section, _ := split(k.name); section != "" && !slices.Contains(names, section) {
			names = append(names, section)
		}
	}
	return names
}
