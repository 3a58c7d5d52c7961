package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"igs/configs"
	"igs/internal/fault"
	"igs/printer"
	"igs/vk"
	"igs/vk/vktest"
)

// lent runs igs in the process of the tests, one command at a time, on devices that all commands share. A process of
// its own would load the driver and compile the kernels for each command.
var lent lender

type lender struct {
	t         testing.TB // of the test that has all commands
	mu        sync.Mutex
	devices   map[kind]*vk.Device
	validates bool // with the validation layer
}

// kind is a kind of device that is opened once for all commands.
type kind struct{ validates, profiles bool }

// validated are the scripts whose kernels no test of another package compiles under the validation layer: those of pictures with
// other channels, of few bits, of other numbers of splats a pixel.
var validated = []string{"convert", "format", "render", "render_layers", "run", "stack"}

// open opens the usual device once for all commands. It opens any other device for one command.
func (l *lender) open(o vk.Options) (*vk.Device, error) {
	if !slices.Contains([]string{"", "auto", "0"}, o.Select) {
		return vk.Open(o)
	}
	k := kind{l.validates && !o.Profile, o.Profile}
	if l.devices[k] == nil {
		dev, err := l.opened(k, o)
		if err != nil {
			return nil, err
		}
		l.devices[k] = dev
	}
	l.devices[k].ResetPeak()
	return l.devices[k], nil
}

func (l *lender) opened(k kind, o vk.Options) (*vk.Device, error) {
	p, err := here()
	if err != nil { // a script cannot skip the test of all scripts
		return nil, err
	}
	defer vktest.OneThread()()
	switch {
	case k.validates:
		return vktest.OpenWith(l.t, o), nil
	case k.profiles:
		return vktest.OpenPlainWith(l.t, o), nil
	default:
		return p.dev, nil
	}
}

func (l *lender) close(dev *vk.Device) {
	for _, kept := range l.devices {
		if dev == kept {
			return
		}
	}
	dev.Close()
}

// call runs igs with the folder and the environment of a script. The command must free its device memory, and the
// validation layer must find nothing.
func (l *lender) call(ts *testscript.TestScript, args []string) (code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.run(ts, args)
}

// interrupt is call for a command that goes on until Ctrl-C, which comes when a file of the pattern appears. The script gets a
// copy of that file as it then was, with the name appeared.
func (l *lender) interrupt(ts *testscript.TestScript, pattern string, args []string) (code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	caught := make(chan os.Signal, 1) // a signal after the command would end the tests
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	ended, appeared := make(chan struct{}), make(chan []byte)
	go func() { appeared <- interruptWhen(pattern, ts.Name(), ended) }()
	var content []byte
	code = func() int {
		defer func() {
			close(ended)
			content = <-appeared
		}()
		return l.run(ts, args)
	}()
	ts.Check(os.WriteFile(ts.MkAbs("appeared"), content, 0o666))
	return code
}

// interruptWhen sends Ctrl-C to this process when a file of the pattern appears, and returns what that file holds. A command
// that goes on then, or that makes no such file, would hold up all tests: the process ends.
func interruptWhen(pattern, script string, ended <-chan struct{}) (content []byte) {
	found, late := []string(nil), time.After(time.Minute)
	for len(found) == 0 {
		select {
		case <-ended:
			return nil
		case <-late:
			giveUp("%s: %s did not appear in a minute", script, pattern)
		case <-time.After(2 * time.Millisecond):
		}
		found, _ = filepath.Glob(pattern)
	}
	content, _ = os.ReadFile(found[0]) // a temporary file may be gone
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		self.Signal(os.Interrupt)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		giveUp("%s: the command goes on 10 s after Ctrl-C", script)
	}
	return content
}

// afterInterrupt is the exit code of a command in this process that got Ctrl-C.
func afterInterrupt(t *testing.T, code <-chan int) int {
	select {
	case n := <-code:
		return n
	case <-time.After(10 * time.Second):
		giveUp("%s: the command goes on 10 s after Ctrl-C", t.Name())
		return -1
	}
}

// giveUp ends the tests from any goroutine.
func giveUp(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "FAIL: "+format+"\n", args...)
	os.Exit(1)
}

