package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"igs/internal/fault"
)

// signalled is why a run is to end early.
type signalled struct {
	name string
	code int
}

func (s *signalled) Error() string { return s.name }

// listen gives a context that the first SIGINT or SIGTERM cancels, with a *signalled as
// its cause. The second ends the process at once: files appear whole or not at all, so
// nothing half-written is left but a hidden temporary file.
func listen(c *console) (context.Context, func()) {
	return listenSaying(c, "finishing the step and saving; once more to leave at once")
}

// listenSaying is listen for work that ends in another way.
func listenSaying(c *console, text string) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			cancel(causeOf(s))
			if !c.quiet {
				fmt.Fprintln(c.err, "\nigs: "+text)
			}
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

func causeOf(s os.Signal) *signalled {
	if s == syscall.SIGTERM {
		return &signalled{"terminated", fault.Terminated}
	}
	return &signalled{"interrupted", fault.Interrupted}
}
