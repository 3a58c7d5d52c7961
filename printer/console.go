// Package printer prints what igs does for people and programs: tables and messages, the progress of training as a live
// line or as plain lines, and JSON lines. Results go to one stream, progress and messages to another.
//
// All JSON types are in this package. docs/scripting.md lists their names and fields.
package printer

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/terminal"
	"igs/runlog"
)

// Console is the two output streams of a program, with the modes that the user chose.
type Console struct {
	out    *stream  // results
	err    *stream  // progress and messages
	screen *os.File // err when it is a file, else nil

	// Hints replaces the settings in a hint by what the user can type. nil keeps the hint.
	Hints func(hint string) string

	Quiet, JSON bool
	LogJSON     bool // log.txt and the log on err are JSON lines
	colour      bool

	mu    sync.Mutex // both streams; a timer writes too while a run trains
	timer *timer     // nil: no run is at work
	runs  int        // at work: they train, or their files are written
	beat  *progressObjects

	// At most one of these three is set.
	live  *Live
	lines *Lines
	log   *runlog.Log // all details, on err

	objects *JSON
}

// usualWidth is the width when err is not a file, columns.
const usualWidth = 80

// Modes are what the user can choose about the streams.
type Modes struct {
	Quiet     bool // errors only
	Verbose   bool // log all details instead of the progress
	JSON      bool // results as JSON lines
	Objects   bool // and the progress too
	NoColour  bool
	Progress  string // auto, bar, lines or none
	LogFormat string // text or json
}

// New makes a console. Without Set it shows no progress.
func New(out, err io.Writer) *Console {
	screen, _ := err.(*os.File)
	results := &stream{w: out}
	return &Console{out: results, err: &stream{w: err}, screen: screen, colour: screen != nil && terminal.Colour(screen, false), objects: NewJSON(results)}
}

// Set applies the modes.
func (c *Console) Set(m Modes) error {
	c.Quiet, c.JSON = m.Quiet, m.JSON
	c.colour = c.screen != nil && terminal.Colour(c.screen, m.NoColour)
	switch m.LogFormat {
	case "text":
	case "json":
		c.LogJSON = true
	default:
		return fault.New(fault.BadInput, "use --log-format text or --log-format json", "--log-format %q is unknown", m.LogFormat)
	}
	if m.JSON && m.Objects {
		c.beat = &progressObjects{}
	}
	live, lines := false, false
	switch m.Progress {
	case "auto":
		live = c.screen != nil && terminal.Is(c.screen)
		lines = !live
	case "bar":
		live = true
	case "lines":
		lines = true
	case "none":
	default:
		return fault.New(fault.BadInput, "use auto, bar, lines or none", "--progress %q is unknown", m.Progress)
	}
	switch {
	case c.Quiet:
	case m.Verbose:
		c.log = runlog.NewLog(c.err, c.LogJSON)
	case live:
		c.live = NewLive(c.err, c.width)
		c.live.colour = c.colour
	case lines:
		c.lines = NewLines(c.err)
	}
	return nil
}

func (c *Console) width() int {
	if c.screen == nil {
		return usualWidth
	}
	return terminal.Width(c.screen)
}

// Take is the sink for every event.
func (c *Console) Take(e event.Event) {
	of, known := e.(event.OfRun)
	if !known {
		of.Event = e
	}
	switch bare := of.Event.(type) {
	case event.RunStarted:
		c.startTimer()
		c.runs++
	case event.RunEnded:
		if c.runs--; c.runs <= 0 {
			c.stopTimer()
		}
	case event.Noted:
		c.Note("%s", bare.Text)
		return
	case event.Detailed:
		c.Debug("%s", bare.Text)
		return
	case event.RunFailed:
		c.Complain(bare.Err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.show(e, of)
}

// show prints an event. of is the same event with its run, if it has one.
func (c *Console) show(e event.Event, of event.OfRun) {
	if warning, ok := of.Event.(event.Warned); ok {
		c.tell(warned{warning.Text, of.Run, c.settled(warning.Hint)})
		c.warning(warning)
		return
	}
	switch {
	case c.live != nil:
		c.live.Take(e)
	case c.lines != nil:
		c.lines.Take(e)
	case c.log != nil:
		c.log.Take(e)
	}
	if c.beat != nil {
		c.beat.take(e, time.Now())
		c.beat.due(c.tell)
	}
	if o := objectOf(of); o != nil {
		c.tell(o)
	}
}

// ClearLine removes the live line.
func (c *Console) ClearLine() {
	c.stopTimer()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clearLine()
}

func (c *Console) clearLine() {
	if c.live != nil {
		c.live.Close()
	}
}

// Say prints a line of results. It does nothing in JSON mode, where objects are printed instead.
func (c *Console) Say(format string, args ...any) {
	if c.tables() {
		fmt.Fprintf(c.out, format+"\n", args...)
	}
}

// Out is the stream of results.
func (c *Console) Out() io.Writer { return c.out }

// Serving prints in JSON mode that a page is served. It is no event, so it is not one of the objects
// of a run. An error here is one of every later line.
func (c *Console) Serving(url string) {
	if c.JSON {
		json.NewEncoder(c.out).Encode(map[string]string{"event": "serving", "url": url})
	}
}

// tables reports whether results are printed for people.
func (c *Console) tables() bool { return !c.Quiet && !c.JSON }

// Tell prints a result as an object in JSON mode, and does nothing in other modes.
func (c *Console) Tell(o Object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(o)
}

func (c *Console) tell(o Object) {
	if c.JSON {
		c.objects.Write(o)
	}
}

// Finish prints the error of a command, if there is one, and returns the exit code. A command whose results could not
// be written has failed.
func (c *Console) Finish(err error) int {
	if err == nil {
		err = c.out.failure()
	}
	last := Exit{Code: fault.Code(err)}
	if err != nil {
		c.Complain(err)
		last.Error, last.Hint = err.Error(), c.hint(err)
	}
	c.Tell(last)
	if lost := c.out.failure(); err == nil && lost != nil {
		c.Complain(lost)
		return fault.Code(lost)
	}
	return last.Code
}
