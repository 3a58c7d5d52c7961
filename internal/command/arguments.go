package command

import (
	"os"
	"slices"
	"strings"

	"igs/configs"
	"igs/internal/fault"
)

// option is a flag that the command line may have.
type option struct {
	Flag
	global bool
}

// arrange puts the command line in order: flags of every command, the command, its flags, "--", files. The parser takes
// all words after the first file name for file names. Unknown commands and flags are errors.
func (p *Program) arrange(args []string) ([]string, error) {
	known := options(p.Flags, true)
	args, command, err := p.findCommand(args, known)
	if err != nil || command == nil {
		return args, err
	}
	for name, o := range options(command.Flags, false) {
		known[name] = o
	}
	var global, own, names []string
	set := map[string]bool{} // flags that have a value already
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
		case !given && o.takesWord(after(args, i)):
			i++
			if i == len(args) || isFlag(args[i], known) {
				return nil, fault.New(fault.BadInput, "igs "+command.Name+" --help explains the flag", "%s needs a value", arg)
			}
			value = args[i]
		case !given:
			value = "true"
		}
		if (o.Kind == Text || o.Kind == Switch) && set[o.Name] {
			return nil, fault.New(fault.BadInput, "give it once; several values are a list with commas, such as 300,200", "--%s is given twice", o.Name)
		}
		set[o.Name] = true
		flag := "--" + o.Name + "=" + value
		if o.global {
			global = append(global, flag)
		} else {
			own = append(own, flag)
		}
	}
	return slices.Concat(global, []string{command.Name}, own, []string{"--"}, names), nil
}

// after is the word after word i, or "".
func after(words []string, i int) string {
	if i+1 < len(words) {
		return words[i+1]
	}
	return ""
}

func options(flags []Flag, global bool) map[string]option {
	known := map[string]option{}
	add := func(flags []Flag, global bool) {
		for _, f := range flags {
			known[f.Name] = option{f, global}
			if f.Short != "" {
				known[f.Short] = option{f, global}
			}
		}
	}
	add(helpFlags, false)
	add(flags, global)
	return known
}

func isFlag(arg string, known map[string]option) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	_, ok := known[name]
	return ok && strings.HasPrefix(arg, "-")
}

// findCommand takes the command out of the arguments. A line without a command asks for help.
func (p *Program) findCommand(args []string, known map[string]option) ([]string, *Command, error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if strings.HasPrefix(arg, "-") {
			if arg == "--version" {
				return nil, p.command("version"), nil
			}
			name, _, given := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			// A flag of a command may stand before the command, so the flags of all commands are known here.
			if o, ok := p.anyOption(known, name); ok && !given && o.takesWord(after(args, i)) {
				i++
			}
			continue
		}
		if arg == "help" {
			return p.helpOf(args[i+1:])
		}
		rest := slices.Delete(slices.Clone(args), i, i+1)
		if c := p.command(arg); c != nil {
			return rest, c, nil
		}
		return nil, nil, p.unknownCommand(arg)
	}
	for _, arg := range args {
		if name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "="); known[name].Name == "" {
			return nil, nil, unknownFlag(arg, name, "", known)
		}
	}
	return []string{"--help"}, nil, nil
}

// helpOf asks for the help of the command that the words after "help" name.
func (p *Program) helpOf(words []string) ([]string, *Command, error) {
	for _, word := range words {
		if c := p.command(word); c != nil {
			return []string{"--help"}, c, nil
		} else if !strings.HasPrefix(word, "-") {
			return nil, nil, p.unknownCommand(word)
		}
	}
	return []string{"--help"}, nil, nil
}

func (p *Program) anyOption(known map[string]option, name string) (option, bool) {
	if o, ok := known[name]; ok {
		return o, true
	}
	for _, c := range p.Commands {
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
	if near := meantFlag(name, known); near != "" {
		hint = "did you mean --" + near + "? " + hint
	}
	shown, _, _ := strings.Cut(arg, "=")
	return fault.New(fault.BadInput, hint, "unknown flag %s", shown)
}

// meantFlag is the long name of the flag that a wrong name most likely means, or "".
func meantFlag(wrong string, known map[string]option) string {
	var names []string
	for name, o := range known {
		if slices.Contains(o.Meant, strings.ReplaceAll(wrong, "_", "-")) {
			return o.Name
		}
		if name == o.Name {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return configs.Nearest(wrong, names)
}

func (p *Program) unknownCommand(arg string) error {
	if _, err := os.Stat(arg); err == nil {
		return fault.New(fault.BadInput, "to train it: igs run "+arg, "%s is a file, not a command", arg)
	}
	hint := "igs --help lists the commands"
	if near := p.meantCommand(arg); near != "" {
		hint = "did you mean igs " + near + "? " + hint
	}
	return fault.New(fault.BadInput, hint, "unknown command %s", arg)
}
