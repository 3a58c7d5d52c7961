package session

import (
	"os"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/optim"
	"igs/optim/selfcheck"
	"igs/record"
	"igs/vk"
)

// Options is what a session needs beside the job. The zero value is valid.
type Options struct {
	Sink event.Sink // called with every event, one at a time; those of runs are event.OfRun; nil = no sink

	Devices []*vk.Device                             // open devices to train on; nil = Open opens those of the job
	Open    func(configs.Device) (*vk.Device, error) // opens one device; nil = OpenDevice
	Close   func(*vk.Device)                         // closes what Open opened; nil = its method Close

	Watcher optim.Watcher // looks at the runs of the first slot while they train, but not at those of a corpus; nil = none

	Tunings *Tunings          // nil = the default tuning of each kind of device
	Proofs  *selfcheck.Proofs // of the self-check; nil = the device proves itself in every session
	Build   record.Build
	Command []string // written to session.json

	Join     bool // work at the session of output.session together with other processes that have the same job
	FailFast bool // stop at the first run that fails
	LogJSON  bool // write log.txt in JSON lines
}

// OpenDevice opens the device of the settings. Its pipelines are cached in the user's cache folder.
func OpenDevice(asked configs.Device) (*vk.Device, error) {
	o := vk.Options{Select: asked.Select, Validation: asked.Validation}
	if dir, err := os.UserCacheDir(); err == nil {
		o.CacheDir = filepath.Join(dir, "igs")
	}
	return vk.Open(o)
}

// tell gives an event to the sink, one at a time.
func (w *Sweep) tell(e event.Event) {
	if w.Sink != nil {
		w.telling.Lock()
		defer w.telling.Unlock()
		w.Sink(e)
	}
}

func (w *Sweep) warn(text string) { w.tell(event.Warned{Text: text}) }
func (w *Sweep) note(text string) { w.tell(event.Noted{Text: text}) }
