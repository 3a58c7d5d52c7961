package igs

import (
	"context"
	"errors"
	"fmt"

	"igs/internal/fault"
)

// What an error of this package is, for errors.Is. An error that is none of these is one of the caller's own, such as that of an io.Writer,
// that of a context, or a bug.
var (
	ErrBadInput    = errors.New("igs: bad input")               // options, a picture, a model, a checkpoint, or a call out of order
	ErrNoDevice    = errors.New("igs: no usable Vulkan device") // no Vulkan, no device, or one that computes wrong
	ErrOutOfMemory = errors.New("igs: out of device memory")    // what was planned does not fit, or the device refused it
	ErrDeviceLost  = errors.New("igs: the device was lost")     // the driver reset it: close the Device and open another
	ErrDiverged    = errors.New("igs: training diverged")       // its loss is no number any more; the model of the last good step can still be had
)

// Hint says in one line what can be done about an error of this package, "" when nothing is known.
func Hint(err error) string { return fault.Hint(err) }

// failure is an error with what it is.
type failure struct{ kind, cause error }

func (f *failure) Error() string   { return "igs: " + f.cause.Error() }
func (f *failure) Unwrap() []error { return []error{f.kind, f.cause} }

var kinds = map[int]error{
	fault.BadInput: ErrBadInput, fault.NoVulkan: ErrNoDevice, fault.OutOfMemory: ErrOutOfMemory, fault.DeviceLost: ErrDeviceLost, fault.Diverged: ErrDiverged,
}

// classify says what an error is that comes from below.
func classify(err error) error {
	var told *failure
	if err == nil || errors.As(err, &told) || cancelled(err) {
		return err
	}
	if kind := kinds[fault.Code(err)]; kind != nil {
		return &failure{kind, err}
	}
	return fmt.Errorf("igs: %w", err)
}

// cancelled says whether an error is that of a context.
func cancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// badInput is an error of the caller's, with a hint.
func badInput(hint, format string, args ...any) error {
	return classify(fault.New(fault.BadInput, hint, format, args...))
}
