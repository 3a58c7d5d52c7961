package configs

import (
	"fmt"
	"strings"
)

// reference is the table of all keys in Markdown, section by section.
func reference() string {
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
	var name string
	switch k.in(Default()).(type) {
	case scalar[int], scalar[int64]:
		name = "whole number"
	case scalar[float64]:
		name = "number"
	case scalar[bool]:
		return "true or false"
	case scalar[string]:
		name = "text"
		if k.path {
			name = "path"
		}
	case sizeField:
		return "size"
	case cadenceField:
		return "steps or time"
	case alphaField:
		return "`keep`, `drop`, `over:#rrggbb`"
	case stridesField:
		return "auto, a stride or stages"
	case list[int]:
		name = "whole numbers"
	case list[float64]:
		name = "numbers"
	case sizesField:
		return "sizes"
	case list[string]:
		return "paths and patterns"
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