func (l *lender) run(ts *testscript.TestScript, args []string) (code int) {
	defer l.borrow(ts)()
	p := newProgram(printer.New(ts.Stdout(), ts.Stderr()), args)
	p.openVulkan, p.closeVulkan = l.open, l.close
	l.validates = slices.Contains(validated, ts.Name())
	before := l.traces()
	code = p.run(ts.Stderr())
	for k, now := range l.traces() {
		was := before[k]
		if now.held != was.held {
			ts.Fatalf("%d bytes of device memory are held after the command, %d before it", now.held, was.held)
		}
		if more := now.messages[len(was.messages):]; len(more) > 0 {
			ts.Fatalf("validation: %s", strings.Join(more, "\n"))
		}
	}
	return code
}

// trace is what commands have left on a device.
type trace struct {
	held     int64 // bytes
	messages []string
}

func (l *lender) traces() map[kind]trace {
	found := map[kind]trace{}
	for k, dev := range l.devices {
		found[k] = trace{vktest.Held(dev), dev.Messages()}
	}
	return found
}

// borrow gives the process the folder and the environment of a script, until the returned function is called.
func (l *lender) borrow(ts *testscript.TestScript) (restore func()) {
	here, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	names := []string{"XDG_CACHE_HOME", "MESA_SHADER_CACHE_DIR", "HOME", "TMPDIR", "NO_COLOR"}
	for _, key := range configs.Keys() {
		names = append(names, "IGS_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_")))
	}
	names = append(names, otherVariables...)
	kept := map[string]string{}
	for _, name := range names {
		kept[name] = os.Getenv(name)
		set(ts, name, ts.Getenv(name))
	}
	return func() {
		for name, value := range kept {
			set(ts, name, value)
		}
		ts.Check(os.Chdir(here))
	}
}

// set sets a variable of the process; "" unsets it.
func set(ts *testscript.TestScript, name, value string) {
	if value == "" {
		ts.Check(os.Unsetenv(name))
		return
	}
	ts.Check(os.Setenv(name, value))
}

// inProcess runs igs in the process of the tests, one command at a time, on one device without the validation layer. Paths must
// be absolute.
type inProcess struct {
	mu    sync.Mutex
	dev   *vk.Device
	cache string // the folder igs in a cache folder
}

// here is opened once for all tests. The first call must not come from a script, which lends its folder of temporary files.
var here = sync.OnceValues(func() (*inProcess, error) {
	dir, err := os.MkdirTemp("", "igs-here-*")
	if err != nil {
		return nil, err
	}
	atEnd = append(atEnd, func() { os.RemoveAll(dir) })
	defer vktest.OneThread()()
	dev, err := vk.Open(vk.Options{Poison: true})
	if err != nil {
		return nil, err
	}
	atEnd = append(atEnd, dev.Close)
	return &inProcess{dev: dev, cache: filepath.Join(dir, "igs")}, nil
})

// mayLack tells whether the error is that there is no device, and tests may be skipped then.
func mayLack(err error) bool {
	return err != nil && fault.Code(err) == fault.NoVulkan && os.Getenv(vktest.RequireGPU) != "1"
}

// inThisProcess skips the test if there is no device.
func inThisProcess(t *testing.T) *inProcess {
	t.Helper()
	p, err := here()
	if mayLack(err) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// call runs a command, which must free its device memory.
func (p *inProcess) call(args ...string) (code int, stderr string) {
	var said bytes.Buffer
	code = p.run(io.Discard, &said, args...)
	return code, said.String()
}

// run is call for a command whose output is read.
func (p *inProcess) run(out, err io.Writer, args ...string) (code int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	igs := newProgram(printer.New(out, err), append([]string{"igs"}, args...))
	igs.tunings.ByHand, igs.proofs.Dir = "default", p.cache
	igs.openVulkan, igs.closeVulkan = func(vk.Options) (*vk.Device, error) { return p.dev, nil }, func(*vk.Device) {}
	p.dev.ResetPeak()
	held := vktest.Held(p.dev)
	code = igs.run(err)
	if now := vktest.Held(p.dev); now != held {
		fmt.Fprintf(err, "%d bytes of device memory are held after the command, %d before it", now, held)
		return -1
	}
	return code
}
