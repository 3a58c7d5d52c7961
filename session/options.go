package session

import (
	"os"
	"path/filepath"

	"igs/configs"
	"igs/event"
	"igs/record"
	"igs/vk"
)

// Options are what a session needs beside the job. The zero value is complete.
type Options struct {
	Sink event.Sink // takes every event, on the goroutine that trains; nil = nobody

	Device *vk.Device                               // trains on this open device, or
	Open   func(configs.Device) (*vk.Device, error) // opens one when it is needed; nil = OpenDevice

	Tunings *Tunings // what was found on devices; nil = the tuning of each kind of device
	Build   record.Build
	Command []string // written to session.json

	FailFast bool // end the sweep at the first run that fails
	LogJSON  bool // write log.txt in JSON lines
}

// OpenDevice opens the device that the settings ask for, with pipelines cached in the user's cache folder.
func OpenDevice(asked configs.Device) (*vk.Device, error) {
	o := vk.Options{Select: asked.Select, Validation: asked.Validation}
	if dir, err := os.UserCacheDir(); err == nil {
		o.CacheDir = filepath.Join(dir, "igs")
	}
	return vk.Open(o)
}

func (o *Options) tell(e event.Event) {
	if o.Sink != nil {
		o.Sink(e)
	}
}

func (o *Options) warn(text string) { o.tell(event.Warned{Text: text}) }
func (o *Options) note(text string) { o.tell(event.Noted{Text: text}) }
