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
	doc       string // one line for the written job file, which adds the choices
	more      string // when to change it, for the reference
	initial   string // the default, as written on a command line
	low, high float64
	above     bool     // low itself is not allowed
	below     bool     // nor high
	choices   []string // the only values
	auto      any      // what the word auto stands for; nil = the word is no value
	path      bool     // relative to the job file
	field     func(*Job) any
}

const many = 1_000_000_000 // keeps sums of settings inside an int; no other reason

// schema is every setting of this version, in the order of a written job file. The
// defaults are the recipe igs; the folder recipes/ holds what other recipes change.
var schema = slices.Concat([]key{
	{name: "preset", initial: noPreset, choices: []string{noPreset, "standard", "large", "extreme", auto},
		doc: "settings by the size of the pictures", more: "A preset changes only settings that nothing else set", field: func(j *Job) any { return &j.Preset }},

	{name: "recipe", initial: "igs", choices: recipeNames,
		doc: "how to train", more: "A recipe changes only settings that neither a preset nor anything else set", field: func(j *Job) any { return (*string)(&j.Recipe) }},
	{name: "effort", initial: "normal", choices: effortNames,
		doc: "number of steps: 100, 1000 or 5000", more: "It sets sweep.steps when nothing else set it", field: func(j *Job) any { return (*string)(&j.Effort) }},

	{name: "input.images", path: true,
		doc: "pictures and patterns, relative to this file", more: "A folder is a stack of pictures, or with output.layout flat a folder of pictures. A file with the ending .txt is a list: a path in each line, relative to the list", field: func(j *Job) any { return &j.Input.Images }},

	{name: "input.gamma", initial: "1", above: true, high: limits.Gamma,
		doc: "training uses sample^gamma", more: "Renders are raised to 1 / gamma before they are shown, measured or written. A gamma below 1 gives dark regions more precision: use 0.4545 for float pictures", field: func(j *Job) any { return &j.Target.Gamma }},
	{name: "input.downsample", initial: "1", low: 1, high: 1000,
		doc: "the picture is made smaller by this factor", more: "The result is also scored at the full size", field: func(j *Job) any { return &j.Target.Downsample }},
	{name: "input.profile", initial: "apply", choices: profiles,
		doc: "what to do with the colour profile of a picture", more: "`apply` converts the samples to sRGB. `ignore` trains on the numbers of the file: use it for maps of normals or heights", field: func(j *Job) any { return (*string)(&j.Target.Profile) }},

	{name: "input.alpha", initial: "keep",
		doc: "what to do with the alpha of a picture", more: "`keep` trains it as one more channel, unless it is constant; the colours of invisible pixels then have no weight, and renders have alpha. `drop` trains the colours as they are stored. `over:#rrggbb` puts the picture over a colour", field: func(j *Job) any { return &j.Target.Alpha }},

	{name: "sweep.gaussians", initial: "10000", high: many,
		doc: "numbers of splats; each is tried with each picture and each number of steps", more: "0 = as many as the target below, or those of train and output, needs. More splats give a sharper picture, a larger file and a slower training. A model of RGB takes about 8 bytes a splat; output.rounding_loss and output.target_bytes change that", field: func(j *Job) any { return &j.Sweep.Gaussians }},
	{name: "sweep.steps", initial: "1000", low: 1, high: many,
		doc: "numbers of steps", more: "`effort` chooses it by name. progressive.rule additions needs at least add_steps × add_times + post_min_steps", field: func(j *Job) any { return &j.Sweep.Steps }},
	{name: "sweep.psnr", initial: "", above: true, high: 200,
		doc: "several train.target_psnr, such as [30, 35], dB", field: func(j *Job) any { return &j.Sweep.PSNR }},
	{name: "sweep.ssim", initial: "", above: true, high: 1, below: true,
		doc: "several train.target_ssim, such as [0.9, 0.95]", field: func(j *Job) any { return &j.Sweep.SSIM }},
	{name: "sweep.size", initial: "", low: 1,
		doc: "several output.target_bytes, such as [\"20KiB\", \"50KiB\"]", field: func(j *Job) any { return &j.Sweep.Sizes }},
	{name: "sweep.bpp", initial: "", above: true, high: 1000,
		doc: "several output.target_bpp, such as [0.2, 0.5]", field: func(j *Job) any { return &j.Sweep.BitsPerPixel }},

	{name: "init.mode", initial: "gradient", choices: initModes,
		doc: "where the first splats are placed", more: "`gradient` puts more splats where the picture changes, `saliency` puts more where a map is bright, `random` places all uniformly", field: func(j *Job) any { return (*string)(&j.Init.Mode) }},
	{name: "init.random_ratio", initial: "0.3", high: 1,
		doc: "modes gradient and saliency: share of the splats that is placed uniformly", field: func(j *Job) any { return &j.Init.RandomRatio }},
	{name: "init.rule", initial: "structure", choices: initRules,
		doc: "shape of the first splats", more: "`structure`: long along edges, and smaller where the picture changes much; the structure tensor gives both. `round`: all have the same shape", field: func(j *Job) any { return (*string)(&j.Init.Rule) }},
	{name: "init.size", initial: "0.3", above: true, high: 100,
		doc: "rule structure: standard deviation of a new splat, in mean distances sqrt(W*H/n)", field: func(j *Job) any { return &j.Init.Size }},
	{name: "init.scale", initial: "5", low: 0.001, high: 10_000,
		doc: "rule round: standard deviation of a new splat, px", more: "Splats that progressive.rule additions adds have it too", field: func(j *Job) any { return &j.Init.Scale }},
	{name: "init.saliency", initial: "", path: true,
		doc: "mode saliency: picture with the map; \"\" = the built-in map", more: "The picture may have any size: it is stretched to the target. A coloured picture counts as the mean of its channels. The built-in map is the spectral residual, which is bright where something differs from its surroundings", field: func(j *Job) any { return &j.Init.Saliency }},
	{name: "init.from", initial: "", path: true,
		doc: "a model or checkpoint to start from", more: "It is an `.igsm`, a `latest.safetensors` or another file that `igs convert` reads. It has the same channels as the picture, and any size: the splats are scaled with the height", field: func(j *Job) any { return &j.Init.From }},
	{name: "init.allow_partial", initial: "false",
		doc: "accept an init.from with fewer splats, and add the missing ones", more: "Progressive training adds them over time. Without it they are added at the start", field: func(j *Job) any { return &j.Init.AllowPartial }},

	{name: "train.seed", initial: "123", high: math.MaxInt64,
		doc: "seed of the random numbers; same seed and device: same model", field: func(j *Job) any { return &j.Train.Seed }},
	{name: "train.eval_every", initial: "100", low: 1, high: many,
		doc: "steps from one evaluation to the next", more: "Each evaluation is a row of metrics.csv. train.early_stop and train.stop_at_psnr look at evaluations", field: func(j *Job) any { return &j.Train.EvalEvery }},
	{name: "train.checkpoint_every", initial: "2m", low: 1, high: many,
		doc: "steps or time from one checkpoint to the next, or never", more: "Examples: `500`, `\"90s\"`, `\"2m\"`, `\"never\"`. A checkpoint is also written when the run is interrupted and when it ends", field: func(j *Job) any { return &j.Train.CheckpointEvery }},
	{name: "train.target_psnr", initial: "0", high: 200,
		doc: "PSNR in dB that model.igsm should have; 0 = none", more: "Splats are added until the file has this quality, after rounding. sweep.gaussians is then 0. A run that cannot reach it keeps the best, and the exit code is 5", field: func(j *Job) any { return &j.Goal.PSNR }},
	{name: "train.target_ssim", initial: "0", high: 1, below: true,
		doc: "SSIM that model.igsm should have; 0 = none", more: "As train.target_psnr. With both, the file reaches both", field: func(j *Job) any { return &j.Goal.SSIM }},
	{name: "train.stop_at_psnr", initial: "0", high: 200,
		doc: "PSNR in dB at which training stops; 0 = never", field: func(j *Job) any { return &j.Train.StopAtPSNR }},
	{name: "train.early_stop", initial: "false",
		doc: "when quality no longer rises, lower the rates, and later stop", field: func(j *Job) any { return &j.Train.EarlyStop }},
	{name: "train.decay_ratio", initial: "10", low: 1, high: 1e9,
		doc: "early_stop: the rates are divided by this", field: func(j *Job) any { return &j.Train.DecayRatio }},
	{name: "train.check_decay_steps", initial: "1000", low: 1, high: many,
		doc: "early_stop: steps without improvement before the rates are lowered", field: func(j *Job) any { return &j.Train.CheckDecaySteps }},
	{name: "train.max_decay_times", initial: "1", high: 1000,
		doc: "early_stop: how often the rates are lowered; the next time training stops", field: func(j *Job) any { return &j.Train.MaxDecayTimes }},
	{name: "train.decay_threshold", initial: "1e-3", high: 1,
		doc: "early_stop: least rise of SSIM that is an improvement; times 100 for PSNR in dB", field: func(j *Job) any { return &j.Train.DecayThreshold }},
	{name: "train.topk", initial: "10", low: 1, high: limits.TopK,
		doc: "most splats that are blended at a pixel", more: "A higher number costs time and softens edges. A model is drawn with the number it was trained with", field: func(j *Job) any { return &j.Train.TopK }},
	{name: "train.stride", initial: auto,
		doc: "a step looks at every n-th column and row; auto, n, or stages \"4:100, 2\"", more: "A stage is a stride and its number or share of the steps; the last stage takes the rest. `auto`: recipe igs looks at every pixel up to 1 megapixel, and takes \"2:90%,1\" for larger pictures, or \"4:83%,2\" from 4K on with at most 200 steps (8 and 4 above 67 megapixels, 16 and 8 above 268). See [recipe.md](recipe.md#large-pictures)", field: func(j *Job) any { return &j.Train.Strides }},
	{name: "train.optimizer", initial: "frame", choices: optimizers,
		doc: "what Adam moves", more: "`frame`: a splat along its own axes, in units of its own size. `coordinates`: the parameters as the model stores them", field: func(j *Job) any { return (*string)(&j.Train.Optimizer) }},
	{name: "train.beta1", initial: "0", high: 1, below: true,
		doc: "Adam's decay of the mean gradient; 0 = by the number of steps", more: "0 means max(0.4, 1 - 2.2/sqrt(steps))", field: func(j *Job) any { return &j.Train.Beta1 }},
	{name: "train.beta2", initial: "0", high: 1, below: true,
		doc: "Adam's decay of the mean squared gradient; 0 = by the number of steps", more: "0 means max(0.8, 1 - 1.5/sqrt(steps))", field: func(j *Job) any { return &j.Train.Beta2 }},
	{name: "train.epsilon", initial: "1e-6", above: true, high: 1,
		doc: "Adam's epsilon: gradients far below it move nothing", more: "Optimizer frame compares it with the gradient of the loss summed over all samples, coordinates with the gradient of the mean loss", field: func(j *Job) any { return &j.Train.Epsilon }},
	{name: "train.lr.xy", initial: "0.4", high: 10,
		doc: "learning rate of positions", more: "Optimizer frame: in standard deviations of the splat; coordinates: in widths and heights of the picture", field: func(j *Job) any { return &j.Train.LR.XY }},
	{name: "train.lr.scale", initial: "0.15", high: 10,
		doc: "learning rate of inverse standard deviations t", more: "Optimizer frame: of ln t; coordinates: in 1/px", field: func(j *Job) any { return &j.Train.LR.Scale }},
	{name: "train.lr.rot", initial: "0.1", high: 10,
		doc: "learning rate of angles, radians", field: func(j *Job) any { return &j.Train.LR.Rot }},
	{name: "train.lr.feat", initial: "0.11", high: 10,
		doc: "learning rate of colours", more: "Optimizer frame: in standard deviations of the picture; coordinates: in units of the range 0 to 1", field: func(j *Job) any { return &j.Train.LR.Feat }},
	{name: "train.lr.decay", initial: "0.5", high: 10,
		doc: "all rates are multiplied by (1 - step/steps) to this power; 0 = constant", field: func(j *Job) any { return &j.Train.Decay }},
}, lossKeys, []key{
	{name: "bounds.scale_min", initial: "0.01", above: true, high: 1e6,
		doc: "least inverse standard deviation, 1/px", more: "Only train.optimizer frame reads this section", field: func(j *Job) any { return &j.Bounds.ScaleMin }},
	{name: "bounds.scale_max", initial: "8", above: true, high: 1e6,
		doc: "largest inverse standard deviation, 1/px", field: func(j *Job) any { return &j.Bounds.ScaleMax }},
	{name: "bounds.aspect", initial: "50", high: 1e6,
		doc: "most that a splat may be longer than wide, as a factor; 0 = no bound", field: func(j *Job) any { return &j.Bounds.Aspect }},
	{name: "bounds.feat", initial: "0.25", high: 1e6,
		doc: "colours stay between -feat and 1 + feat; 0 = no bound", field: func(j *Job) any { return &j.Bounds.Feat }},
}, progressiveKeys, []key{
	{name: "relocate.enabled", initial: "true",
		doc: "move splats that contribute little to where the error is large", more: "It happens in the rounds of progressive.every", field: func(j *Job) any { return &j.Relocate.Enabled }},
	{name: "relocate.from", initial: "0.02", high: 1,
		doc: "share of the steps after which relocation begins", field: func(j *Job) any { return &j.Relocate.From }},
	{name: "relocate.until", initial: "0", high: 1,
		doc: "share of the steps after which relocation ends; 0 = by the number of steps", more: "0 means max(0.45, 1 - 4/sqrt(steps))", field: func(j *Job) any { return &j.Relocate.Until }},
	{name: "relocate.share", initial: "0.2", high: 1,
		doc: "largest share of the splats that moves in a round", field: func(j *Job) any { return &j.Relocate.Share }},
	{name: "relocate.threshold", initial: "1", high: 1e6,
		doc: "a splat may move when its removal costs less than this many mean errors a splat", field: func(j *Job) any { return &j.Relocate.Threshold }},
	{name: "relocate.power", initial: "2", high: 10,
		doc: "splats move in proportion to the error, not blurred, to this power", field: func(j *Job) any { return &j.Relocate.Power }},
	{name: "relocate.size", initial: "0.5", above: true, high: 100,
		doc: "size of a moved splat, as a factor on init.size", field: func(j *Job) any { return &j.Relocate.Size }},

	{name: "quantize.enabled", initial: "false",
		doc: "train for a model file of the bits below", more: "Evaluations, frames and pictures show the parameters as the file will hold them, so the reported PSNR is that of the file. Without it the file keeps float32", field: func(j *Job) any { return &j.Quantize.Enabled }},
	{name: "quantize.method", initial: "settle", choices: quantizeMethods,
		doc: "how training gets to few bits", more: "`settle`: in the last fifth of the steps, positions are rounded and fixed, later shapes; the other parameters are trained further. `straight-through`: all parameters are drawn rounded from the first step, and the values behind them are trained", field: func(j *Job) any { return (*string)(&j.Quantize.Method) }},
	{name: "quantize.pos_bits", initial: "16", low: 4, high: 32,
		doc: "bits of x and y; 23 or more keeps float32, here and below", field: func(j *Job) any { return &j.Quantize.PosBits }},
	{name: "quantize.scale_bits", initial: "16", low: 4, high: 32,
		doc: "bits of each inverse standard deviation", field: func(j *Job) any { return &j.Quantize.ScaleBits }},
	{name: "quantize.rot_bits", initial: "16", low: 4, high: 32,
		doc: "bits of the angle", field: func(j *Job) any { return &j.Quantize.RotBits }},
	{name: "quantize.feat_bits", initial: "16", low: 4, high: 32,
		doc: "bits of each channel of the colour", field: func(j *Job) any { return &j.Quantize.FeatBits }},

	{name: "memory.use_amp", initial: "true",
		doc: "keep pictures on the device in float16", more: "Parameters and their updates stay in float32", field: func(j *Job) any { return &j.Memory.UseAMP }},
	{name: "memory.use_gradient_checkpointing", initial: "false", auto: false,
		doc: "keep a band of rows on the device instead of all pixels", more: "It takes less memory and nearly the same time, and the result is the same. igs does it by itself when the training that was asked for does not fit; so `auto` is another word for `false`", field: func(j *Job) any { return &j.Memory.Recompute }},
	{name: "memory.budget", initial: auto, low: 1 << 20,
		doc: "most device memory to use: auto, or a size such as 2GiB", more: "When the training that was asked for does not fit, igs trains in a way that needs less, and says so", field: func(j *Job) any { return (*size)(&j.Memory.Budget) }},
	{name: "memory.host_budget", initial: auto, low: 96 << 20,
		doc: "most host memory to use: auto, or a size such as 1GiB", more: "Device memory of a CPU device does not count. With `auto`, the picture may take half of the free memory. A picture that needs more is kept in a temporary file beside output.dir, and splats are placed by a smaller copy of it", field: func(j *Job) any { return (*size)(&j.Memory.Host) }},

	{name: "video.enabled", initial: "false",
		doc: "make a video of the training", more: "`--video` does the same. `--video 20` makes a frame every 20 steps", field: func(j *Job) any { return &j.Video.Enabled }},
	{name: "video.save_to_disk", initial: "true",
		doc: "frames are kept in the folder of the run; false = in memory", more: "Frames in memory are lost when the process is killed: use it for short runs", field: func(j *Job) any { return &j.Video.SaveToDisk }},
	{name: "video.every", initial: "50", low: 1, high: many,
		doc: "steps from one frame to the next; the first and the last step have a frame too", field: func(j *Job) any { return &j.Video.Every }},
	{name: "video.fps", initial: "30", low: 1, high: 240,
		doc: "frames a second", more: "A GIF holds each frame for a whole number of hundredths of a second", field: func(j *Job) any { return &j.Video.FPS }},
	{name: "video.layout", initial: "side", choices: videoLayouts,
		doc: "target and render side by side, or one picture", more: "`error` shows four times the difference", field: func(j *Job) any { return (*string)(&j.Video.Layout) }},
	{name: "video.format", initial: "mp4", choices: videoFormats,
		doc: "kind of file: H.264, VP9, or GIF", field: func(j *Job) any { return (*string)(&j.Video.Format) }},
	{name: "video.quality", initial: "95", low: 1, high: 100,
		doc: "JPEG quality of the frames", field: func(j *Job) any { return &j.Video.Quality }},
	{name: "video.max_width", initial: "1920", low: 320, high: 7680,
		doc: "greatest width of the video, px", more: "Larger pictures are drawn smaller. Smaller pictures keep their size", field: func(j *Job) any { return &j.Video.MaxWidth }},
	{name: "video.keep_frames", initial: "false",
		doc: "keep the frames after the video is made", more: "`igs video` makes another video of them", field: func(j *Job) any { return &j.Video.KeepFrames }},

	{name: "device.select", initial: "auto",
		doc: "auto, the index or a part of the name of a device, a list such as 0,1, or all", more: "The runs of a session are shared out among the devices of a list. `all` leaves processors out where there is a GPU", field: func(j *Job) any { return &j.Device.Select }},
	{name: "device.jobs", initial: "0", high: 64,
		doc: "runs that train at once on each device; 0 = by the pictures", more: "They must fit into its memory together, else fewer train at once. 0 is 2 for pictures of up to one megapixel on a GPU, and 1 for others and on a processor", field: func(j *Job) any { return &j.Device.Jobs }},
	{name: "device.validation", initial: "false",
		doc: "run under the Vulkan validation layer", field: func(j *Job) any { return &j.Device.Validation }},

	{name: "output.dir", initial: "output", path: true,
		doc: "where sessions go", field: func(j *Job) any { return &j.Output.Dir }},
	{name: "output.session", initial: "",
		doc: "folder in output.dir; \"\" = the next free session_N", more: "It is the name of one folder, without slashes", field: func(j *Job) any { return &j.Output.Session }},
	{name: "output.exists", initial: "error", choices: existsChoices,
		doc: "what to do when that folder exists already", more: "`skip` trains only what the session has not done, `overwrite` replaces its runs", field: func(j *Job) any { return (*string)(&j.Output.Exists) }},

	{name: "output.layout", initial: "auto", choices: outputLayouts,
		doc: "the files of a session", more: "`runs` makes a folder for each run, with its pictures and logs. `flat` is for many small pictures: the session is one folder of models, and pictures of one size are trained together. A folder in input.images then stands for its pictures. `auto` is flat when input.images names a list file, or a folder with more pictures than a stack can have", field: func(j *Job) any { return (*string)(&j.Output.Layout) }},
	{name: "output.render", initial: "png", choices: renderFormats,
		doc: "picture of the result", field: func(j *Job) any { return (*string)(&j.Output.Render) }},
	{name: "output.rounding_loss", initial: "0.01", high: 20,
		doc: "PSNR in dB that rounding the parameters may cost in model.igsm; 0 = keep float32", more: "The file is then as small as this loss allows: with 5000 splats about 8 bytes a splat for 0.01, 5.8 for 0.2 and 25 for 0. The last evaluation, the pictures and the scores are those of the file. Checkpoints keep float32", field: func(j *Job) any { return &j.Quantize.Loss }},
	{name: "output.target_bytes", initial: auto, low: 1,
		doc: "largest size of model.igsm: a size such as 50KiB, or auto", more: "The parameters are rounded as far as it needs, whatever the loss. If sweep.gaussians is not set, splats are added until they use the bytes well: at a rounding loss of about 0.6 dB. A file that is larger nevertheless gives exit code 5. With train.target_psnr or train.target_ssim it is the limit for these", field: func(j *Job) any { return (*size)(&j.Goal.Bytes) }},
	{name: "output.target_bpp", initial: "0", high: 1000,
		doc: "largest size of model.igsm in bits per pixel; 0 = none", more: "It is output.target_bytes for pictures of different sizes. The pixels are those that are trained", field: func(j *Job) any { return &j.Goal.BitsPerPixel }},
	{name: "output.tensorboard", initial: "false",
		doc: "write TensorBoard event files too", field: func(j *Job) any { return &j.Output.TensorBoard }},
	{name: "output.report", initial: "true",
		doc: "write report.html when the session ends", field: func(j *Job) any { return &j.Output.Report }},

	{name: "gate.min_psnr", initial: "0", high: 200,
		doc: "PSNR in dB below which the command fails; 0 = none", more: "The exit code is then 5", field: func(j *Job) any { return &j.Gate.MinPSNR }},
	{name: "gate.min_ssim", initial: "0", high: 1,
		doc: "SSIM below which the command fails; 0 = none", field: func(j *Job) any { return &j.Gate.MinSSIM }},
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

// sections are the names that a job file may have in brackets.
func sections() []string {
	var names []string
	for _, k := range schema {
		if section, _ := split(k.name); section != "" && !slices.Contains(names, section) {
			names = append(names, section)
		}
	}
	return names
}
