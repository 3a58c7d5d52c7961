// Package terminal knows whether a stream leads to a terminal, how wide that is and
// whether it takes control sequences. Widths are in columns.
package terminal

import (
	"os"

	"golang.org/x/term"
)

const usual = 80 // columns where the system does not say

// Is reports whether f is a terminal on which a line can be drawn over. Anything else
// gets plain lines.
func Is(f *os.File) bool {
	return os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())) && prepare(f)
}

// Width is the present width of the terminal, which changes with its window.
func Width(f *os.File) int {
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil || w <= 0 {
		return usual
	}
	return w
}

// Colour reports whether to write colours to f: it is a terminal and the user has not
// said no, by flag or by NO_COLOR (https://no-color.org, where any value but none counts).
func Colour(f *os.File, refused bool) bool {
	return !refused && os.Getenv("NO_COLOR") == "" && Is(f)
}
