// Package event holds the events that training emits: plain structs without behaviour. A trainer emits events and never
// prints. Terminal output, metrics and logs are made from the same stream of events.
//
// Durations are in seconds, sizes in bytes, PSNR in dB. JSON lines, logs and checkpoints have types of their own, so a
// field of an event can be renamed without changing a file.
package event

import "igs/metric"

// Event is any of the structs of this package.
type Event interface{ Name() string }

// Sink receives events in order, one at a time. It must return soon. The events of a trainer come on the goroutine that
// trains.
type Sink func(Event)

// OfRun is an event of one run of a session. Several runs may train at once, and the files of a run are written while
// others train, so the events of runs come mixed.
type OfRun struct {
	Run    string
	Slot   int    // where the run trains: runs of one slot train one after the other; from 0
	Slots  int    // number of all slots
	Device string // index and name of the device of the slot
	Event  Event
}

// RunStarted is emitted before the first step.
type RunStarted struct {
	Run         string
	Image       string
	W           int
	H           int
	C           int
	Splats      int    // number of splats at the end of the run; the most, if Free
	Free        bool   // the number of splats follows from the goal
	Goal        string // such as 35 dB; "" if there is none
	Steps       int
	Device      string
	DeviceBytes int64

	Memory       string // layout of the run, such as "float16, recompute in bands of 128 rows"
	PlannedBytes int64  // planned maximum of device memory

	From int // step of the checkpoint from which the run continues, or 0
}

// Rescaled reports a new loss scale. The scale is halved when a step overflows and is skipped, and doubled after many
// good steps.
type Rescaled struct {
	Step      int
	LossScale float64
	Skipped   bool
}

// Stepped reports the progress of training. Not every step emits it.
type Stepped struct {
	Step        int
	Steps       int
	Splats      int
	Expected    int // number of splats at the end of the run, as far as it is known; 0 = not known
	StepsPerSec float64
	DeviceBytes int64
	ETA         float64 // remaining time, s: of a trainer until the last step, of a session until the end of the run; 0 = not known
	Spent       Spent
	Loss        float64 // of the step, before its update; 0 = not known

	Run, Runs int     // number of this run in the sweep and number of all runs; 0 if not known
	SweepETA  float64 // remaining time of all runs, s; not below ETA
}

// Spent says where the time of a trainer went since it was made, s.
type Spent struct {
	Steps, Surveys, Evaluations, Frames float64
}

// Estimated says how long a run will take from its begin, by the time of its first steps.
type Estimated struct {
	Run          string
	Seconds      float64
	SweepSeconds float64 // of this run and all runs after it
	Runs         int     // number of these runs
}

// Scoring reports the progress of writing the pictures of a finished run and measuring its scores.
type Scoring struct {
	Run           string
	Row, Rows     int
	Full          bool    // only scores, at the full size of a reduced picture
	ETA, SweepETA float64 // as of Stepped; 0 = not known
}

// Evaluated reports an evaluation; it is one row of the metrics. The losses are weighted. The times are sums since the
// start of the run.
type Evaluated struct {
	Step          int
	TotalLoss     float64
	L1            float64
	L2            float64
	SSIMLoss      float64
	metric.Scores // PSNR and SSIM, measured with gamma undone; of a huge picture an estimate of PSNR, and NaN, before the end of the run
	Splats        int
	Bytes         int64
	RenderTime    float64
	TotalTime     float64
	LRScale       float64
	LossScale     float64
	DeviceBytes   int64
}

// Densified reports that splats were added or moved.
type Densified struct {
	Step   int
	Added  int
	Moved  int
	Splats int // number of splats afterwards
}

// Rounded reports that the splats at the end of a run were rounded for the model file.
type Rounded struct {
	Step  int
	Loss  float64 // by which rounding lowers the PSNR, dB
	Bytes int64   // size of the file

	Position, Shape, Angle, Colour float64 // bytes of the file by kind of parameter; the header has the rest
}

// Checkpointed reports a written checkpoint.
type Checkpointed struct {
	Step    int
	Path    string
	Bytes   int64
	Seconds float64 // time to write it
}

// Saved reports a file that is completely on the disk.
type Saved struct {
	Kind string // model, render, target, ...
	Path string
}

// Assembling reports the progress of encoding the training video.
type Assembling struct {
	Run           string
	Frame         int
	Frames        int
	ETA, SweepETA float64 // as of Stepped; 0 = not known
}

// Drawing reports the progress of rendering a picture.
type Drawing struct {
	Model string
	Row   int
	Rows  int
}

// Warned is a warning about a problem that does not stop the run.
type Warned struct {
	Text string
	Hint string // what the user can do; settings are named by their keys
}

// Noted reports a choice that igs made automatically. It is no warning.
type Noted struct {
	Text string
}

// Detailed is a message for a detailed log.
type Detailed struct {
	Text string
}

// CorpusAdvanced reports how far the training of many small pictures is.
type CorpusAdvanced struct {
	Done, Failed, Pictures int     // pictures that are done or failed, those that failed, and all
	Batch                  int     // pictures that are trained together now
	PerHour                float64 // pictures; 0 = not known
	ETA                    float64 // remaining time, s
	Written                bool    // the models of a batch were written just now
	DeviceBytes            int64
}

// CorpusWritten reports that the model of a picture of a corpus is completely on the disk.
type CorpusWritten struct {
	Run, Path string
	metric.Scores
	Splats int
	Bytes  int64
}

// RunFailed reports the error of one of several runs. The error at the end of the session does not repeat it.
type RunFailed struct {
	Run string
	Err error
}

// RunEnded is the last event of a run. It is also emitted for failed and interrupted runs.
type RunEnded struct {
	Run           string
	Status        string // done | failed | interrupted
	Step          int
	metric.Scores // scores of the last evaluation
	Seconds       float64
	Bytes         int64
	StoppedEarly  bool
	Error         string
}

func (o OfRun) Name() string        { return o.Event.Name() }
func (RunStarted) Name() string     { return "run_started" }
func (Stepped) Name() string        { return "stepped" }
func (CorpusAdvanced) Name() string { return "corpus" }
func (CorpusWritten) Name() string  { return "model_written" }
func (Evaluated) Name() string      { return "evaluated" }
func (Densified) Name() string      { return "densified" }
func (Rescaled) Name() string       { return "rescaled" }
func (Rounded) Name() string        { return "rounded" }
func (Checkpointed) Name() string   { return "checkpointed" }
func (Saved) Name() string          { return "saved" }
func (Estimated) Name() string      { return "estimated" }
func (Scoring) Name() string        { return "scoring" }
func (Assembling) Name() string     { return "assembling" }
func (Drawing) Name() string        { return "drawing" }
func (Warned) Name() string         { return "warned" }
func (Noted) Name() string          { return "noted" }
func (Detailed) Name() string       { return "detailed" }
func (RunFailed) Name() string      { return "run_failed" }
func (RunEnded) Name() string       { return "run_ended" }
