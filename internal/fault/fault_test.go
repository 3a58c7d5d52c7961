package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"testing"

	"igs/internal/fault"
)

type typedError struct{ code int }

func (e *typedError) Error() string     { return "typed" }
func (e *typedError) FaultCode() int    { return e.code }
func (e *typedError) FaultHint() string { return "typed hint" }

func TestCodeAndHint(t *testing.T) {
	plain := errors.New("plain")
	bad := fault.New(fault.BadInput, "look again", "bad %s", "thing")
	cases := []struct {
		name string
		err  error
		code int
		hint string
		text string
	}{
		{"nil", nil, fault.OK, "", ""},
		{"plain", plain, fault.Failed, "", "plain"},
		{"new", bad, fault.BadInput, "look again", "bad thing"},
		{"code 0 means none", fault.New(0, "", "x"), fault.Failed, "", "x"},
		{"code 0 over a code", fault.New(0, "", "x: %w", bad), fault.BadInput, "look again", "x: bad thing"},
		{"wrapped", fmt.Errorf("while: %w", bad), fault.BadInput, "look again", "while: bad thing"},
		{"outermost code", fault.WithCode(bad, fault.DeviceLost), fault.DeviceLost, "look again", "bad thing"},
		{"outermost hint", fault.WithHint(bad, "other"), fault.BadInput, "other", "bad thing"},
		{"new over new", fault.New(fault.Crash, "top", "a: %w", bad), fault.Crash, "top", "a: bad thing"},
		{"join", errors.Join(plain, bad), fault.BadInput, "look again", "plain\nbad thing"},
		{"join, first wins", errors.Join(fault.New(fault.Diverged, "", "d"), bad), fault.Diverged, "look again", "d\nbad thing"},
		{"join inside wrap", fmt.Errorf("w: %w", errors.Join(plain, bad)), fault.BadInput, "look again", "w: plain\nbad thing"},
		{"two verbs", fmt.Errorf("%w, %w", plain, bad), fault.BadInput, "look again", "plain, bad thing"},
		{"typed", fmt.Errorf("w: %w", &typedError{fault.OutOfMemory}), fault.OutOfMemory, "typed hint", "w: typed"},
		{"hint over typed", fault.WithHint(&typedError{fault.OutOfMemory}, "near"), fault.OutOfMemory, "near", "typed"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := fault.Code(c.err); got != c.code {
				t.Errorf("Code = %d, want %d", got, c.code)
			}
			if got := fault.Hint(c.err); got != c.hint {
				t.Errorf("Hint = %q, want %q", got, c.hint)
			}
			if c.err != nil && c.err.Error() != c.text {
				t.Errorf("Error = %q, want %q", c.err, c.text)
			}
		})
	}
}

func TestChainIsKept(t *testing.T) {
	err := fault.WithHint(fault.WithCode(fault.New(fault.BadInput, "", "open: %w", fs.ErrNotExist), fault.Crash), "h")
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("errors.Is lost the cause")
	}
	var typed *typedError
	if !errors.As(fault.WithHint(&typedError{7}, "h"), &typed) || typed.code != 7 {
		t.Error("errors.As lost the type")
	}
}

func TestNilStaysNil(t *testing.T) {
	if fault.WithHint(nil, "h") != nil || fault.WithCode(nil, fault.Crash) != nil {
		t.Error("a nil error became one")
	}
}

// *exec.ExitError has a method ExitCode (from os.ProcessState). So this package looks for a method
// with another name.
func TestChildProcessCodeIsNotOurs(t *testing.T) {
	err := exec.Command(os.Args[0], "-test.no-such-flag").Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Skipf("no child ran: %v", err)
	}
	if got := fault.Code(fmt.Errorf("child: %w", err)); got != fault.Failed {
		t.Errorf("Code = %d for a child that exited %d, want %d", got, exit.ExitCode(), fault.Failed)
	}
}
