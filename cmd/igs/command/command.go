// Package command describes the commands of a program and their flags, and runs the one that a command line asks for. One file, cli.go,
// knows the library that parses flags and prints help.
//
// Flags stand anywhere on the line, before, between and behind file names; "--" ends them. What is unknown is refused by name, with
// the nearest known name as a hint.
package command

import (
	"io"

	"igs/internal/fault"
)

// Kind is what a flag wants.
type Kind int

// The kinds of flags.
const (
	Text   Kind = iota // a value, in the next word or after "="
	Bool               // nothing; "=false" turns it off
	Switch             // nothing, which means true, or a value after "="
	List               // a value, and it may stand several times
)

// Flag is a flag of a command or of the program.
type Flag struct {
	Name    string
	Short   string // one letter, "" = none
	Kind    Kind
	Default string
	Usage   string   // names the value between backquotes
	Words   []string // complete the value
}

// help is a flag of every command.
var help = Flag{Name: "help", Short: "h", Kind: Bool, Usage: "say how the command is used"}

// takesWord reports whether the value may be the next word of the line.
func (f Flag) takesWord() bool { return f.Kind == Text || f.Kind == List }

// Command is a command of the program.
type Command struct {
	Name        string
	Args        string // what stands behind it, for the help
	Usage       string // one line
	Description string
	Hidden      bool
	Flags       []Flag
	Words       []string // complete the arguments
	Run         func(*Line) error
}

// Program is all there is to run.
type Program struct {
	Name     string
	Usage    string
	Flags    []Flag // of every command
	Commands []*Command
	Before   func(*Line) error // with the flags of every command, before the command runs
	Out      io.Writer         // of help
}

// Line is a command line as it was parsed.
type Line struct {
	Command *Command
	Args    []string // that are no flags
	values
}

// values are those of the flags, by long name. A flag that is not on the line has its default.
type values interface {
	String(name string) string
	Bool(name string) bool
	StringSlice(name string) []string
	IsSet(name string) bool
}

// Files holds the number of arguments against what the command wants.
func (l *Line) Files(want ...string) ([]string, error) {
	if len(l.Args) == len(want) {
		return l.Args, nil
	}
	usage := "igs " + l.Command.Name + " " + l.Command.Args
	if len(l.Args) > len(want) {
		return nil, fault.New(fault.BadInput, "usage: "+usage, "%s is one argument too many", l.Args[len(want)])
	}
	return nil, fault.New(fault.BadInput, "usage: "+usage, "no %s given", want[len(l.Args)])
}

// command is the command of a name, nil when there is none.
func (p *Program) command(name string) *Command {
	for _, c := range p.Commands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// visible are the commands that help and completion show.
func (p *Program) visible() []*Command {
	var shown []*Command
	for _, c := range p.Commands {
		if !c.Hidden {
			shown = append(shown, c)
		}
	}
	return shown
}
