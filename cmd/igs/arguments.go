package main

import (
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/configs"
	"igs/internal/fault"
)

// The library stops looking for flags at the first argument and takes the rest for file
// names. So the line is put in order first: global flags, command, its flags, "--", files.

// option is a flag that may stand on the line.
type option struct {
	name   string // its long name
	global bool
	value  bool // wants one
}

// arrange also refuses what is unknown, by name.
func arrange(args []string, app *cli.App) ([]string, error) {
	known := options(app.Flags, true)
	args, command, err := findCommand(args, app, known)
	if err != nil || command == nil {
		return args, err
	}
	for name, o := range options(command.Flags, false) {
		known[name] = o
	}
	var global, own, names []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			names = append(names, args[i+1:]...)
			break
		}
		if !strings.HasPrefix(arg, "-") || arg == "-" {
			names = append(names, arg)
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		o, ok := known[name]
		switch {
		case !ok:
			return nil, unknownFlag(arg, name, command.Name, known)
		case o.value && !given:
			i++
			if i == len(args) || isFlag(args[i], known) {
				return nil, fault.New(fault.BadInput, "igs "+command.Name+" --help says which", "%s wants a value", arg)
			}
			value = args[i]
		case !o.value && !given:
			value = "true"
		}
		flag := "--" + o.name + "=" + value
		if o.global {
			global = append(global, flag)
		} else {
			own = append(own, flag)
		}
	}
	return slices.Concat(global, []string{command.Name}, own, []string{"--"}, names), nil
}

func options(flags []cli.Flag, global bool) map[string]option {
	known := map[string]option{"help": {name: "help"}, "h": {name: "help"}}
	for _, f := range flags {
		for _, name := range f.Names() {
			known[name] = option{f.Names()[0], global, !standsAlone(f)}
		}
	}
	return known
}

func isFlag(arg string, known map[string]option) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	_, ok := known[name]
	return ok && strings.HasPrefix(arg, "-")
}

// findCommand takes the command out of the arguments. Without one, what is left is for
// the library: help.
func findCommand(args []string, app *cli.App, known map[string]option) ([]string, *cli.Command, error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if strings.HasPrefix(arg, "-") {
			if arg == "--version" {
				return nil, app.Command("version"), nil
			}
			name, _, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			// A flag of a command may stand before it: any may have a value there.
			if o, ok := anyOption(app, known, name); ok && o.value && !given {
				i++
			}
			continue
		}
		if arg == "help" {
			if i+1 < len(args) && app.Command(args[i+1]) != nil {
				return []string{"--help"}, app.Command(args[i+1]), nil
			}
			return []string{"--help"}, nil, nil
		}
		rest := slices.Delete(slices.Clone(args), i, i+1)
		if c := app.Command(arg); c != nil {
			return rest, c, nil
		}
		return nil, nil, unknownCommand(arg, app)
	}
	for _, arg := range args {
		if name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "="); known[name].name == "" {
			return nil, nil, unknownFlag(arg, name, "", known)
		}
	}
	return []string{"--help"}, nil, nil
}

func anyOption(app *cli.App, known map[string]option, name string) (option, bool) {
	if o, ok := known[name]; ok {
		return o, true
	}
	for _, c := range app.Commands {
		if o, ok := options(c.Flags, false)[name]; ok {
			return o, true
		}
	}
	return option{}, false
}

func unknownFlag(arg, name, command string, known map[string]option) error {
	hint := "igs --help lists the flags"
	if command != "" {
		hint = "igs " + command + " --help lists the flags"
	}
	var names []string
	for n := range known {
		names = append(names, n)
	}
	slices.Sort(names)
	if near := configs.Nearest(name, names); len(near) > 1 {
		hint = "did you mean --" + near + "? " + hint
	}
	shown, _, _ := strings.Cut(arg, "=")
	return fault.New(fault.BadInput, hint, "unknown flag %s", shown)
}

func unknownCommand(arg string, app *cli.App) error {
	if _, err := os.Stat(arg); err == nil {
		return fault.New(fault.BadInput, "igs run "+arg+" trains it", "%s is not a command but a file", arg)
	}
	var names []string
	for _, c := range app.Commands {
		names = append(names, c.Name)
	}
	hint := "igs --help lists the commands"
	if near := configs.Nearest(arg, names); near != "" {
		hint = "did you mean igs " + near + "? " + hint
	}
	return fault.New(fault.BadInput, hint, "unknown command %s", arg)
}
