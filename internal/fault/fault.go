// Package fault carries two things along with an error until it is shown: the exit
// code igs ends with, and a hint, one line that says what the user can do about it.
//
// Both ride inside the ordinary error chain, so fmt.Errorf("...: %w", err) and
// errors.Join keep them and errors.Is and errors.As see through them. Neither appears
// in Error(): the command prints message and hint once, at the very end, and nothing
// below it prints at all.
//
// A package with a typed error of its own needs no wrapper: a method FaultCode() int or
// FaultHint() string on the type is found just the same. (Not ExitCode: *exec.ExitError
// has one, and the codes of child processes are not ours.)
package fault

import "fmt"

// Exit codes of igs. Scripts rely on them: a number, once given, keeps its meaning.
const (
	OK           = 0
	Failed       = 1  // anything without a code of its own
	Crash        = 2  // a bug of igs
	PartFailed   = 3  // some runs of a sweep failed, the others are done
	BadInput     = 4  // command line, job file, picture or model
	GateMissed   = 5  // trained, but below the asked quality
	OutputExists = 6  // refused to write over earlier results
	NoVulkan     = 10 // no loader or no device
	OutOfMemory  = 11 // device memory ran out, or the plan does not fit
	DeviceLost   = 12
	Diverged     = 13  // training left the finite numbers
	Interrupted  = 130 // SIGINT, state saved
	Terminated   = 143 // SIGTERM, state saved
)

// note is one layer of the chain. A zero code or an empty hint says nothing, and the
// next layer down is asked.
type note struct {
	err  error
	hint string
	code int
}

func (n *note) Error() string     { return n.err.Error() }
func (n *note) Unwrap() error     { return n.err }
func (n *note) FaultCode() int    { return n.code }
func (n *note) FaultHint() string { return n.hint }

// New makes an error from a format, in which %w works as in fmt.Errorf. The hint may
// be empty; a code of 0 means that the error has none of its own.
func New(code int, hint, format string, args ...any) error {
	return &note{err: fmt.Errorf(format, args...), hint: hint, code: code}
}

// WithHint attaches a hint that takes precedence over those further down. A nil error
// stays nil.
func WithHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &note{err: err, hint: hint}
}

// WithCode attaches an exit code that takes precedence over those further down. A nil
// error stays nil.
func WithCode(err error, code int) error {
	if err == nil {
		return nil
	}
	return &note{err: err, code: code}
}

// Hint returns the outermost hint of the chain, or "". Of joined errors the first that
// has one answers.
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

// Code returns the outermost exit code of the chain: 0 for nil, 1 for an error that
// carries none. Of joined errors the first that has one answers. An error never
// yields 0.
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

// walk visits the chain from the outside in, branches of a join from left to right,
// until found says true.
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
