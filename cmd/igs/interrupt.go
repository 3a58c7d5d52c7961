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

// listen gives a context that the first SIGINT or SIGTERM cancels with a *signalled as its cause. Then it announces the
// text. The second signal ends the process at once, which leaves at most a hidden temporary file.
func listen(c *printer.Console, text string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			cancel(causeOf(s))
			c.Announce(text)
		case <-done:
			return
		}
		select {
		case s := <-signals:
			os.Exit(causeOf(s).code)
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}

// finishing is announced when a signal ends training.
const finishing = "finishing the step and saving; press Ctrl-C again to stop at once"

func causeOf(s os.Signal) *signalled {
	if s == syscall.SIGTERM {
		return &signalled{"terminated", fault.Terminated}
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
