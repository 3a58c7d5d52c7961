// Package record owns the records of sessions and runs: the files session.json and run.json, and the paths of all files
// of a session. Training writes records; comparisons and reports read them.
//
// Durations are in seconds, sizes in bytes, PSNR in dB. A number that JSON cannot represent, such as the PSNR of a
// perfect picture, is null in the file and +Inf in this package.
package record

import (
	"bytes"
	"encoding/json"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"igs/metric"
)

// The status of a session or a run. Only Done means finished. Running means that a process is at work on it, or was
// killed.
const (
	Waiting     = "waiting"
	Running     = "running"
	Done        = "done"
	Failed      = "failed"
	Interrupted = "interrupted"
)

// Flat is the layout of a session that is one folder of models.
const Flat = "flat"

// Session is the content of session.json.
type Session struct {
	Status  string     `json:"status"`
	Layout  string     `json:"layout,omitempty"` // Flat, or "" for a folder for each run
	Igs     Build      `json:"igs"`
	Command []string   `json:"command"`
	Folder  string     `json:"working_directory"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	Device  Device     `json:"device"`
	Devices []Device   `json:"devices,omitempty"` // all, when there are several; the run.json of a run has its own
	Joined  bool       `json:"joined,omitempty"`  // several processes work at it; the status of a run is in its run.json until the session is done
	Runs    []Entry    `json:"runs"`
}

// Entry is a run in the list of a session.
type Entry struct {
	Name      string `json:"name"` // also the name of its folder
	Image     string `json:"image"`
	Gaussians int    `json:"gaussians"`
	Steps     int    `json:"steps"`
	Goal      *Goal  `json:"goal,omitempty"` // nil: a number of splats, and no size
	Status    string `json:"status"`
	Sha256    string `json:"sha256,omitempty"` // of the picture when the session began; "" in records of an older igs
}

// Goal is what a run should reach. A field that is 0 asks for nothing.
type Goal struct {
	PSNR         float64 `json:"psnr,omitempty"`           // at least, dB
	SSIM         float64 `json:"ssim,omitempty"`           // at least
	Bytes        int64   `json:"num_bytes,omitempty"`      // at most
	BitsPerPixel float64 `json:"bits_per_pixel,omitempty"` // at most; Bytes is its size
	Free         bool    `json:"finds_splats"`             // the number of splats follows from the goal; that of the entry is the most
}

// Run is the content of run.json.
type Run struct {
	Status    string             `json:"status"`
	Name      string             `json:"name"`
	Error     string             `json:"error,omitempty"`
	Igs       Build              `json:"igs"`
	Started   time.Time          `json:"started"`
	Resumed   []Resumption       `json:"resumed,omitempty"`
	Extended  []Extension        `json:"extended,omitempty"`
	Changed   []Change           `json:"changed,omitempty"`
	Ended     *time.Time         `json:"ended,omitempty"`
	Image     Image              `json:"image"`
	Gaussians int                `json:"gaussians"`
	Goal      *Goal              `json:"goal,omitempty"`
	Steps     int                `json:"steps"`
	Settings  map[string]Setting `json:"settings"`
	Device    Device             `json:"device"`
	Tuning    string             `json:"tuning,omitempty"`   // in the last invocation, in the form of IGS_TUNE
	Saliency  *File              `json:"saliency,omitempty"` // the map of init.saliency
	Result    *Result            `json:"result,omitempty"`
	Memory    *Memory            `json:"memory,omitempty"`
	Files     map[string]File    `json:"files,omitempty"` // by path relative to the folder of the run, with slashes
}

// Clone is a copy of the record that does not change when the run goes on.
func (r *Run) Clone() *Run {
	c := *r
	c.Settings, c.Files = maps.Clone(r.Settings), maps.Clone(r.Files)
	c.Resumed, c.Extended, c.Changed = slices.Clone(r.Resumed), slices.Clone(r.Extended), slices.Clone(r.Changed)
	return &c
}

// Resumption records that a run was resumed after an interruption.
type Resumption struct {
	Time time.Time `json:"time"`
	Step int       `json:"step"` // step of the checkpoint; 0 means that there was none
}

// Extension records that a finished run went on to a larger number of steps.
type Extension struct {
	Time   time.Time `json:"time"`
	From   int       `json:"step"`         // the step after which it went on
	Before int       `json:"steps_before"` // number of steps of the run until then
	Steps  int       `json:"steps"`        // number of steps of the run since then
}

// Change records that a setting was changed when a run was resumed.
type Change struct {
	Time time.Time `json:"time"`
	Step int       `json:"step"` // the step after which the new value counts
	Key  string    `json:"key"`
	Was  any       `json:"was"`
	Is   any       `json:"is"`
}

// Build describes the sources and tools from which the program was built.
type Build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"` // "" if built outside a checkout
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

// ThisBuild is the build of the running program, whose version is given.
func ThisBuild(version string) Build {
	b := Build{Version: version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

// String describes the build in one line.
func (b Build) String() string {
	text := "igs " + b.Version
	if b.Commit != "" {
		text += " (commit " + b.Commit
		if b.Modified {
			text += ", modified"
		}
		text += ")"
	}
	return text + ", " + b.Go + ", " + b.System
}

// Device is the device of a session.
type Device struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	API    string `json:"api"`
	Reason string `json:"reason"` // why this device was chosen
}

// Image describes the picture file of a run.
type Image struct {
	Path   string   `json:"path"` // absolute
	W      int      `json:"width"`
	H      int      `json:"height"`
	C      int      `json:"channels"`
	Depth  int      `json:"bits"`
	OnDisk bool     `json:"on_disk,omitempty"` // it was too large for the memory of the host
	Notes  []string `json:"notes,omitempty"`
	Bytes  int64    `json:"bytes"`
	Sha256 string   `json:"sha256"`
}

// Setting is the value of a key of the job, with its origin. In a record that was read, a number is a json.Number, which
// keeps all its digits: a seed has up to 19, and a float64 only 15.
type Setting struct {
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

// UnmarshalJSON reads a setting and keeps the digits of numbers.
func (s *Setting) UnmarshalJSON(text []byte) error {
	type setting Setting
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode((*setting)(s))
}

// Number is the value as a float64. ok is false when it is no number.
func (s Setting) Number() (x float64, ok bool) {
	n, ok := s.Value.(json.Number)
	if !ok {
		return 0, false
	}
	x, err := n.Float64()
	return x, err == nil
}

// Result is the result of a run. A run that did not finish has the result so far.
type Result struct {
	metric.Scores  `json:"-"`    // written by MarshalJSON
	Layers         []LayerScores `json:"layers,omitempty"`    // only for a stack
	Full           *FullScores   `json:"full_size,omitempty"` // only with input.downsample
	Steps          int           `json:"steps"`
	Splats         int           `json:"num_gaussians"`
	StoppedEarly   bool          `json:"stopped_early"`
	Bytes          int64         `json:"num_bytes"` // size of the model file
	BitsPerPixel   float64       `json:"bits_per_pixel"`
	Rounding       *Rounding     `json:"rounding,omitempty"` // of the model file
	Seconds        float64       `json:"seconds"`
	TrainSeconds   float64       `json:"train_seconds"`
	DensifySeconds float64       `json:"densify_seconds"` // time to add and move splats, not part of train_seconds
	StepsPerSec    Number        `json:"steps_per_second"`
	Notes          []string      `json:"notes,omitempty"` // about the scores, such as what was not measured
}

// Rounding describes how the parameters were rounded for the model file.
type Rounding struct {
	Loss     float64 `json:"loss_db"`        // by which rounding lowers the PSNR
	Position float64 `json:"position_bytes"` // bytes of the file by kind of parameter; the header has the rest
	Shape    float64 `json:"shape_bytes"`
	Angle    float64 `json:"angle_bytes"`
	Colour   float64 `json:"colour_bytes"`
}

// Memory describes the memory of a run.
type Memory struct {
	Layout  string           `json:"layout"` // such as "float16, recompute in bands of 128 rows"
	Planned int64            `json:"device_planned_bytes"`
	Peak    int64            `json:"device_peak_bytes"`
	Host    int64            `json:"host_peak_bytes,omitempty"` // of the whole process; includes device memory if the device is the CPU
	Groups  map[string]int64 `json:"device_peak_bytes_by_group"`
}

// File describes a file of a run.
type File struct {
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}
