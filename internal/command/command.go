// Package command describes the commands of a program and their flags, and runs the command of a command line. Only the
// file cli.go knows the library that parses flags.
//
// Flags stand anywhere on the line, before, between and after file names; "--" ends them. The error of an unknown name
// suggests the name that was meant.
package command

import (
	"io"
	"slices"

	"igs/configs"
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

// Paths says which paths complete a word of the line in a shell.
type Paths int

// The kinds of paths.
const (
	NoPaths Paths = iota
	Files         // files, and the folders that they are in
	Folders
)

// Flag is a flag of a command or of the program.
type Flag struct {
	Name    string
	Short   string // one letter, "" = none
	Kind    Kind
	Default string
	Usage   string   // one line; backquotes mark the name of the value
	Words   []string // completions of the value
	Paths   Paths    // completions of the value
	Group   string   // the heading in the help, "" = flags
	Rare    bool     // shown by --help-all only
	Meant   []string // names that people write for it; the error of an unknown flag suggests this one

	// Takes reports whether a Switch takes the next word of the line as its value; nil means that it never does.
	Takes func(word string) bool
}

// helpFlags are flags of every command.
var helpFlags = []Flag{
	{Name: "help", Short: "h", Kind: Bool, Usage: "print this help"},
	{Name: "help-all", Kind: Bool, Usage: "print the help with every flag"},
}

// takesWord reports whether the flag takes the next word of the line, next, as its value.
func (f Flag) takesWord(next string) bool {
	return f.Kind == Text || f.Kind == List || f.Kind == Switch && f.Takes != nil && f.Takes(next)
}

// Command is a command of the program.
type Command struct {
	Name        string
	Args        string // the arguments, as the help shows them
	Usage       string // one line
	Examples    []Example
	Description string
	Details     string // more for --help-all, which the man page leaves out
	Hidden      bool
	Flags       []Flag
	Words       []string // completions of the arguments
	Paths       Paths    // completions of the arguments
	Meant       []string // names that people write for it; the error of an unknown command suggests this one
	Run         func(*Line) error
}

// Example is a command line with its meaning.
type Example struct{ Line, Meaning string }

// Program is a program with its commands.
type Program struct {
	Name     string
	Usage    string // one line
	Examples []Example
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

// meantCommand is the name of the command that a wrong name most likely means, or "".
func (p *Program) meantCommand(wrong string) string {
	var names []string
	for _, c := range p.visible() {
		if slices.Contains(c.Meant, wrong) {
			return c.Name
		}
		names = append(names, c.Name)
	}
	return configs.Nearest(wrong, names)
}
