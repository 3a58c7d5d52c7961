package session

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
	"sync"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim/engine"
	"igs/record"
	"igs/vk"
)

// Tunings holds the fastest tunings of the devices of this machine, in a file for each device, beside its cached
// pipelines. Tunings of another igs or another driver are not used. A nil *Tunings holds none.
type Tunings struct {
	Dir    string // of the files; "" = no files
	Build  record.Build
	ByHand string     // a tuning that is used instead of those of the files; "default" = the default of the kind of device
	Name   string     // of ByHand in errors
	Sink   event.Sink // gets a note about a file that cannot be used

	mu    sync.Mutex
	known map[string]*tuningFile // by path and name
}

// tuningFile is the file of one device.
type tuningFile struct {
	Igs    string        `json:"igs"`
	Device string        `json:"device"`
	Driver string        `json:"driver"`
	API    string        `json:"api"`
	Found  []FoundTuning `json:"found"`
}

// FoundTuning is the fastest tuning for one size of work.
type FoundTuning struct {
	Samples int     `json:"samples"` // pixels times channels
	Windows bool    `json:"windows"` // the loss has SSIM
	Tuning  string  `json:"tuning"`
	Before  float64 `json:"ms_before"`
	After   float64 `json:"ms_after"`
}

// tuningFileLimit is larger than any file of tunings, bytes.
const tuningFileLimit = 1 << 20

func (t *Tunings) empty(info vk.Info) *tuningFile {
	return &tuningFile{Igs: strings.TrimSpace(t.Build.Version + " " + t.Build.Commit), Device: info.Name, Driver: info.Driver, API: info.API}
}

func (t *Tunings) path(info vk.Info) string {
	return filepath.Join(t.Dir, fmt.Sprintf("%04x-%04x.tunings", info.VendorID, info.DeviceID))
}

// read reads the tunings of this device, driver and igs. The error says why an existing file cannot be used; the
// tunings are then empty.
func (t *Tunings) read(info vk.Info) (*tuningFile, error) {
	want := t.empty(info)
	if t.Dir == "" {
		return want, nil
	}
	path := t.path(info)
	text, err := wholefile.Read(path, tuningFileLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return want, nil
	}
	if err != nil {
		return want, err
	}
	var file tuningFile
	if err := json.Unmarshal(text, &file); err != nil {
		return want, fmt.Errorf("%s is damaged", path)
	}
	switch {
	case file.Device != want.Device || file.Driver != want.Driver || file.API != want.API:
		return want, fmt.Errorf("it was found with %s, %s", file.Device, file.Driver)
	case file.Igs != want.Igs:
		return want, fmt.Errorf("it was found with igs %s", file.Igs)
	}
	for _, f := range file.Found {
		if tuning, err := engine.PlatformOf(info).Tuning.Parse(f.Tuning); err != nil || tuning.Fits(info) != nil || f.Samples < 1 {
			return want, fmt.Errorf("%s is damaged", path)
		}
	}
	return &file, nil
}

// Keep writes a tuning to the file of a device. It replaces an earlier tuning for work of the same size.
func (t *Tunings) Keep(info vk.Info, f FoundTuning) error {
	if t.Dir == "" {
		return errors.New("there is no cache folder")
	}
	file, err := t.read(info)
	if err != nil {
		t.tell(event.Detailed{Text: err.Error()}) // the file is replaced
	}
	file.Found = append(slices.DeleteFunc(file.Found, func(o FoundTuning) bool { return o.Samples == f.Samples && o.Windows == f.Windows }), f)
	text, err := json.MarshalIndent(file, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(t.Dir, 0o755); err != nil {
		return err
	}
	return wholefile.WriteBytes(t.path(info), append(text, '\n'))
}

func (t *Tunings) tell(e event.Event) {
	if t.Sink != nil {
		t.Sink(e)
	}
}

// nearest is the tuning for the most similar work. A loss with SSIM needs a tuning that was found with SSIM.
func (t *tuningFile) nearest(samples int, windows bool) (FoundTuning, bool) {
	like := slices.DeleteFunc(slices.Clone(t.Found), func(f FoundTuning) bool { return f.Windows != windows })
	if len(like) == 0 {
		return FoundTuning{}, false
	}
	far := func(f FoundTuning) float64 { return math.Abs(math.Log(float64(f.Samples) / float64(max(samples, 1)))) }
	return slices.MinFunc(like, func(a, b FoundTuning) int { return cmp.Compare(far(a), far(b)) }), true
}

// Platform is a device with the tuning for a picture with the given number of samples: ByHand, else the tuning of the
// file, else the default of its kind. windows says that the loss has SSIM.
func (t *Tunings) Platform(info vk.Info, samples int, windows bool) (engine.Platform, error) {
	on := engine.PlatformOf(info)
	if t == nil {
		return on, nil
	}
	if t.ByHand != "" {
		tuning, err := t.handTuning(on)
		return engine.Platform{Info: info, Tuning: tuning}, err
	}
	if f, ok := t.on(info).nearest(samples, windows); ok {
		on.Tuning, _ = on.Tuning.Parse(f.Tuning) // read has checked it
	}
	return on, nil
}

// on is the file of a device. A file that cannot be used gives one note.
func (t *Tunings) on(info vk.Info) *tuningFile {
	t.mu.Lock()
	defer t.mu.Unlock()
	path := t.path(info) + info.Name
	if t.known[path] == nil {
		found, err := t.read(info)
		if err != nil {
			t.tell(event.Noted{Text: fmt.Sprintf("the tuning of %s is ignored: %v (igs bench --tune finds another)", info.Name, err)})
		}
		if t.known == nil {
			t.known = map[string]*tuningFile{}
		}
		t.known[path] = found
	}
	return t.known[path]
}

// Every lists the tunings that runs of any size may have on a device, without repeats.
func (t *Tunings) Every(info vk.Info, windows bool) ([]engine.Tuning, error) {
	sizes := []FoundTuning{{}} // without a file all sizes have the same tuning
	if t != nil && t.ByHand == "" {
		sizes = append(sizes, t.on(info).Found...)
	}
	var all []engine.Tuning
	for _, f := range sizes {
		on, err := t.Platform(info, f.Samples, windows)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, on.Tuning) {
			all = append(all, on.Tuning)
		}
	}
	return all, nil
}

// handTuning parses ByHand.
func (t *Tunings) handTuning(on engine.Platform) (engine.Tuning, error) {
	if t.ByHand == "default" {
		return on.Tuning, nil
	}
	tuning, err := on.Tuning.Parse(t.ByHand)
	if err == nil {
		err = tuning.Fits(on.Info)
	}
	if err != nil {
		return on.Tuning, fault.New(fault.BadInput, "the default on this device is "+t.Name+"="+on.Tuning.String(), "%s: %w", t.Name, err)
	}
	return tuning, nil
}
