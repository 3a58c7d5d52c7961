package main

import (
	"context"
	"os"
	"time"

	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/signals"
	"igs/session"
)

// finishing is announced when a signal ends training.
const finishing = "finishing the step and saving; press Ctrl-C again to stop at once"

// checkpointFlag is the flag with the exit code that a scheduler takes for "start me again".
func checkpointFlag(group string) command.Flag {
	return command.Flag{Name: "checkpoint-exit-code", Group: group, Rare: true, Usage: "after SIGTERM, SIGHUP or SIGUSR1 exit with `N`, for schedulers"}
}

// checkpointCode is the value of that flag, 0 when it is not given.
func checkpointCode(line *command.Line) (int, error) {
	const name = "checkpoint-exit-code"
	if !line.IsSet(name) {
		return 0, nil
	}
	n, err := number(line, name)
	if err != nil || n < 1 || n > 255 {
		return 0, fault.New(fault.BadInput, "give a number from 1 to 255: HTCondor is usually told 85, and SGE takes 99", "--%s %q is no exit code", name, line.String(name))
	}
	return n, nil
}

// leave ends the process when the deadline of a signal has passed, as soon as no step is lost.
func (p *program) leave(ctx context.Context) {
	for {
		if state, dir, ok := p.progress.Safe(); ok {
			err := signals.Interruption(ctx, state)
			if dir != "" {
				err = fault.WithHint(err, "continue with: "+session.Command("resume", dir))
			}
			os.Exit(p.console.Finish(err))
		}
		time.Sleep(20 * time.Millisecond)
	}
}
