// Command igs trains pictures made of 2D Gaussians on any Vulkan device.
//
// This package owns commands, flags, exit codes, signals and the output folder; one file
// a command. Results go to stdout, progress and messages to stderr. Sizes are pixels,
// times seconds, qualities dB (PSNR) or plain numbers (SSIM).
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"igs/internal/fault"
)

func main() { os.Exit(start(os.Args)) }

// start runs one command line and gives its exit code.
func start(args []string) (code int) {
	p := &program{console: newConsole(os.Stdout, os.Stderr)}
	defer func() {
		if v := recover(); v != nil {
			code = fault.Crash
			crashed(os.Stderr, v)
		}
	}()
	err := p.run(args)
	return p.console.finish(err)
}

func crashed(w io.Writer, v any) {
	fmt.Fprintf(w, "\nigs: crash: %v\n%s", v, debug.Stack())
	fmt.Fprintf(w, "igs: this is a bug of igs %s: please report it with the lines above and the command\n", version)
}
