package terminal

import (
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// openTerminal makes a pseudo-terminal with a number of columns. It returns the end that a program uses.
func openTerminal(t *testing.T, columns uint16) *os.File {
	t.Helper()
	near, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { near.Close() })
	number, err := unix.IoctlGetInt(int(near.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(near.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(near.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}
	if err != nil {
		t.Skip(err)
	}
	far, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { far.Close() })
	return far
}

func TestTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "")
	f := openTerminal(t, 133)
	if !Is(f) || Width(f) != 133 {
		t.Errorf("terminal %v of %d columns", Is(f), Width(f))
	}
	if !Colour(f, false) || Colour(f, true) {
		t.Error("colours do not follow the flag")
	}
	t.Setenv("NO_COLOR", "1")
	if Colour(f, false) {
		t.Error("colours in spite of NO_COLOR")
	}
	t.Setenv("TERM", "dumb")
	if Is(f) {
		t.Error("a dumb terminal cannot draw over a line")
	}
	if w := Width(openTerminal(t, 0)); w != usual {
		t.Errorf("a terminal that does not know its size has %d columns", w)
	}
}
