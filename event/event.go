// Package event holds the words in which training reports what happens. They are plain
// structs without behaviour: a trainer emits them and never prints, and terminal lines,
// metrics and logs are all made of this one stream.
//
// Seconds, bytes and decibels are numbers in those units. What JSON lines, logs and checkpoints
// hold has types of its own: a field here can change its name and no file changes.
package event

import "igs/metric"

// Event is any of the structs of this package.
type Event interface{ Name() string }

// Sink takes events in order, on the goroutine that trains; it returns soon.
type Sink func(Event)

// RunStarted comes before the first step.
type RunStarted struct {
	Run         string
	Image       string
	W           int
	H           int
	C           int
	Splats      int // at the end of the run
	Steps       int
	Device      string
	DeviceBytes int64

	Memory       string // how the run is laid out: float16, recompute in bands of 128 rows
	PlannedBytes int64  // the most device memory that it will take

	From int // 0, or the step of the checkpoint that the run goes on from
}

// Rescaled tells of a new loss scale: halved with a step that overflowed and was skipped, or doubled after many good ones.
type Rescaled struct {
	Step      int
	LossScale float64
	Skipped   bool
}

// Stepped says how far training is. Not every step has one.
type Stepped struct {
	Step        int
	Steps       int
	Splats      int
	StepsPerSec float64
	DeviceBytes int64
	ETA         float64 // s, of this run

	Run, Runs int     // which of how many of the sweep it is, 0 when not known
	SweepETA  float64 // s, of all runs
}

// Evaluated is one row of the metrics. The losses carry their weights; the times are
// sums since the start of the run.
type Evaluated struct {
	Step          int
	TotalLoss     float64
	L1            float64
	L2            float64
	SSIMLoss      float64
	metric.Scores // PSNR and SSIM of the picture as it is shown
	Splats        int
	Bytes         int64
	RenderTime    float64
	TotalTime     float64
	LRScale       float64
	LossScale     float64
	DeviceBytes   int64
}

// Densified tells of splats added and moved in the course of training.
type Densified struct {
	Step   int
	Added  int
	Moved  int
	Splats int // afterwards
}

// Checkpointed tells that training can go on from here whatever happens.
type Checkpointed struct {
	Step    int
	Path    string
	Bytes   int64
	Seconds float64 // that it took
}

// Saved names a file that is now whole on the disk.
type Saved struct {
	Kind string // model, render, target, ...
	Path string
}

// Assembling says how far the training video is.
type Assembling struct {
	Run    string
	Frame  int
	Frames int
}

// Drawing says how far a picture is.
type Drawing struct {
	Model string
	Row   int
	Rows  int
}

// Warned is something the user should know and that stops nothing.
type Warned struct {
	Text string
}

// Noted tells what was decided by itself and that nothing is wrong with.
type Noted struct {
	Text string
}

// Detailed is for a log of every detail.
type Detailed struct {
	Text string
}

// RunFailed tells the error of one run of several. The error that ends the whole does not repeat it.
type RunFailed struct {
	Run string
	Err error
}

// RunEnded is the last word of a run, however it ended.
type RunEnded struct {
	Run           string
	Status        string // done | failed | interrupted
	Step          int
	metric.Scores // of the last evaluation
	Seconds       float64
	Bytes         int64
	StoppedEarly  bool
	Error         string
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
func (Noted) Name() string        { return "noted" }
func (Detailed) Name() string     { return "detailed" }
func (RunFailed) Name() string    { return "run_failed" }
func (RunEnded) Name() string     { return "run_ended" }
