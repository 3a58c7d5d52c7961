package command

import (
	"slices"
	"strings"
)

// Complete lists the completions of the last word; the words before it say which command and flag it belongs to.
func (p *Program) Complete(words []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	last, before := words[len(words)-1], words[:len(words)-1]
	known := options(p.Flags, true)
	var command *Command
	for _, word := range before {
		if c := p.command(word); c != nil && command == nil {
			command = c
			for name, o := range options(c.Flags, false) {
				known[name] = o
			}
		}
	}
	all := slices.DeleteFunc(p.words(command, known, last, before), func(word string) bool { return !strings.HasPrefix(word, last) })
	slices.Sort(all)
	return all
}

// words lists all words that can stand in place of last.
func (p *Program) words(command *Command, known map[string]option, last string, before []string) (all []string) {
	previous := ""
	if len(before) > 0 && strings.HasPrefix(before[len(before)-1], "-") {
		previous = strings.TrimLeft(before[len(before)-1], "-")
	}
	switch o := known[previous]; {
	case previous != "" && o.takesWord():
		return slices.Clone(o.Words)
	case strings.HasPrefix(last, "-"):
		for name := range known {
			if len(name) > 1 {
				all = append(all, "--"+name)
			}
		}
	case command == nil:
		for _, c := range p.visible() {
			all = append(all, c.Name)
		}
	default:
		return slices.Clone(command.Words)
	}
	return all
}
