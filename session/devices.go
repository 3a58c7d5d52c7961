package session

import (
	"errors"
	"fmt"
	"strconv"

	"igs/configs"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/optim/engine"
	"igs/optim/selfcheck"
	"igs/vk"
)

// device is an open device of a sweep.
type device struct {
	*vk.Device
	several  bool // the sweep has other devices
	heard    int  // messages of the validation layer that were reported
	gone     bool // it was lost
	slots    int
	training int  // runs that its slots are at work on
	alone    bool // one of these has the device for itself
}

// String names the device: with its index when the sweep has several, of which some may be of one kind.
func (d *device) String() string {
	i := d.Info()
	if d.several {
		return fmt.Sprintf("%d: %s", i.Index, i.Name)
	}
	return i.Name
}

// prefix begins a message about the device when there are others.
func (d *device) prefix() string {
	if d.several {
		return d.String() + ": "
	}
	return ""
}

// slot is a place where one run at a time trains: a device, or a share of a device on which several runs train at once.
type slot struct {
	*device
	number int // from 0
}

// open opens the devices of the job.
func (w *Sweep) open() error {
	if len(w.Devices) > 0 {
		for _, dev := range w.Devices {
			w.devices = append(w.devices, &device{Device: dev, several: len(w.Devices) > 1, heard: len(dev.Messages())})
		}
		return nil
	}
	asked, err := w.asked()
	if err != nil {
		return err
	}
	open := w.Open
	if open == nil {
		open = OpenDevice
	}
	for _, a := range asked {
		dev, err := open(a)
		if err != nil {
			w.closeDevices()
			return err
		}
		w.devices = append(w.devices, &device{Device: dev, several: len(asked) > 1})
	}
	return nil
}

// asked are the devices that the job asks for, one by one.
func (w *Sweep) asked() ([]configs.Device, error) {
	all := w.job.Device
	if !vk.Several(all.Select) {
		return []configs.Device{all}, nil
	}
	infos, err := vk.List()
	if err != nil {
		return nil, err
	}
	chosen, err := vk.ChooseSeveral(infos, all.Select)
	var asked []configs.Device
	for _, info := range chosen {
		one := all
		one.Select = strconv.Itoa(info.Index)
		asked = append(asked, one)
	}
	return asked, err
}

// onProcessor is the memory of devices that are the processor, bytes.
func (w *Sweep) onProcessor() (bytes int64) {
	for _, d := range w.devices {
		if d.Info().Kind == vk.CPU {
			bytes += d.Usage().Now
		}
	}
	return bytes
}

// closeDevices closes the devices that this sweep opened, and reports the last messages of the validation layer.
func (w *Sweep) closeDevices() {
	for _, d := range w.devices {
		switch {
		case len(w.Devices) > 0:
		case w.Close != nil:
			w.Close(d.Device)
		default:
			d.Device.Close()
		}
		w.tellValidation(d, w.tell)
	}
}

// tellValidation reports the new messages of the validation layer.
func (w *Sweep) tellValidation(d *device, tell event.Sink) {
	for _, m := range w.unheard(d) {
		tell(event.Warned{Text: "validation: " + m})
	}
}

func (w *Sweep) unheard(d *device) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	messages := d.Messages()
	fresh := messages[d.heard:]
	d.heard = len(messages)
	return fresh
}

// check requires that each device has passed the self-check with every tuning that the runs will have. A device that has no
// memory for it, or is lost, is left to itself if there is another.
func (w *Sweep) check() error {
	proofs := w.Proofs
	if proofs == nil {
		proofs = &selfcheck.Proofs{}
	}
	distinct := map[imageio.Size]bool{}
	for _, size := range w.targets.sizes {
		distinct[size] = true
	}
	left := len(w.devices)
	for _, d := range w.devices {
		err := w.checkDevice(d, proofs, distinct)
		if err == nil {
			continue
		}
		if left--; left == 0 || !isLost(err) && fault.Code(err) != fault.OutOfMemory {
			return err
		}
		d.gone = true
		w.tell(event.Warned{Text: fmt.Sprintf("%v: the session goes on without this device", err)})
	}
	return nil
}

func (w *Sweep) checkDevice(d *device, proofs *selfcheck.Proofs, sizes map[imageio.Size]bool) error {
	checked := map[engine.Tuning]bool{}
	for size := range sizes {
		on, err := w.platform(d, int(samples(size)))
		if err != nil {
			return err
		}
		if checked[on.Tuning] {
			continue
		}
		checked[on.Tuning] = true
		for _, subject := range selfcheck.SubjectsOf(on.Tuning, w.job.Settings) {
			report, err := proofs.Require(d.Device, subject)
			if err != nil {
				return fmt.Errorf("%s: %w", d, err)
			}
			when := "before"
			if len(report.Rows) > 0 {
				when = fmt.Sprintf("in %.0f ms", report.Milliseconds)
			}
			w.tell(event.Detailed{Text: fmt.Sprintf("%sself-check passed %s: %s", d.prefix(), when, subject.Name)})
		}
	}
	return nil
}

// platform is a device with the tuning for a picture with the given number of samples.
func (w *Sweep) platform(d *device, samples int) (engine.Platform, error) {
	return w.Tunings.Platform(d.Info(), samples, w.job.Loss.SSIM != 0)
}

func isLost(err error) bool {
	var lost *vk.DeviceLostError
	return errors.As(err, &lost)
}
