package command

import (
	"slices"
	"strings"
)

// Completion is what can stand in place of a word: words, and paths of one kind.
type Completion struct {
	Choices []Choice
	Paths   Paths
}

// Choice is a word with its meaning, which may be "".
type Choice struct{ Word, Meaning string }

// Complete lists the completions of the last word; the words before it say which command and flag it belongs to.
func (p *Program) Complete(words []string) Completion {
	if len(words) == 0 {
		words = []string{""}
	}
	words = joined(words)
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
	found := p.possible(command, known, last, before)
	found.Choices = slices.DeleteFunc(found.Choices, func(c Choice) bool { return !strings.HasPrefix(c.Word, last) })
	slices.SortFunc(found.Choices, func(a, b Choice) int { return strings.Compare(a.Word, b.Word) })
	return found
}

// joined takes the "=" out of a line that bash has cut at it: --preset = l becomes --preset l.
func joined(words []string) []string {
	var all []string
	for i, word := range words {
		flagBefore := i > 0 && strings.HasPrefix(words[i-1], "--")
		switch {
		case word == "=" && flagBefore && i == len(words)-1:
			all = append(all, "")
		case word == "=" && flagBefore:
		default:
			all = append(all, word)
		}
	}
	return all
}

// possible lists all that can stand in place of last.
func (p *Program) possible(command *Command, known map[string]option, last string, before []string) Completion {
	if name, _, given := strings.Cut(last, "="); given && strings.HasPrefix(last, "--") {
		return Completion{Choices: choices(name+"=", known[strings.TrimLeft(name, "-")].Words)}
	}
	previous := ""
	if len(before) > 0 && strings.HasPrefix(before[len(before)-1], "-") {
		previous = strings.TrimLeft(before[len(before)-1], "-")
	}
	switch o := known[previous]; {
	case previous != "" && o.takesWord(last):
		return Completion{choices("", o.Words), o.Paths}
	case strings.HasPrefix(last, "-"):
		var all Completion
		for name, o := range known {
			if name == o.Name {
				all.Choices = append(all.Choices, Choice{"--" + name, meaning(o.Flag)})
			}
		}
		return all
	case command == nil:
		var all Completion
		for _, c := range p.visible() {
			all.Choices = append(all.Choices, Choice{c.Name, c.Usage})
		}
		return all
	default:
		return Completion{choices("", command.Words), command.Paths}
	}
}

func choices(before string, words []string) []Choice {
	var all []Choice
	for _, word := range words {
		all = append(all, Choice{Word: before + word})
	}
	return all
}
