package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"igs/internal/fault"
	"igs/printer"
)

// signalled is the signal that ends the work early.
type signalled struct {
	name string
	code int
}

func (s *signalled) Error() string { return s.name }

// FaultCode is the exit code of a process that the signal ended.
func (s *signalled) FaultCode() int { return s.code }

// listen gives a context that the first SIGINT, SIGTERM or SIGHUP cancels with a *signalled as its cause. Then it
// announces the text. The context is cancelled too when the reader of the output closes the pipe. A second SIGINT or
// SIGTERM ends the process at once, which leaves at most a hidden temporary file.
func listen(c *printer.Console, text string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	hangups := make(chan os.Signal, 1)
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it
		signal.Notify(hangups, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE) // its default would end the process without a checkpoint
	c.OnBroken(func() { cancel(&signalled{"the reader of the output is gone", fault.BrokenPipe}) })
	done := make(chan struct{})
	go func() {
		for {
			select {
			case s := <-signals:
				if ctx.Err() != nil {
					os.Exit(causeOf(s).code)
				}
				cancel(causeOf(s))
				c.Announce(text)
			case s := <-hangups: // a terminal may send several
				cancel(causeOf(s))
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		signal.Stop(hangups)
		c.OnBroken(nil)
		close(done)
		cancel(nil)
	}
}

// finishing is announced when a signal ends training.
const finishing = "finishing the step and saving; press Ctrl-C again to stop at once"

func causeOf(s os.Signal) *signalled {
	switch s {
	case syscall.SIGTERM:
		return &signalled{"terminated", fault.Terminated}
	case syscall.SIGHUP:
		return &signalled{"hung up", fault.HungUp}
	}
	return &signalled{"interrupted", fault.Interrupted}
}

// interruption is the error of a command that a signal ended, nil when there was none.
func interruption(ctx context.Context, state string) error {
	cause, ok := context.Cause(ctx).(*signalled)
	if !ok {
		return nil
	}
	return fault.New(cause.code, "", "%s: %s", cause, state)
}
