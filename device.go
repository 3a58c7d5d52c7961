package igs

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"igs/internal/fault"
	"igs/optim/engine"
	"igs/optim/selfcheck"
	"igs/vk"
)

// DeviceKind is the sort of device that a driver says it drives.
type DeviceKind int

const (
	OtherDevice DeviceKind = iota
	CPUDevice              // a driver that computes on the CPU, such as lavapipe
	VirtualDevice
	IntegratedDevice
	DiscreteDevice
)

// String is the kind in a word: discrete.
func (k DeviceKind) String() string {
	if k < OtherDevice || k > DiscreteDevice {
		return fmt.Sprintf("DeviceKind(%d)", int(k))
	}
	return vk.Kind(k).String()
}

// DeviceInfo is what a device says of itself.
type DeviceInfo struct {
	Index      int // in the order of Devices
	Name       string
	Kind       DeviceKind
	Driver     string
	Memory     int64  // of the device
	FreeMemory int64  // of which nobody had taken any when this was asked; 0 = not known
	Missing    string // what igs needs and the device lacks; "" when it can be used
}

func infoOf(i vk.Info) DeviceInfo {
	return DeviceInfo{Index: i.Index, Name: i.Name, Kind: DeviceKind(i.Kind), Driver: i.Driver, Memory: i.LocalBytes, FreeMemory: i.FreeBytes, Missing: i.Missing}
}

// Devices lists all Vulkan devices, usable or not. The error is ErrNoDevice when there is no Vulkan or no device.
func Devices() ([]DeviceInfo, error) {
	found, err := vk.List()
	if err != nil {
		return nil, classify(err)
	}
	list := make([]DeviceInfo, len(found))
	for i, info := range found {
		list[i] = infoOf(info)
	}
	return list, nil
}

// DeviceOptions say which device is opened. The zero value is the best there is: a discrete one before an integrated one before a CPU, of
// these the one with the most memory.
type DeviceOptions struct {
	Select   string // an index of Devices, or a part of the name of a device, in any case; "" = the best
	CacheDir string // where compiled kernels are kept from one Close to the next Open; "" = the folder igs in the user's cache folder
	NoCache  bool   // keep none
}

// Device is an open device. Any number of trainers and drawings may use it at once, from any goroutines; what they submit takes turns.
type Device struct {
	vk *vk.Device

	mu       sync.Mutex
	quiet    *sync.Cond // users fell to 0
	users    int        // calls that use the device now
	closed   bool
	trainers map[*Trainer]bool

	checking sync.Mutex
	checked  map[check]error
}

// check is what a device must have proved before a training of its kind.
type check struct {
	tuning         engine.Tuning
	half, frame    bool
	roundsForModel bool
}

// Open opens a device. The error is ErrNoDevice when there is none to use, and ErrBadInput when none is called so.
func Open(o DeviceOptions) (*Device, error) {
	options := vk.Options{Select: o.Select, CacheDir: o.CacheDir}
	switch {
	case o.NoCache:
		options.CacheDir = ""
	case o.CacheDir == "":
		if dir, err := os.UserCacheDir(); err == nil {
			options.CacheDir = filepath.Join(dir, "igs")
		}
	}
	opened, err := vk.Open(options)
	if err != nil {
		return nil, classify(err)
	}
	return newDevice(opened), nil
}

func newDevice(opened *vk.Device) *Device {
	d := &Device{vk: opened, trainers: map[*Trainer]bool{}, checked: map[check]error{}}
	d.quiet = sync.NewCond(&d.mu)
	return d
}

// shared is the device of those who name none.
var shared struct {
	mu  sync.Mutex
	dev *Device
}

// DefaultDevice is the device of all who name none: the best there is, opened when it is first wanted. It may be closed like any other, which
// keeps the compiled kernels for the next program; whoever wants one after that gets a new one.
func DefaultDevice() (*Device, error) {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.dev != nil && !shared.dev.isClosed() {
		return shared.dev, nil
	}
	d, err := Open(DeviceOptions{})
	if err == nil {
		shared.dev = d
	}
	return d, err
}

// orDefault is the device itself, or the shared one for nil.
func (d *Device) orDefault() (*Device, error) {
	if d == nil {
		return DefaultDevice()
	}
	return d, nil
}

// Info is what the device said of itself when it was opened.
func (d *Device) Info() DeviceInfo {
	if d == nil || d.vk == nil {
		return DeviceInfo{Missing: "it was never opened"}
	}
	return infoOf(d.vk.Info())
}

// Close waits for the calls that use the device, closes the trainers that are left on it, and gives it back. A second Close does nothing. It must
// not be called from a callback of this package.
func (d *Device) Close() {
	if d == nil || d.vk == nil {
		return
	}
	d.mu.Lock()
	first := !d.closed
	d.closed = true
	for d.users > 0 {
		d.quiet.Wait()
	}
	left := d.trainers
	d.trainers = nil
	d.mu.Unlock()
	if !first {
		return
	}
	for t := range left {
		t.shut()
	}
	d.vk.Close()
}

func (d *Device) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// use keeps the device open until done is called.
func (d *Device) use() (done func(), err error) {
	if d.vk == nil {
		return nil, badInput("a Device comes from Open or DefaultDevice", "a device that was never opened")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, badInput("close it when nobody uses it any more", "the device %s is closed", d.vk.Info().Name)
	}
	d.users++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.users--; d.users == 0 {
			d.quiet.Broadcast()
		}
	}, nil
}

// keep has Close close a trainer.
func (d *Device) keep(t *Trainer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trainers[t] = true
}

func (d *Device) forget(t *Trainer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.trainers, t)
}

// prove has the device train a step of a small scene and holds it against the reference, once for each kind of training. A driver that
// computes wrong must not pass for a bad model.
func (d *Device) prove(c check) error {
	d.checking.Lock()
	defer d.checking.Unlock()
	err, known := d.checked[c]
	if known {
		return err
	}
	if _, err = selfcheck.Check(d.vk, c.tuning, c.half, c.frame); err == nil && c.roundsForModel {
		_, err = selfcheck.CheckRounding(d.vk)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", d.vk.Info().Name, err)
		if fault.Code(err) == fault.Failed {
			err = fault.WithCode(err, fault.NoVulkan)
		}
	}
	if fault.Code(err) != fault.OutOfMemory { // which may be another time
		d.checked[c] = err
	}
	return err
}
