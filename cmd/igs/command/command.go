// Package command describes the commands of a program and their flags, and runs the command of a command line. Only the
// file cli.go knows the library that parses flags and prints help.
//
// Flags stand anywhere on the line, before, between and after file names; "--" ends them. The error of an unknown name
// suggests the nearest known name.
package command

import (
	"io"

	"igs/internal/fault"
)

// Kind is what values a flag takes.
type Kind int

// The kinds of flags.
const (
	Text   Kind = iota // a value, in the next word or after "="
	Bool               // none; "=false" turns the flag off
	Switch             // none, which means true, or a value after "="
	List               // a value; the flag may be repeated
)

// Flag is a flag of a command or of the program.
type Flag struct {
	Name    string
	Short   string // one letter, "" = none
	Kind    Kind
	Default string
	Usage   string   // one line; backquotes mark the name of the value
	Words   []string // completions of the value
}

// help is a flag of every command.
var help = Flag{Name: "help", Short: "h", Kind: Bool, Usage: "print this help"}

// takesWord reports whether the next word of the line is the value.
func (f Flag) takesWord() bool { return f.Kind == Text || f.Kind == List }

// Command is a command of the program.
type Command struct {
	Name        string
	Args        string // the arguments, as the help shows them
	Usage       string // one line
	Description string
	Details     string // more for the help, which the man page leaves out
	Hidden      bool
	Flags       []Flag
	Words       []string // completions of the arguments
	Run         func(*Line) error
}

// Program is a program with its commands.
type Program struct {
	Name     string
	Usage    string // one line
	Examples string // lines for the help
	Flags    []Flag // of every command
	Commands []*Command
	Before   func(*Line) error // runs before the command, with the flags of every command
	Out      io.Writer         // of help
}

// Line is a parsed command line.
type Line struct {
	Command *Command
	Args    []string // the arguments that are not flags
	values
}

// values holds the values of the flags by their long names. A flag that is not on the line has its default.
type values interface {
	String(name string) string
	Bool(name string) bool
	StringSlice(name string) []string
	IsSet(name string) bool
}

// Files returns the arguments, or an error when their number is not that of want.
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

// command finds a command by its name; nil means that there is none.
func (p *Program) command(name string) *Command {
	for _, c := range p.Commands {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// visible lists the commands that help and completion show.
func (p *Program) visible() []*Command {
	var shown []*Command
	for _, c := range p.Commands {
		if !c.Hidden {
			shown = append(shown, c)
		}
	}
	return shown
}
