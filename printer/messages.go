package printer

import (
	"fmt"
	"regexp"
	"strings"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/terminal"
)

// Warn prints a warning.
func (c *Console) Warn(format string, args ...any) {
	c.Take(event.Warned{Text: fmt.Sprintf(format, args...)})
}

func (c *Console) warning(e event.Warned) {
	switch {
	case c.log != nil:
		c.log.Take(e)
	case !c.Quiet:
		c.message(c.paint("33", "igs: warning:"), oneline.Text(e.Text))
		if hint := c.settled(e.Hint); hint != "" {
			c.message(c.paint("1", "hint:"), oneline.Text(hint))
		}
	}
}

// Note prints a choice that igs made for the user. A note is not about a problem.
func (c *Console) Note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.Quiet {
		c.message("igs:", oneline.Text(fmt.Sprintf(format, args...)))
	}
}

// Debug logs a detail in verbose mode.
func (c *Console) Debug(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.log != nil {
		c.log.Debug(fmt.Sprintf(format, args...))
	}
}

// message prints a text with a label to err in place of the live line. Colours are not counted as columns.
func (c *Console) message(label, text string) {
	c.clearLine()
	width := 0
	if c.screen != nil && terminal.Is(c.screen) {
		width = c.width()
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lead := ""
		if i == 0 {
			lead = strings.Repeat("x", columnsOf(plain(label))) + " " // the label has styles, and fold counts columns
		}
		lines[i] = strings.TrimPrefix(fold(lead+line, width), lead)
	}
	fmt.Fprintln(c.err, label, strings.Join(lines, "\n"))
}

// Announce prints a line after a signal. Any goroutine may call it. It takes no lock: when the reader of another stream
// keeps a writer waiting, a second signal must still end the process.
func (c *Console) Announce(text string) {
	if !c.Quiet {
		fmt.Fprintln(c.err, "\nigs: "+text)
	}
}

// Complain prints an error and its hint. Only lists of mistakes have more than one line.
func (c *Console) Complain(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := strings.Split(err.Error(), "\n")
	for i, line := range lines {
		lines[i] = oneline.Text(line)
	}
	c.message(c.paint("31;1", "igs: error:"), strings.Join(lines, "\n"))
	if hint := c.hint(err); hint != "" {
		c.message(c.paint("1", "hint:"), oneline.Text(hint))
	}
}

func (c *Console) hint(err error) string { return c.settled(fault.Hint(err)) }

// settled replaces the settings in a text by what the user can type.
func (c *Console) settled(hint string) string {
	if c.Hints != nil && hint != "" {
		hint = c.Hints(hint)
	}
	return hint
}

func (c *Console) paint(style, text string) string {
	if !c.colour {
		return text
	}
	return paint(style, text)
}

// styles are the control sequences of colours.
var styles = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plain is a text without colours.
func plain(text string) string { return styles.ReplaceAllString(text, "") }
