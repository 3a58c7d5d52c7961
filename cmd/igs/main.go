// Command igs trains pictures made of 2D Gaussians on any Vulkan device.
//
// This package owns commands, flags, exit codes and signals. Each command has a file, which parses, calls a library and
// prints. Results go to stdout, progress and messages to stderr. Sizes are in pixels, times in seconds.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"igs/internal/fault"
	"igs/printer"
	_ "igs/vk/startlimit"
)

func main() { os.Exit(start(os.Args, os.Stdout, os.Stderr)) }

// start runs one command line and returns its exit code. args begin with the name of the program.
func start(args []string, out, err io.Writer) int {
	return newProgram(printer.New(out, err), args).run(err)
}

// run runs the command line of the program and returns its exit code. A crash is reported on w.
func (p *program) run(w io.Writer) (code int) {
	defer func() {
		if v := recover(); v != nil {
			code = fault.Crash
			crashed(w, v)
		}
	}()
	return p.console.Finish(p.describe().Run(p.args[1:]))
}

func crashed(w io.Writer, v any) {
	fmt.Fprintf(w, "\nigs: crash: %v\n%s", v, debug.Stack())
	fmt.Fprintf(w, "igs: this is a bug in igs %s. Please report it with the lines above and the command.\n", version)
}
