package command

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Columns of the help: it fits into a terminal of helpWidth columns, and meanings of flags begin at meaningColumn.
const (
	helpWidth     = 80
	meaningColumn = 28
)

// writeHelp writes the help of the program.
func (p *Program) writeHelp() error {
	var h helpText
	h.line(p.Name + ": " + p.Usage)
	h.line("\nusage: " + p.Name + " COMMAND [flags] [files]")
	h.examples(p.Examples)
	h.line("\ncommands:")
	for _, c := range p.visible() {
		h.pair("  "+strings.TrimSpace(c.Name+" "+c.Args), c.Usage)
	}
	h.line("\nflags of every command:")
	for _, f := range append(p.Flags[:len(p.Flags):len(p.Flags)], helpFlags...) {
		h.pair(label(f), meaning(f))
	}
	h.line("\n" + p.Name + " COMMAND --help explains a command and its flags.")
	return h.to(p.Out)
}

// writeCommandHelp writes the help of a command. all adds the flags that few people need, and the details.
func (p *Program) writeCommandHelp(c *Command, all bool) error {
	var h helpText
	usage := strings.TrimSpace(p.Name + " " + c.Name + " [flags] " + c.Args)
	h.wrapped("", p.Name+" "+c.Name+": "+c.Usage)
	h.line("\nusage: " + usage)
	h.examples(c.Examples)
	more := h.flags(c.Flags, all)
	if c.Description != "" && (all || c.Details == "") {
		for paragraph := range strings.SplitSeq(c.Description, "\n\n") {
			h.line("")
			h.wrapped("", paragraph)
		}
	}
	if all && c.Details != "" {
		h.line("\n" + c.Details)
	}
	h.line("")
	rest := ""
	if !all && (len(more) > 0 || c.Details != "") {
		rest = p.Name + " " + c.Name + " --help-all shows more: " + strings.Join(append(more, detailsOf(c)...), ", ") + ". "
	}
	h.wrapped("", rest+p.Name+" --help: the flags of every command.")
	return h.to(p.Out)
}

func detailsOf(c *Command) []string {
	if c.Details == "" {
		return nil
	}
	title, _, _ := strings.Cut(c.Details, ":")
	return []string{title}
}

// helpText is a help that is being written.
type helpText struct{ strings.Builder }

func (h *helpText) line(text string) { h.WriteString(text + "\n") }

func (h *helpText) to(w io.Writer) error {
	_, err := io.WriteString(w, h.String())
	return err
}

func (h *helpText) examples(all []Example) {
	if len(all) == 0 {
		return
	}
	h.line("\nexamples:")
	width := 0
	for _, e := range all {
		width = max(width, utf8.RuneCountInString(e.Line))
	}
	for _, e := range all {
		h.line("  " + e.Line + strings.Repeat(" ", width-utf8.RuneCountInString(e.Line)+3) + e.Meaning)
	}
}

// flags writes the flags in their groups, in the order in which the groups come first. It returns the names of the flags
// that it leaves out.
func (h *helpText) flags(flags []Flag, all bool) (left []string) {
	done := map[string]bool{}
	for _, first := range flags {
		if done[first.Group] {
			continue
		}
		done[first.Group] = true
		begun := false
		for _, f := range flags {
			if f.Group != first.Group {
				continue
			}
			if f.Rare && !all {
				left = append(left, "--"+f.Name)
				continue
			}
			if !begun {
				h.line("\n" + heading(f.Group) + ":")
				begun = true
			}
			h.pair(label(f), meaning(f))
		}
	}
	return left
}

func heading(group string) string {
	if group == "" {
		return "flags"
	}
	return group
}

// pair writes a name and its meaning in two columns. A long name has a line of its own.
func (h *helpText) pair(name, meaning string) {
	if n := utf8.RuneCountInString(name); n+2 <= meaningColumn {
		name += strings.Repeat(" ", meaningColumn-n)
	} else {
		name += "\n" + strings.Repeat(" ", meaningColumn)
	}
	h.wrapped(name, meaning)
}

// wrapped writes words after a beginning of meaningColumn columns, or after none, and breaks them into lines.
func (h *helpText) wrapped(beginning, text string) {
	indent := ""
	if beginning != "" {
		indent = strings.Repeat(" ", meaningColumn)
	}
	h.WriteString(beginning)
	at := len(indent)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > helpWidth:
			h.WriteString("\n" + indent)
			at = len(indent)
		default:
			h.WriteString(" ")
			at++
		}
		h.WriteString(word)
		at += n
	}
	h.line("")
}

// label is the name of a flag in the help, with the name of its value.
func label(f Flag) string {
	name := "      --" + f.Name
	if f.Short != "" {
		name = "  -" + f.Short + ", --" + f.Name
	}
	switch value := valueName(f); {
	case value == "":
		return name
	case f.Kind == Switch:
		return name + " [" + value + "]"
	default:
		return name + " " + value
	}
}

// meaning is the usage of a flag without the marks around the name of its value.
func meaning(f Flag) string {
	text := strings.ReplaceAll(f.Usage, "`", "")
	if f.Default != "" {
		text += " (without it: " + f.Default + ")"
	}
	return text
}

// valueName is the name of the value of a flag, or "".
func valueName(f Flag) string {
	_, rest, marked := strings.Cut(f.Usage, "`")
	if !marked {
		return ""
	}
	name, _, _ := strings.Cut(rest, "`")
	return name
}
