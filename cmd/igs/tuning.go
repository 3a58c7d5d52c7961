package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim/engine"
	"igs/vk"
)

// tuneVariable sets the tuning by hand.
const tuneVariable = "IGS_TUNE"

// tunings are what igs bench --tune found on a device: a file beside the pipelines, one a device.
type tunings struct {
	Igs    string  `json:"igs"`
	Device string  `json:"device"`
	Driver string  `json:"driver"`
	API    string  `json:"api"`
	Found  []found `json:"found"`
}

// found is the best for one size of work.
type found struct {
	Samples int     `json:"samples"` // pixels times channels
	Windows bool    `json:"windows"` // the loss has SSIM
	Tuning  string  `json:"tuning"`
	Before  float64 `json:"ms_before"`
	After   float64 `json:"ms_after"`
}

// tuningsLimit is more than any file of tunings has, bytes.
const tuningsLimit = 1 << 20

func newTunings(info vk.Info) *tunings {
	b := thisBuild()
	return &tunings{Igs: strings.TrimSpace(b.Version + " " + b.Commit), Device: info.Name, Driver: info.Driver, API: info.API}
}

// tuningsFile is where the tunings of a device lie, "" when there is no such place.
func tuningsFile(info vk.Info) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "igs", fmt.Sprintf("%04x-%04x.tunings", info.VendorID, info.DeviceID))
}

// readTunings reads what was found on this device with this driver and this igs. The error says why a file that is there is of no use.
func readTunings(info vk.Info) (*tunings, error) {
	want := newTunings(info)
	path := tuningsFile(info)
	s, err := os.Stat(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) {
		return want, nil
	}
	var text []byte
	if err == nil {
		if !s.Mode().IsRegular() || s.Size() > tuningsLimit {
			return want, fmt.Errorf("%s is no file of tunings", path)
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return want, err
	}
	var t tunings
	if err := json.Unmarshal(text, &t); err != nil {
		return want, fmt.Errorf("%s is damaged", path)
	}
	switch {
	case t.Device != want.Device || t.Driver != want.Driver || t.API != want.API:
		return want, fmt.Errorf("it was found with %s, %s", t.Device, t.Driver)
	case t.Igs != want.Igs:
		return want, fmt.Errorf("it was found with igs %s", t.Igs)
	}
	for _, f := range t.Found {
		if tuning, err := engine.PlatformOf(info).Tuning.Parse(f.Tuning); err != nil || tuning.Fits(info) != nil || f.Samples < 1 {
			return want, fmt.Errorf("%s is damaged", path)
		}
	}
	return &t, nil
}

// keep puts what was found in the place of what is known of the same work, and writes the file.
func (t *tunings) keep(info vk.Info, f found) error {
	path := tuningsFile(info)
	if path == "" {
		return errors.New("there is no folder for caches")
	}
	t.Found = append(slices.DeleteFunc(t.Found, func(o found) bool { return o.Samples == f.Samples && o.Windows == f.Windows }), f)
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return wholefile.WriteBytes(path, append(text, '\n'))
}

// nearest is what was found for the work most like this one. A loss with SSIM needs what was found with it.
func (t *tunings) nearest(samples int, windows bool) (found, bool) {
	like := slices.DeleteFunc(slices.Clone(t.Found), func(f found) bool { return f.Windows != windows })
	if len(like) == 0 {
		return found{}, false
	}
	far := func(f found) float64 { return math.Abs(math.Log(float64(f.Samples) / float64(max(samples, 1)))) }
	return slices.MinFunc(like, func(a, b found) int { return cmp.Compare(far(a), far(b)) }), true
}

// platform is a device with the tuning for work of so many samples: what the user set, or igs bench --tune found, or that of its kind.
func (p *program) platform(info vk.Info, samples int, windows bool) (engine.Platform, error) {
	on := engine.PlatformOf(info)
	if text := os.Getenv(tuneVariable); text != "" {
		tuning, err := handTuning(on, text)
		return engine.Platform{Info: info, Tuning: tuning}, err
	}
	if f, ok := p.known(info).nearest(samples, windows); ok {
		on.Tuning, _ = on.Tuning.Parse(f.Tuning) // readTunings has seen that it can be read
	}
	return on, nil
}

// known is what was found on a device. What cannot be used is told once.
func (p *program) known(info vk.Info) *tunings {
	if p.tunings == nil || p.tunings.Device != info.Name {
		var err error
		if p.tunings, err = readTunings(info); err != nil {
			p.console.note("the tuning of this device is ignored: %v (igs bench --tune finds another)", err)
		}
	}
	return p.tunings
}

// everyTuning are those that runs of any size may have on a device, each once.
func (p *program) everyTuning(info vk.Info, windows bool) ([]engine.Tuning, error) {
	sizes := []found{{}} // where nothing was found any size will do
	if os.Getenv(tuneVariable) == "" {
		sizes = append(sizes, p.known(info).Found...)
	}
	var all []engine.Tuning
	for _, f := range sizes {
		on, err := p.platform(info, f.Samples, windows)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, on.Tuning) {
			all = append(all, on.Tuning)
		}
	}
	return all, nil
}

// platformOf is platform for a run on a picture.
func (p *program) platformOf(info vk.Info, samples int, run configs.Run) (engine.Platform, error) {
	return p.platform(info, samples, run.Loss.SSIM != 0)
}

// handTuning reads IGS_TUNE.
func handTuning(on engine.Platform, text string) (engine.Tuning, error) {
	if text == "default" { // whatever was found
		return on.Tuning, nil
	}
	tuning, err := on.Tuning.Parse(text)
	if err == nil {
		err = tuning.Fits(on.Info)
	}
	if err != nil {
		return on.Tuning, fault.New(fault.BadInput, "as igs would have it: "+tuneVariable+"="+on.Tuning.String(), "%s: %w", tuneVariable, err)
	}
	return tuning, nil
}
