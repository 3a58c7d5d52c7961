//go:build unix

package signals

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"igs/internal/fault"
)

// quiet is a console that shows nothing.
type quiet struct{}

func (quiet) OnBroken(func()) {}
func (quiet) Announce(string) {}

// Signals of schedulers have a deadline, and the exit code that the scheduler wants. Ctrl-C has neither. Work that ends
// in time is left alone.
func TestDeadline(t *testing.T) {
	for _, c := range []struct {
		sent    syscall.Signal
		code    int
		overdue bool
	}{
		{syscall.SIGTERM, 85, true}, {syscall.SIGHUP, 85, true}, {syscall.SIGUSR1, 85, true}, {syscall.SIGINT, fault.Interrupted, false},
	} {
		late := make(chan int, 2)
		ctx, stop := Listen(quiet{}, Options{Code: 85, Grace: time.Millisecond, Overdue: func(ctx context.Context) { late <- fault.Code(Interruption(ctx, "late")) }})
		syscall.Kill(os.Getpid(), c.sent)
		<-ctx.Done()
		if code := fault.Code(Interruption(ctx, "")); code != c.code {
			t.Errorf("%v: exit code %d, want %d", c.sent, code, c.code)
		}
		patience := 5 * time.Second
		if !c.overdue {
			patience = 20 * time.Millisecond
		}
		select {
		case code := <-late:
			if !c.overdue || code != c.code {
				t.Errorf("%v: overdue with exit code %d", c.sent, code)
			}
		case <-time.After(patience):
			if c.overdue {
				t.Errorf("%v: has no deadline", c.sent)
			}
		}
		stop()
	}
	late := make(chan bool, 1)
	ctx, stop := Listen(quiet{}, Options{Grace: 20 * time.Millisecond, Overdue: func(context.Context) { late <- true }})
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	<-ctx.Done()
	stop()
	select {
	case <-late:
		t.Error("work that ended in time was left")
	case <-time.After(60 * time.Millisecond):
	}
}
