package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/urfave/cli/v2"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/terminal"
	"igs/runlog"
)

// console is the two streams of the program and how the user wants them.
type console struct {
	out io.Writer // results
	err *os.File  // progress and messages

	quiet, json, logJSON bool
	colour, live, lines  bool
	logger               *logrus.Logger // -v: everything, on stderr; else nil
	objects              *runlog.JSON
}

func newConsole(out, err *os.File) *console {
	return &console{out: out, err: err, colour: terminal.Colour(err, false), objects: runlog.NewJSON(out)}
}

// globalFlags stand anywhere on the command line.
func globalFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, DisableDefaultText: true, Usage: "print errors only"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, DisableDefaultText: true, Usage: "log everything to stderr instead of showing progress"},
		&cli.BoolFlag{Name: "json", DisableDefaultText: true, Usage: "print results as JSON lines"},
		&cli.StringFlag{Name: "progress", Value: "auto", DefaultText: "auto", Usage: "show progress as `HOW`: auto, bar, lines or none"},
		&cli.BoolFlag{Name: "no-color", DisableDefaultText: true, Usage: "no colours, as with NO_COLOR"},
		&cli.StringFlag{Name: "log-format", Value: "text", DefaultText: "text", Usage: "write log.txt, and what -v logs, as `FORMAT`: text or json"},
		&cli.StringFlag{Name: "device", Aliases: []string{"d"}, Usage: "use `DEVICE`: auto, an index or a part of a name of igs devices"},
	}
}

// setUp reads the global flags.
func (c *console) setUp(ctx *cli.Context) error {
	c.quiet, c.json = ctx.Bool("quiet"), ctx.Bool("json")
	c.colour = terminal.Colour(c.err, ctx.Bool("no-color"))
	switch format := ctx.String("log-format"); format {
	case "text":
	case "json":
		c.logJSON = true
	default:
		return fault.New(fault.BadInput, "say --log-format text or --log-format json", "--log-format %q", format)
	}
	if ctx.Bool("verbose") && !c.quiet {
		c.logger = logrus.New()
		c.logger.SetOutput(c.err)
		c.logger.SetLevel(logrus.DebugLevel)
		c.logger.SetFormatter(runlog.Formatter(c.logJSON))
	}
	switch mode := ctx.String("progress"); mode {
	case "auto":
		c.live = terminal.Is(c.err)
		c.lines = !c.live
	case "bar":
		c.live = true
	case "lines":
		c.lines = true
	case "none":
	default:
		return fault.New(fault.BadInput, "say auto, bar, lines or none", "--progress %q", mode)
	}
	if c.quiet || c.logger != nil {
		c.live, c.lines = false, false
	}
	return nil
}

// progress is the sink for eyes, and what to do when it is done.
func (c *console) progress() (take event.Sink, done func()) {
	var sinks []event.Sink
	done = func() {}
	switch {
	case c.live:
		live := runlog.NewLive(c.err, func() int { return terminal.Width(c.err) })
		sinks, done = append(sinks, live.Take), live.Close
	case c.lines:
		sinks = append(sinks, runlog.NewLines(c.err).Take)
	case !c.quiet && c.logger == nil: // no progress, but what the user should know
		sinks = append(sinks, func(e event.Event) {
			if w, ok := e.(event.Warned); ok {
				c.printWarning(w.Text)
			}
		})
	}
	if c.logger != nil {
		sinks = append(sinks, runlog.NewLog(c.logger).Take)
	}
	if c.json {
		sinks = append(sinks, c.objects.Take)
	}
	return event.Tee(sinks...), done
}

// say prints a line of results; in JSON mode the objects say it.
func (c *console) say(format string, args ...any) {
	if !c.quiet && !c.json {
		fmt.Fprintf(c.out, format+"\n", args...)
	}
}

// tell prints a result as an object; it does nothing without --json.
func (c *console) tell(e event.Event) {
	if c.json {
		c.objects.Take(e)
	}
}

// warn prints what the user should know outside of a run.
func (c *console) warn(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.tell(event.Warned{Text: text})
	if !c.quiet {
		c.printWarning(text)
	}
}

func (c *console) printWarning(text string) {
	fmt.Fprintln(c.err, c.paint("33", "igs: warning:"), runlog.Plain(text))
}

// note tells what igs decided by itself, and nothing is wrong with.
func (c *console) note(format string, args ...any) {
	if !c.quiet {
		fmt.Fprintln(c.err, "igs:", runlog.Plain(fmt.Sprintf(format, args...)))
	}
}

// debug logs with -v.
func (c *console) debug(format string, args ...any) {
	if c.logger != nil {
		c.logger.Debugf(format, args...)
	}
}

// exit is the last object of a command.
type exit struct {
	Code  int    `json:"code"`
	Error string `json:"error,omitempty"`
	Hint  string `json:"hint,omitempty"`
}

func (exit) Name() string { return "exit" }

// finish renders the error of the command, once, and gives the exit code.
func (c *console) finish(err error) int {
	code := fault.Code(err)
	last := exit{Code: code}
	if err != nil {
		c.complain(err)
		last.Error, last.Hint = err.Error(), fault.Hint(err)
	}
	c.tell(last)
	return code
}

// complain prints an error and its hint. Only lists of mistakes have more than one line.
func (c *console) complain(err error) {
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = runlog.Plain(line)
	}
	fmt.Fprintln(c.err, c.paint("31;1", "igs: error:"), strings.Join(lines, "\n"))
	if hint := fault.Hint(err); hint != "" {
		fmt.Fprintln(c.err, c.paint("1", "hint:"), runlog.Plain(hint))
	}
}

func (c *console) paint(style, text string) string {
	if !c.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}
