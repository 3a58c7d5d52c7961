// Package fault adds two things to an error: the exit code with which igs ends, and a hint.
// The hint is one line that says what the user can do.
//
// Both are in the chain of errors, so fmt.Errorf("...: %w", err) and errors.Join keep them, and
// errors.Is and errors.As work as usual. Error() contains neither. The command prints message
// and hint once, at the end. No other package prints.
//
// A package with an error type of its own needs no wrapper: this package also finds a method
// FaultCode() int or FaultHint() string. (The name is not ExitCode, because *exec.ExitError has
// such a method, and codes of child processes are not exit codes of igs.)
package fault

import "fmt"

// Exit codes of igs. Scripts rely on them, so a number never changes its meaning.
const (
	OK           = 0
	Failed       = 1  // any error without another code
	Crash        = 2  // a bug of igs
	PartFailed   = 3  // some runs of a sweep failed, and the others are done
	BadInput     = 4  // bad command line, job file, picture or model
	GateMissed   = 5  // trained, but the quality is below the gate
	OutputExists = 6  // refused to overwrite earlier results
	NoVulkan     = 10 // no loader or no device
	OutOfMemory  = 11 // device memory ran out, the plan does not fit, or the address space is limited
	DeviceLost   = 12
	Diverged     = 13  // training gave numbers that are not finite
	HungUp       = 129 // SIGHUP; the state is saved
	Interrupted  = 130 // SIGINT; the state is saved
	Preempted    = 138 // SIGUSR1; the state is saved
	BrokenPipe   = 141 // the reader of the output is gone; the state is saved
	Terminated   = 143 // SIGTERM; the state is saved
)

// note is one error of the chain. With a zero code or an empty hint, the next error in the chain
// counts.
type note struct {
	err  error
	hint string
	code int
}

func (n *note) Error() string     { return n.err.Error() }
func (n *note) Unwrap() error     { return n.err }
func (n *note) FaultCode() int    { return n.code }
func (n *note) FaultHint() string { return n.hint }

// New makes an error from a format, as fmt.Errorf does. The hint may be empty. A code of 0 means no
// code.
func New(code int, hint, format string, args ...any) error {
	return &note{err: fmt.Errorf(format, args...), hint: hint, code: code}
}

// WithHint adds a hint that has priority over hints in err. A nil error stays nil.
func WithHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &note{err: err, hint: hint}
}

// WithCode adds an exit code that has priority over codes in err. A nil error stays nil.
func WithCode(err error, code int) error {
	if err == nil {
		return nil
	}
	return &note{err: err, code: code}
}

// Hint returns the outermost hint of the chain, or "". Of joined errors, the first one with a hint
// counts.
func Hint(err error) string {
	hint := ""
	walk(err, func(layer error) bool {
		if h, ok := layer.(interface{ FaultHint() string }); ok {
			hint = h.FaultHint()
		}
		return hint != ""
	})
	return hint
}

// Code returns the outermost exit code of the chain. It is 0 for nil, and 1 for an error without a
// code. Of joined errors, the first one with a code counts. It is never 0 for an error.
func Code(err error) int {
	if err == nil {
		return OK
	}
	code := 0
	walk(err, func(layer error) bool {
		if c, ok := layer.(interface{ FaultCode() int }); ok {
			code = c.FaultCode()
		}
		return code != 0
	})
	if code == 0 {
		return Failed
	}
	return code
}

// walk visits the errors of the chain, the outermost first and joined errors in their order, until
// found returns true.
func walk(err error, found func(layer error) bool) bool {
	if err == nil {
		return false
	}
	if found(err) {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return walk(e.Unwrap(), found)
	case interface{ Unwrap() []error }:
		for _, branch := range e.Unwrap() {
			if walk(branch, found) {
				return true
			}
		}
	}
	return false
}
