//go:build unix

package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"igs/internal/fault"
	"igs/internal/signals"
	"igs/printer"
)

// The end of the terminal and the end of the reader end training as Ctrl-C does: the context is cancelled, and the exit
// code says why.
func TestListen(t *testing.T) {
	hang := func(*printer.Console) { syscall.Kill(os.Getpid(), syscall.SIGHUP) }
	for name, c := range map[string]struct {
		cause func(*printer.Console)
		code  int
	}{
		"SIGHUP":               {hang, 129},
		"SIGHUP several times": {func(c *printer.Console) { hang(c); hang(c); hang(c) }, 129},
		"SIGTERM":              {func(*printer.Console) { syscall.Kill(os.Getpid(), syscall.SIGTERM) }, 143},
		"SIGUSR1":              {func(*printer.Console) { syscall.Kill(os.Getpid(), syscall.SIGUSR1) }, 138},
		"no reader of stdout":  {func(c *printer.Console) { c.Say("a result") }, 141},
		"no reader of stderr":  {func(c *printer.Console) { c.Note("a note") }, 141},
	} {
		if strings.HasPrefix(name, "SIGHUP") && signal.Ignored(syscall.SIGHUP) {
			continue // nohup runs the tests
		}
		console := printer.New(unread(t), unread(t))
		if strings.HasPrefix(name, "SIG") {
			console = printer.New(io.Discard, io.Discard)
		}
		live, stop := signals.Listen(console, signals.Options{Text: "stopping"})
		c.cause(console)
		select {
		case <-live.Done():
		case <-time.After(5 * time.Second):
			t.Errorf("%s: goes on", name)
		}
		if err := context.Cause(live); fault.Code(err) != c.code {
			t.Errorf("%s: %v, code %d", name, err, fault.Code(err))
		}
		stop()
	}
}

// unread is a pipe that nobody reads.
func unread(t *testing.T) *os.File {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	t.Cleanup(func() { w.Close() })
	return w
}

// full is a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// A command whose results cannot be written fails, and says so in one line. No command may end with 0 then.
func TestLostResultsAreAFailure(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "dot.png")
	if err := writePicture(picture); err != nil {
		t.Fatal(err)
	}
	train := "run " + picture + " -n 10 -s 2 -o " + dir + " --name s"
	model := filepath.Join(dir, "s", "dot-10-2", "model.igsm")
	lines := []string{
		"version", "version --json", "--help", "run --help", "man", "init -", "completion bash", "config " + picture, "config --json " + picture,
	}
	run := func(out, err io.Writer, args ...string) int { return start(append([]string{"igs"}, args...), out, err) }
	fails := func(line string, out io.Writer, want int) {
		t.Helper()
		var messages strings.Builder
		code := run(out, &messages, strings.Fields(line)...)
		if code != want || !strings.Contains(messages.String(), "igs: error: write the results: ") {
			t.Errorf("igs %s: exit code %d, want %d: %s", line, code, want, messages.String())
		}
	}
	for _, line := range lines {
		fails(line, full{}, fault.Failed)
		fails(line, unreadable{}, fault.BrokenPipe)
	}
	if testing.Short() {
		t.Skip("-short")
	}
	run = inThisProcess(t).run
	for _, line := range []string{
		"plan " + picture + " -n 10", "devices", "devices --json", train, train + " --json --force", "eval " + model + " " + picture, "eval --json " + model + " " + picture,
		"compare " + dir, "compare --csv " + dir, "compare --json " + dir, "render " + model + " --json -o " + filepath.Join(dir, "a.png"),
	} {
		fails(line, full{}, fault.Failed)
	}
}

// unreadable is a pipe without a reader, in a process that ignores SIGPIPE.
type unreadable struct{}

func (unreadable) Write([]byte) (int, error) { return 0, syscall.EPIPE }
