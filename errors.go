package igs

import (
	"context"
	"errors"
	"fmt"

	"igs/internal/fault"
)

// The kinds of errors of this package, for use with errors.Is. An error of no kind comes from the caller's own code (an
// io.Writer or a callback), from a context, from the file system, or from a bug.
var (
	ErrBadInput    = errors.New("igs: bad input")               // wrong options, picture, model, checkpoint or call
	ErrNoDevice    = errors.New("igs: no usable Vulkan device") // no loader, no device, or one that computes wrong results
	ErrOutOfMemory = errors.New("igs: out of device memory")    // no plan fits the budget, or the device refused memory
	ErrDeviceLost  = errors.New("igs: the device was lost")     // close the Device and open a new one
	ErrDiverged    = errors.New("igs: training diverged")       // the loss is not finite; Trainer.Model still works
)

// Hint returns one line that says what the caller can do about an error of this package. It returns "" if there is no
// advice.
func Hint(err error) string { return fault.Hint(err) }

// failure is an error with its kind.
type failure struct{ kind, cause error }

func (f *failure) Error() string   { return "igs: " + f.cause.Error() }
func (f *failure) Unwrap() []error { return []error{f.kind, f.cause} }

var kinds = map[int]error{
	fault.BadInput: ErrBadInput, fault.NoVulkan: ErrNoDevice, fault.OutOfMemory: ErrOutOfMemory, fault.DeviceLost: ErrDeviceLost, fault.Diverged: ErrDiverged,
}

// classify adds the kind to an error of another package of igs.
func classify(err error) error {
	var classified *failure
	if err == nil || errors.As(err, &classified) || cancelled(err) {
		return err
	}
	if kind := kinds[fault.Code(err)]; kind != nil {
		return &failure{kind, err}
	}
	return fmt.Errorf("igs: %w", err)
}

// cancelled reports whether an error comes from a context.
func cancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// badInput returns an error of kind ErrBadInput with a hint.
func badInput(hint, format string, args ...any) error {
	return classify(fault.New(fault.BadInput, hint, format, args...))
}
