package command

import (
	"fmt"
	"io"
	"strings"
)

// Manual is the text of a man page beside commands and flags.
type Manual struct {
	Version     string
	Description string
	Sections    []Section // after the flags
}

// Section is a part of a man page: a list of terms with their meanings.
type Section struct {
	Title   string
	Entries []Entry
}

// Entry is a term with its meaning. Italic marks a term that is a placeholder or a file.
type Entry struct {
	Term, Text string
	Italic     bool
}

// ManPage writes section 1 of the manual, with all commands and flags.
func (p *Program) ManPage(to io.Writer, m Manual) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"%s %s\" \"User Commands\"\n", strings.ToUpper(p.Name), p.Name, roff(m.Version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", p.Name, roff(p.Usage))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n.I COMMAND\n[\\fIflags\\fR] [\\fIfiles\\fR]\n", p.Name)
	fmt.Fprintf(&b, ".SH DESCRIPTION\n%s\n.SH COMMANDS\n", roff(m.Description))
	for _, c := range p.visible() {
		fmt.Fprintf(&b, ".SS \"%s %s %s\"\n%s.\n", p.Name, roff(c.Name), roff(c.Args), roff(c.Usage))
		if c.Description != "" {
			fmt.Fprintf(&b, ".PP\n%s\n", strings.ReplaceAll(roff(c.Description), "\n\n", "\n.PP\n"))
		}
		manExamples(&b, c.Examples)
		manFlags(&b, c.Flags)
	}
	b.WriteString(".SH OPTIONS\nEvery command has these flags. They may stand anywhere on the line.\n")
	manFlags(&b, p.Flags)
	for _, s := range m.Sections {
		fmt.Fprintf(&b, ".SH %s\n", s.Title)
		for _, e := range s.Entries {
			font := map[bool]string{false: ".B", true: ".I"}[e.Italic]
			fmt.Fprintf(&b, ".TP\n%s %s\n%s\n", font, roff(e.Term), roff(e.Text))
		}
	}
	_, err := io.WriteString(to, b.String())
	return err
}

func manExamples(b *strings.Builder, all []Example) {
	for _, e := range all {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(e.Line), roff(e.Meaning))
	}
}

func manFlags(b *strings.Builder, flags []Flag) {
	for _, f := range flags {
		names := "--" + f.Name
		if f.Short != "" {
			names += ", -" + f.Short
		}
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR", roff(names))
		if value := valueName(f); value != "" {
			fmt.Fprintf(b, " \\fI%s\\fR", roff(value))
		}
		fmt.Fprintf(b, "\n%s\n", roff(meaning(f)))
	}
}

// roff escapes what the formatter would read as a command.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "×", "x").Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}
