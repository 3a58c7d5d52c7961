package configs

// Progressive adds splats during training, where the error is large.
type Progressive struct {
	Enabled      bool
	Rule         ProgressiveRule
	InitialRatio float64 // share of the splats at the start

	Most  int     // rule rounds: most splats that a goal may take; 0 = by the number of pixels
	Until float64 // rule rounds: share of the steps after which all splats are there
	Every int     // steps between rounds of growth and relocation; 0 = by the number of steps
	Power float64 // splats are added in proportion to the squared error to this power
	Blur  float64 // standard deviation of the blur of that error, px
	Size  float64 // of an added splat, as a factor on Init.Size

	AddSteps     int // rule additions: steps between additions
	AddTimes     int // additions
	PostMinSteps int // least number of steps after the last addition
}

// ProgressiveRule says when and where splats are added.
type ProgressiveRule string

const (
	ProgressiveRounds    ProgressiveRule = "rounds"
	ProgressiveAdditions ProgressiveRule = "additions"
)

var progressiveRules = words(ProgressiveRounds, ProgressiveAdditions)

// progressiveKeys are the settings of section progressive.
var progressiveKeys = []key{
	{name: "progressive.enabled", initial: "true",
		doc: "start with fewer splats and add the others where the error is large", field: func(j *Job) any { return &j.Progressive.Enabled }},
	{name: "progressive.rule", initial: "rounds", choices: progressiveRules,
		doc: "when splats are added", more: "`rounds`: some in each round, over the first part of the steps (until). `additions`: add_times portions, add_steps steps apart", field: func(j *Job) any { return (*string)(&j.Progressive.Rule) }},
	{name: "progressive.initial_ratio", initial: "0.6", above: true, high: 1,
		doc: "share of the splats at the start", field: func(j *Job) any { return &j.Progressive.InitialRatio }},
	{name: "progressive.until", initial: "0.3", above: true, high: 1,
		doc: "rule rounds: share of the steps after which all splats are there", field: func(j *Job) any { return &j.Progressive.Until }},
	{name: "progressive.most", initial: "0", high: many,
		doc: "targets: most splats that a run may take; 0 = by the number of pixels", more: "0 means one for 10 pixels, at most 100 000. Device memory is planned for so many", field: func(j *Job) any { return &j.Progressive.Most }},
	{name: "progressive.every", initial: "0", high: many,
		doc: "steps between rounds, those of relocate too; 0 = by the number of steps", more: "0 means max(1, round(0.4 sqrt(steps)))", field: func(j *Job) any { return &j.Progressive.Every }},
	{name: "progressive.power", initial: "1.5", high: 10,
		doc: "rule rounds: splats are added in proportion to the squared error to this power", more: "A higher power adds more splats at the worst places", field: func(j *Job) any { return &j.Progressive.Power }},
	{name: "progressive.blur", initial: "1", high: 1.5,
		doc: "rule rounds: standard deviation of the blur of that error, px; 0 = no blur", field: func(j *Job) any { return &j.Progressive.Blur }},
	{name: "progressive.size", initial: "0.8", above: true, high: 100,
		doc: "rule rounds: size of an added splat, as a factor on init.size", field: func(j *Job) any { return &j.Progressive.Size }},
	{name: "progressive.add_steps", initial: "500", low: 1, high: many,
		doc: "rule additions: steps from one addition to the next", field: func(j *Job) any { return &j.Progressive.AddSteps }},
	{name: "progressive.add_times", initial: "4", low: 1, high: 10_000,
		doc: "rule additions: number of additions", field: func(j *Job) any { return &j.Progressive.AddTimes }},
	{name: "progressive.post_min_steps", initial: "3000", high: many,
		doc: "rule additions: least number of steps after the last addition", field: func(j *Job) any { return &j.Progressive.PostMinSteps }},
}

// progressiveReadBy says which rule reads which of these settings.
var progressiveReadBy = []condition{
	{"progressive.add_", "progressive.rule additions", "set progressive.rule to additions, as the recipe paper does, or leave it out", additions},
	{"progressive.post_", "progressive.rule additions", "set progressive.rule to additions, as the recipe paper does, or leave it out", additions},
	{"progressive.most", "progressive.rule rounds", "set progressive.rule to rounds, or leave it out", rounds},
	{"progressive.until", "progressive.rule rounds", "set progressive.rule to rounds, or leave it out", rounds},
	{"progressive.power", "progressive.rule rounds", "set progressive.rule to rounds, or leave it out", rounds},
	{"progressive.blur", "progressive.rule rounds", "set progressive.rule to rounds, or leave it out", rounds},
	{"progressive.size", "progressive.rule rounds", "set progressive.rule to rounds, or leave it out", rounds},
}

func additions(j *Job) bool {
	return !j.Progressive.Enabled || j.Progressive.Rule == ProgressiveAdditions
}
func rounds(j *Job) bool { return !j.Progressive.Enabled || j.Progressive.Rule == ProgressiveRounds }
