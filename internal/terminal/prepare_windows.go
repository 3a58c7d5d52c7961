package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// prepare enables control sequences on the console. Windows has them since Windows 10, but they are
// off at first.
func prepare(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
