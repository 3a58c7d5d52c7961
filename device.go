package igs

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"igs/internal/fault"
	"igs/optim/selfcheck"
	"igs/vk"
)

// DeviceKind is the kind of a device, as its driver reports it.
type DeviceKind int

const (
	OtherDevice DeviceKind = iota
	CPUDevice              // a Vulkan driver that runs on the CPU, such as lavapipe
	VirtualDevice
	IntegratedDevice
	DiscreteDevice
)

// String returns the kind as a word, such as "discrete".
func (k DeviceKind) String() string {
	if k < OtherDevice || k > DiscreteDevice {
		return fmt.Sprintf("DeviceKind(%d)", int(k))
	}
	return vk.Kind(k).String()
}

// DeviceInfo describes a device.
type DeviceInfo struct {
	Index      int // position in the list of Devices
	Name       string
	Kind       DeviceKind
	Driver     string
	Memory     int64  // device memory, bytes
	FreeMemory int64  // device memory that was free when the device was listed or opened, bytes; 0 means not known
	Missing    string // the features that igs needs and the device lacks; "" if igs can use the device
}

func infoOf(i vk.Info) DeviceInfo {
	return DeviceInfo{Index: i.Index, Name: i.Name, Kind: DeviceKind(i.Kind), Driver: i.Driver, Memory: i.LocalBytes, FreeMemory: i.FreeBytes, Missing: i.Missing}
}

// Devices lists all Vulkan devices, including those that igs cannot use. The error is ErrNoDevice if there is no Vulkan
// loader or no device.
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

// DeviceOptions select a device. The zero value selects the best device: discrete devices come before integrated ones,
// and these before CPUs. Among devices of one kind the one with the most memory is the best.
type DeviceOptions struct {
	Select   string // index in the list of Devices, or a part of the name (case is ignored); "" means the best device
	CacheDir string // folder for compiled kernels and passed self-checks; "" means the folder igs in the user's cache folder
	NoCache  bool   // store nothing, and check the device again in this process
}

// Device is an open device. Any number of trainers and renderings may use it at the same time, from any goroutine. The
// device executes their work in turn.
type Device struct {
	vk *vk.Device

	mu       sync.Mutex
	idle     *sync.Cond // signals that users is 0
	users    int        // calls in progress on the device
	closed   bool
	trainers map[*Trainer]bool

	proofs proofs
}

// proofs are those of selfcheck.Proofs.
type proofs interface {
	Require(*vk.Device, selfcheck.Subject) (selfcheck.CheckReport, error)
}

// Open opens a device. The error is ErrNoDevice if igs can use none, and ErrBadInput if no device matches o.Select.
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
	return newDevice(opened, options.CacheDir), nil
}

func newDevice(opened *vk.Device, cache string) *Device {
	d := &Device{vk: opened, trainers: map[*Trainer]bool{}, proofs: &selfcheck.Proofs{Dir: cache}}
	d.idle = sync.NewCond(&d.mu)
	return d
}

// shared is the default device.
var shared struct {
	mu  sync.Mutex
	dev *Device
}

// DefaultDevice returns the device that is used where no device is given. The first call opens the best device; later
// calls return the same one. Closing the device stores its compiled kernels for the next program. A call after that
// opens a new device.
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

// orDefault returns the default device for nil, else the device itself.
func (d *Device) orDefault() (*Device, error) {
	if d == nil {
		return DefaultDevice()
	}
	return d, nil
}

// Info returns the description of the device at the time when it was opened.
func (d *Device) Info() DeviceInfo {
	if d == nil || d.vk == nil {
		return DeviceInfo{Missing: "it is not open"}
	}
	return infoOf(d.vk.Info())
}

// Close waits for the calls in progress, closes all trainers on the device, and closes the device. A second Close does
// nothing. Close must not be called from a callback of this package.
func (d *Device) Close() {
	if d == nil || d.vk == nil {
		return
	}
	d.mu.Lock()
	first := !d.closed
	d.closed = true
	for d.users > 0 {
		d.idle.Wait()
	}
	left := d.trainers
	d.trainers = nil
	d.mu.Unlock()
	if !first {
		return
	}
	for t := range left {
		t.closeWithDevice()
	}
	d.vk.Close()
}

func (d *Device) isClosed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// use prevents that the device is closed before done is called.
func (d *Device) use() (done func(), err error) {
	if d.vk == nil {
		return nil, badInput("get a Device from Open or DefaultDevice", "a device that was never opened")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, badInput("close a device after its last use", "the device %s is closed", d.vk.Info().Name)
	}
	d.users++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.users--; d.users == 0 {
			d.idle.Broadcast()
		}
	}, nil
}

// register adds a trainer to those that Close closes.
func (d *Device) register(t *Trainer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trainers[t] = true
}

func (d *Device) unregister(t *Trainer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.trainers, t)
}

// selfCheck requires that the device has trained a step of a small scene as the reference does, for each kind of
// training once. Without it a wrong driver would look like a bad model.
func (d *Device) selfCheck(subjects []selfcheck.Subject) error {
	for _, s := range subjects {
		if _, err := d.proofs.Require(d.vk, s); err != nil {
			err = fmt.Errorf("%s: %w", d.vk.Info().Name, err)
			if fault.Code(err) == fault.Failed {
				err = fault.WithCode(err, fault.NoVulkan)
			}
			return err
		}
	}
	return nil
}
