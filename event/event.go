// Package event holds the words in which training reports what happens. They are plain
// structs without behaviour: a trainer emits them and never prints, and terminal lines,
// metrics and logs are all made of this one stream.
//
// Seconds, bytes and decibels are numbers in those units. PSNR is +Inf for a perfect
// picture. The json tags are the names in the JSON lines of the command.
package event

// Event is any of the structs of this package.
type Event interface{ Name() string }

// Sink takes events in order, on the goroutine that trains; it returns soon.
type Sink func(Event)

// RunStarted comes before the first step.
type RunStarted struct {
	Run         string `json:"run"`
	Image       string `json:"image"`
	W           int    `json:"width"`
	H           int    `json:"height"`
	C           int    `json:"channels"`
	Splats      int    `json:"num_gaussians"` // at the end of the run
	Steps       int    `json:"steps"`
	Device      string `json:"device"`
	DeviceBytes int64  `json:"device_bytes"`

	Memory       string `json:"memory"`        // how the run is laid out: float16, recompute in bands of 128 rows
	PlannedBytes int64  `json:"planned_bytes"` // the most device memory that it will take

	From int `json:"from_step"` // 0, or the step of the checkpoint that the run goes on from
}

// Rescaled tells of a new loss scale: halved with a step that overflowed and was skipped, or doubled after many good ones.
type Rescaled struct {
	Step      int     `json:"step"`
	LossScale float64 `json:"loss_scale"`
	Skipped   bool    `json:"skipped"`
}

// Stepped says how far training is. Not every step has one.
type Stepped struct {
	Step        int     `json:"step"`
	Steps       int     `json:"steps"`
	Splats      int     `json:"num_gaussians"`
	StepsPerSec float64 `json:"steps_per_second"`
	DeviceBytes int64   `json:"device_bytes"`
	ETA         float64 `json:"eta"` // s, of this run

	Run, Runs int     `json:"-"` // which of how many of the sweep it is, 0 when not known
	SweepETA  float64 `json:"-"` // s, of all runs
}

// Evaluated is one row of the metrics. The losses carry their weights; the times are
// sums since the start of the run.
type Evaluated struct {
	Step        int     `json:"step"`
	TotalLoss   float64 `json:"total_loss"`
	L1          float64 `json:"l1_loss"`
	L2          float64 `json:"l2_loss"`
	SSIMLoss    float64 `json:"ssim_loss"`
	PSNR        float64 `json:"psnr"`
	SSIM        float64 `json:"ssim"`
	Splats      int     `json:"num_gaussians"`
	Bytes       int64   `json:"num_bytes"`
	RenderTime  float64 `json:"render_time_accum"`
	TotalTime   float64 `json:"total_time_accum"`
	LRScale     float64 `json:"lr_scale"`
	LossScale   float64 `json:"loss_scale"`
	DeviceBytes int64   `json:"device_bytes"`
}

// Densified tells of splats added and moved in the course of training.
type Densified struct {
	Step   int `json:"step"`
	Added  int `json:"added"`
	Moved  int `json:"moved"`
	Splats int `json:"num_gaussians"` // afterwards
}

// Checkpointed tells that training can go on from here whatever happens.
type Checkpointed struct {
	Step    int     `json:"step"`
	Path    string  `json:"path"`
	Bytes   int64   `json:"bytes"`
	Seconds float64 `json:"seconds"` // that it took
}

// Saved names a file that is now whole on the disk.
type Saved struct {
	Kind string `json:"kind"` // model, render, target, ...
	Path string `json:"path"`
}

// Assembling says how far the training video is.
type Assembling struct {
	Run    string `json:"run"`
	Frame  int    `json:"frame"`
	Frames int    `json:"frames"`
}

// Drawing says how far a picture is.
type Drawing struct {
	Model string `json:"model"`
	Row   int    `json:"row"`
	Rows  int    `json:"rows"`
}

// Warned is something the user should know and that stops nothing.
type Warned struct {
	Text string `json:"text"`
}

// RunEnded is the last word of a run, however it ended.
type RunEnded struct {
	Run          string  `json:"run"`
	Status       string  `json:"status"` // done | failed | interrupted
	Step         int     `json:"step"`
	PSNR         float64 `json:"psnr"`
	SSIM         float64 `json:"ssim"`
	Seconds      float64 `json:"seconds"`
	Bytes        int64   `json:"num_bytes"`
	StoppedEarly bool    `json:"stopped_early"`
	Error        string  `json:"error,omitempty"`
}

func (RunStarted) Name() string   { return "run_started" }
func (Stepped) Name() string      { return "stepped" }
func (Evaluated) Name() string    { return "evaluated" }
func (Densified) Name() string    { return "densified" }
func (Rescaled) Name() string     { return "rescaled" }
func (Checkpointed) Name() string { return "checkpointed" }
func (Saved) Name() string        { return "saved" }
func (Assembling) Name() string   { return "assembling" }
func (Drawing) Name() string      { return "drawing" }
func (Warned) Name() string       { return "warned" }
func (RunEnded) Name() string     { return "run_ended" }

// Tee sends each event to every sink in turn.
func Tee(sinks ...Sink) Sink {
	return func(e Event) {
		for _, sink := range sinks {
			sink(e)
		}
	}
}
