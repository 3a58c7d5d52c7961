package printer

import (
	"strings"

	"golang.org/x/text/width"
)

// part is a piece of the status line. In a narrow terminal the parts of high rank are left out first.
type part struct {
	text  string
	rank  int
	style string // of a terminal with colours; "" = plain
}

// look says what a status line may have.
type look struct{ bar, colour bool }

// fit joins the parts and leaves out those of high rank until the line fits.
func fit(parts []part, columns int, colour bool) string {
	for {
		texts := make([]string, len(parts))
		last, taken := 0, 0
		for i, p := range parts {
			texts[i] = p.text
			taken += columnsOf(p.text)
			if colour && p.style != "" {
				texts[i] = paint(p.style, p.text)
			}
			if p.rank > parts[last].rank {
				last = i
			}
		}
		if taken+len(gap)*(len(parts)-1) <= columns {
			return strings.Join(texts, gap)
		}
		if len(parts) == 1 {
			return cut(parts[0].text, columns)
		}
		parts = append(parts[:last:last], parts[last+1:]...)
	}
}

// gap is between two parts.
const gap = "  "

// cells is the length of a bar, columns.
const cells = 10

// bar shows a share.
func bar(share float64) string {
	full := min(cells, max(0, int(share*cells)))
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

func paint(style, text string) string { return "\x1b[" + style + "m" + text + "\x1b[0m" }

// columnsOf is how many columns of a terminal a text takes. Letters of East Asia take two.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		n += columnsOfRune(r)
	}
	return n
}

func columnsOfRune(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut is the begin of a text, in at most so many columns.
func cut(text string, columns int) string {
	for i, r := range text {
		if columns -= columnsOfRune(r); columns < 0 {
			return text[:i]
		}
	}
	return text
}

// fold breaks a text into lines of at most so many columns, between words. Later lines are indented. A word that is
// longer than a line, such as a path, stays whole. columns 0 means no limit.
func fold(text string, columns int) string {
	if columns <= 0 || columnsOf(text) <= columns {
		return text
	}
	words := strings.TrimLeft(text, " ")
	lead := text[:len(text)-len(words)]
	var lines []string
	line := lead
	for i, word := range strings.Split(words, " ") {
		switch {
		case i == 0:
			line += word
		case columnsOf(line)+1+columnsOf(word) <= columns:
			line += " " + word
		default:
			lines = append(lines, line)
			line = lead + gap + word
		}
	}
	return strings.Join(append(lines, line), "\n")
}
