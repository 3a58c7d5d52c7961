package configs

// Settings whose values are words. Each has one list below; the schema takes its choices from that list.
type (
	Effort         string // a number of steps, by name
	Recipe         string // the source of the settings of training
	Profile        string // what is done with the colour profile of a picture
	InitMode       string // where the first splats are placed
	InitRule       string // their shapes
	Optimizer      string // what Adam moves
	QuantizeMethod string // how training reduces parameters to few bits
	VideoLayout    string // what a frame of the video shows
	VideoFormat    string // the kind of its file
	Exists         string // what is done when the session exists already
	RenderFormat   string // the picture of the result
	OutputLayout   string // the files of a session
)

const (
	EffortDraft  Effort = "draft"
	EffortNormal Effort = "normal"
	EffortBest   Effort = "best"

	RecipeIGS      Recipe = "igs" // the defaults
	RecipeBalanced Recipe = "balanced"
	RecipePaper    Recipe = "paper"

	ProfileApply  Profile = "apply"
	ProfileIgnore Profile = "ignore"

	InitGradient InitMode = "gradient"
	InitRandom   InitMode = "random"
	InitSaliency InitMode = "saliency"

	InitStructure InitRule = "structure"
	InitRound     InitRule = "round"

	OptimizerFrame       Optimizer = "frame"
	OptimizerCoordinates Optimizer = "coordinates"

	QuantizeSettle          QuantizeMethod = "settle"
	QuantizeStraightThrough QuantizeMethod = "straight-through"

	LayoutSide   VideoLayout = "side" // two panels: target and render
	LayoutRender VideoLayout = "render"
	LayoutError  VideoLayout = "error"

	FormatMP4  VideoFormat = "mp4"
	FormatWebM VideoFormat = "webm"
	FormatGIF  VideoFormat = "gif"

	ExistsError     Exists = "error"
	ExistsSkip      Exists = "skip"
	ExistsOverwrite Exists = "overwrite"

	RenderPNG  RenderFormat = "png"
	RenderNone RenderFormat = "none"

	OutputAuto OutputLayout = "auto"
	OutputRuns OutputLayout = "runs" // a folder for each run
	OutputFlat OutputLayout = "flat" // one folder of models
)

var (
	recipeNames     = words(RecipeIGS, RecipeBalanced, RecipePaper)
	effortNames     = words(EffortDraft, EffortNormal, EffortBest)
	profiles        = words(ProfileApply, ProfileIgnore)
	initModes       = words(InitGradient, InitRandom, InitSaliency)
	initRules       = words(InitStructure, InitRound)
	optimizers      = words(OptimizerFrame, OptimizerCoordinates)
	quantizeMethods = words(QuantizeSettle, QuantizeStraightThrough)
	videoLayouts    = words(LayoutSide, LayoutRender, LayoutError)
	videoFormats    = words(FormatMP4, FormatWebM, FormatGIF)
	existsChoices   = words(ExistsError, ExistsSkip, ExistsOverwrite)
	renderFormats   = words(RenderPNG, RenderNone)
	outputLayouts   = words(OutputAuto, OutputRuns, OutputFlat)
)

func words[T ~string](values ...T) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}
