package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// prepare switches the console to control sequences, which it has had since Windows 10
// but does not understand unless asked to.
func prepare(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
