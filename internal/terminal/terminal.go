// Package terminal tells whether a file is a terminal, how wide the terminal is, and whether it
// understands control sequences. Widths are in columns.
package terminal

import (
	"os"

	"golang.org/x/term"
)

const usual = 80 // columns, when the system does not know

// Is reports whether f is a terminal on which a line can be overwritten.
func Is(f *os.File) bool {
	return os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) && prepare(f)
}

// Width is the current width of the terminal. It changes with the window.
func Width(f *os.File) int {
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w <= 0 {
		return usual
	}
	return w
}

// WidthOf is the width of the terminal with a file descriptor, and 0 for a file that is no terminal.
func WidthOf(fd uintptr) int {
	if w, _, err := term.GetSize(int(fd)); err == nil {
		return w
	}
	return 0
}

// Colour reports whether to write colours to f: f is a terminal, and the user did not refuse
// colours by a flag or by NO_COLOR (https://no-color.org: any value but "" counts).
func Colour(f *os.File, refused bool) bool {
	return !refused && os.Getenv("NO_COLOR") == "" && Is(f)
}
