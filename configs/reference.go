package configs

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"igs/internal/oneline"
)

//go:embed init.toml
var shortJob []byte

// Template is a job file to begin with: short, with what people change most, or with every
// key at its default.
func Template(all bool) []byte {
	if !all {
		return slices.Clone(shortJob)
	}
	j := Default()
	j.Input.Images = []string{"photo.png"}
	text := "# Every setting of igs at its default. Paths are relative to this file.\n\n"
	return append([]byte(text), j.toml(unchanged)...)
}

// Effective writes the settings with the origin of each, one a line, as a job file. With
// changed those at their defaults are left out.
func (j *Job) Effective(changed bool) string {
	type entry struct{ section, text, origin string }
	var entries []entry
	width := 0
	for _, k := range schema {
		origin := j.origins[k.name]
		if changed && origin == fromDefault {
			continue
		}
		section, word := split(k.name)
		text := word + " = " + k.literal(j, absolute)
		if k.literal(j, absolute) == "[]" {
			text = "# " + text
		}
		entries = append(entries, entry{section, text, origin})
		width = max(width, min(len(text), 44))
	}
	var out strings.Builder
	section := ""
	for _, e := range entries {
		if e.section != section {
			section = e.section
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			fmt.Fprintf(&out, "[%s]\n", section)
		}
		fmt.Fprintf(&out, "%-*s # %s\n", width, e.text, oneline.Text(e.origin))
	}
	return out.String()
}

// Reference is the table of all keys in Markdown, section by section.
func Reference() string {
	var out strings.Builder
	last := "-"
	for _, k := range schema {
		section, word := split(k.name)
		if section != last {
			last = section
			title := "[" + section + "]"
			if section == "" {
				title = "before the first section"
			}
			fmt.Fprintf(&out, "\n### %s\n\n| key | type | default | |\n|---|---|---|---|\n", title)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", word, k.kind(), k.shownDefault(), k.meaning())
	}
	return out.String()
}

// kind names the type of a key, and its range where there is one.
func (k key) kind() string {
	name, bounded := k.in(Default()).kind()
	if k.path && name == texts.name {
		name = "path"
	}
	if !bounded {
		return name
	}
	switch {
	case k.choices != nil:
		return oneOf(k.choices)
	case k.above:
		name += ", above " + number(k.low)
	case k.low != 0:
		name += ", at least " + number(k.low)
	}
	switch {
	case k.below:
		name += ", below " + number(k.high)
	case k.high != 0 && k.high < many:
		name += ", at most " + number(k.high)
	}
	return name
}

func (k key) shownDefault() string {
	if k.initial == "" {
		return "–"
	}
	return "`" + k.literal(Default(), unchanged) + "`"
}

func (k key) meaning() string {
	text := k.doc
	if k.more != "" {
		text += ". " + k.more
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

// Keys are the names of all settings, in the order of a written job file.
func Keys() []string {
	names := make([]string, len(schema))
	for i, k := range schema {
		names[i] = k.name
	}
	return names
}

// Choices are the values that a key can have, nil when it can have others.
func Choices(name string) []string {
	k, _ := find(name)
	return k.choices
}
