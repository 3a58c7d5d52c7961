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

// Template is a job file to begin with. It is short, with the settings that people change most; with all
// it has every key at its default.
func Template(all bool) []byte {
	if !all {
		return slices.Clone(shortJob)
	}
	j := Default()
	j.Input.Images = []string{"photo.png"}
	text := "# Every setting of igs at its default. Paths are relative to this file.\n\n"
	return append([]byte(text), j.toml(unchanged)...)
}

// Effective writes the settings as a job file, one a line, each with its origin. With changed,
// settings at their defaults are left out.
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

// Keys are the names of all settings, in the order of a written job file.
func Keys() []string {
	names := make([]string, len(schema))
	for i, k := range schema {
		names[i] = k.name
	}
	return names
}

// Choices are the only values that a key can have. It is nil when the key has no such list.
func Choices(name string) []string {
	k, _ := find(name)
	return k.choices
}
