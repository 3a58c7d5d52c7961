// Package signals turns the signals that ask a process to end into the end of a context, and into exit codes.
//
// Schedulers of clusters send a signal some time before they kill a process. SIGTERM, SIGHUP and SIGUSR1 therefore have
// a deadline, Grace. SIGINT comes from a person, who can press Ctrl-C again.
package signals

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"igs/internal/fault"
)

// Grace is the time after a signal with a deadline until Options.Overdue is called.
const Grace = 3 * time.Second

// Console is what listening needs of the printer.
type Console interface {
	OnBroken(func())      // sets what is called when the reader of the output closes the pipe
	Announce(text string) // prints a line
}

// Options say how to listen.
type Options struct {
	Text string // announced after the first SIGINT or SIGTERM
	Code int    // exit code after SIGTERM, SIGHUP and SIGUSR1; 0 = that of each signal

	// Overdue is called on a goroutine of its own, once, when Grace has passed after a signal with a deadline and the
	// work still goes on. nil = there is no deadline.
	Overdue func(ctx context.Context)
	Grace   time.Duration // 0 = Grace; tests wait less
}

// signalled is the signal that ends the work early.
type signalled struct {
	name string
	code int
}

func (s *signalled) Error() string { return s.name }

// FaultCode is the exit code of a process that the signal ended.
func (s *signalled) FaultCode() int { return s.code }

// Listen gives a context that the first of the signals cancels, with an error as its cause that has the exit code. The
// context is cancelled too when the reader of the output closes the pipe. A SIGINT or SIGTERM after
// another of these two ends the process at once, which leaves at most a hidden temporary file. The caller calls stop when
// the work is over.
func Listen(c Console, o Options) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	asked := make(chan os.Signal, 2)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	told := make(chan os.Signal, 2)
	signal.Notify(told, preempting...)
	if !signal.Ignored(syscall.SIGHUP) { // nohup ignores it
		signal.Notify(told, syscall.SIGHUP)
	}
	signal.Ignore(syscall.SIGPIPE) // its default would end the process without a checkpoint
	c.OnBroken(func() { cancel(&signalled{"the reader of the output is gone", fault.BrokenPipe}) })
	done := make(chan struct{})
	overdue := sync.OnceFunc(func() { go o.wait(ctx, done) })
	end := func(s os.Signal) {
		cancel(causeOf(s, o.Code))
		if s != os.Interrupt {
			overdue()
		}
	}
	go func() {
		again := false
		for {
			select {
			case s := <-asked:
				if again {
					os.Exit(causeOf(s, o.Code).code)
				}
				again = true
				end(s)
				c.Announce(o.Text)
			case s := <-told: // a terminal and a scheduler may send several
				end(s)
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		signal.Stop(asked)
		signal.Stop(told)
		c.OnBroken(nil)
		close(done)
		cancel(nil)
	}
}

// wait calls Overdue at the deadline, unless the work is over by then.
func (o Options) wait(ctx context.Context, done <-chan struct{}) {
	grace := o.Grace
	if grace == 0 {
		grace = Grace
	}
	select {
	case <-time.After(grace):
		if o.Overdue != nil {
			o.Overdue(ctx)
		}
	case <-done:
	}
}

// causeOf is the cause of the end by a signal. code is the exit code of signals with a deadline, 0 = that of each.
func causeOf(s os.Signal, code int) *signalled {
	cause := &signalled{"interrupted", fault.Interrupted}
	switch {
	case s == os.Interrupt:
		return cause
	case s == syscall.SIGTERM:
		cause = &signalled{"terminated", fault.Terminated}
	case s == syscall.SIGHUP:
		cause = &signalled{"hung up", fault.HungUp}
	default:
		cause = &signalled{"stopped by SIGUSR1", fault.Preempted}
	}
	if code > 0 {
		cause.code = code
	}
	return cause
}

// Interruption is the error of a command that a signal ended, nil when there was none.
func Interruption(ctx context.Context, state string) error {
	cause, ok := context.Cause(ctx).(*signalled)
	if !ok {
		return nil
	}
	return fault.New(cause.code, "", "%s: %s", cause, state)
}
