// Package record owns what is written down about sessions and runs: the files session.json
// and run.json, and where each file of a session lies. Those who train write records,
// those who compare and report read them.
//
// Times are wall-clock times, durations seconds, sizes bytes, qualities dB (PSNR) or plain
// numbers (SSIM). A figure that JSON has no word for, as the PSNR of a perfect picture, is
// null there and +Inf here.
package record

import (
	"math"
	"strconv"
	"time"
)

// How sessions and runs stand. Only Done is finished; a record that says Running belongs
// to a process that is at work, or that was killed.
const (
	Waiting     = "waiting"
	Running     = "running"
	Done        = "done"
	Failed      = "failed"
	Interrupted = "interrupted"
)

// Session is session.json.
type Session struct {
	Status  string     `json:"status"`
	Igs     Build      `json:"igs"`
	Command []string   `json:"command"`
	Folder  string     `json:"working_directory"`
	Started time.Time  `json:"started"`
	Ended   *time.Time `json:"ended,omitempty"`
	Device  Device     `json:"device"`
	Runs    []Entry    `json:"runs"`
}

// Entry is a run as the session knows it.
type Entry struct {
	Name      string `json:"name"` // and its folder in the session
	Image     string `json:"image"`
	Gaussians int    `json:"gaussians"`
	Steps     int    `json:"steps"`
	Status    string `json:"status"`
}

// Run is run.json.
type Run struct {
	Status    string             `json:"status"`
	Name      string             `json:"name"`
	Error     string             `json:"error,omitempty"`
	Igs       Build              `json:"igs"`
	Started   time.Time          `json:"started"`
	Resumed   []Resumption       `json:"resumed,omitempty"`
	Ended     *time.Time         `json:"ended,omitempty"`
	Image     Image              `json:"image"`
	Gaussians int                `json:"gaussians"`
	Steps     int                `json:"steps"`
	Settings  map[string]Setting `json:"settings"`
	Device    Device             `json:"device"`
	Tuning    string             `json:"tuning,omitempty"`   // of the kernels, as IGS_TUNE takes it; of the last invocation
	Saliency  *File              `json:"saliency,omitempty"` // the map of init.saliency
	Result    *Result            `json:"result,omitempty"`
	Memory    *Memory            `json:"memory,omitempty"`
	Files     map[string]File    `json:"files,omitempty"` // by path in the folder of the run, with slashes
}

// Resumption tells that a run went on after an interruption.
type Resumption struct {
	Time time.Time `json:"time"`
	Step int       `json:"step"` // from which; 0 = there was no checkpoint
}

// Build says which sources and tools made the program.
type Build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"` // "" when built outside of a checkout
	Modified bool   `json:"modified"`
	Go       string `json:"go"`
	System   string `json:"system"`
}

// Device is what a session was trained on.
type Device struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	API    string `json:"api"`
	Reason string `json:"reason"` // why it was chosen
}

// Image is the picture of a run as its file was.
type Image struct {
	Path   string   `json:"path"` // absolute
	W      int      `json:"width"`
	H      int      `json:"height"`
	C      int      `json:"channels"`
	Depth  int      `json:"bits"`
	Notes  []string `json:"notes,omitempty"`
	Bytes  int64    `json:"bytes"`
	Sha256 string   `json:"sha256"`
}

// Setting is the value of a key of the job, and where it came from.
type Setting struct {
	Value  any    `json:"value"`
	Origin string `json:"origin"`
}

// Result is what came out of a run, as far as it came.
type Result struct {
	Scores
	Layers         []LayerScores `json:"layers,omitempty"`    // of a stack
	Full           *FullScores   `json:"full_size,omitempty"` // with input.downsample
	Steps          int           `json:"steps"`
	Splats         int           `json:"num_gaussians"`
	StoppedEarly   bool          `json:"stopped_early"`
	Bytes          int64         `json:"num_bytes"` // of the model file
	BitsPerPixel   float64       `json:"bits_per_pixel"`
	Seconds        float64       `json:"seconds"`
	TrainSeconds   float64       `json:"train_seconds"`
	DensifySeconds float64       `json:"densify_seconds"` // adding and moving splats, beside the steps
	StepsPerSec    Number        `json:"steps_per_second"`
}

// Scores say how near a picture comes to its target, both as they are shown. A measure for which a picture is too small is nil.
type Scores struct {
	PSNR   Number   `json:"psnr"`
	SSIM   Number   `json:"ssim"`
	MSSSIM *float64 `json:"ms_ssim,omitempty"`
	FLIP   *float64 `json:"flip,omitempty"`
}

// LayerScores are those of one picture of a stack.
type LayerScores struct {
	Name string `json:"name"`
	Scores
}

// FullScores are those at the size of the file, of a run on a smaller picture.
type FullScores struct {
	W int `json:"width"`
	H int `json:"height"`
	Scores
}

// Memory is what a run took.
type Memory struct {
	Layout  string           `json:"layout"` // float16, recompute in bands of 128 rows
	Planned int64            `json:"device_planned_bytes"`
	Peak    int64            `json:"device_peak_bytes"`
	Host    int64            `json:"host_peak_bytes,omitempty"` // of the whole process so far, with the device's where that is the CPU
	Groups  map[string]int64 `json:"device_peak_bytes_by_group"`
}

// File is a file that a run left.
type File struct {
	Bytes  int64  `json:"bytes"`
	Sha256 string `json:"sha256"`
}

// Number is a float that becomes null where JSON has no word for it.
type Number float64

// MarshalJSON writes null for infinities and NaN.
func (n Number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsInf(x, 0) || math.IsNaN(x) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// UnmarshalJSON takes null for +Inf: what igs writes null for is the PSNR of a perfect picture.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.Inf(1))
		return nil
	}
	x, err := strconv.ParseFloat(string(text), 64)
	*n = Number(x)
	return err
}
