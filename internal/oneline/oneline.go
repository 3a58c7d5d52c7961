// Package oneline makes text safe for one line of a terminal, a log or a file. Names of files, devices and colour
// profiles may contain line breaks and control codes.
package oneline

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Text replaces each character that is not printable, and each byte that is not UTF-8, by a question mark.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, strings.ToValidUTF8(s, "?"))
}

// Short is Text without blanks around it, cut to at most most characters. A text that is cut ends in … .
func Short(s string, most int) string {
	s = strings.TrimSpace(Text(s))
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Path is a path for a message. It is unchanged, or in quotes with escapes when it is empty or has characters that Text
// replaces.
func Path(path string) string {
	if path == "" || Text(path) != path {
		return strconv.Quote(path)
	}
	return path
}

// mostListed is how many names List shows.
const mostListed = 12

// List joins names on one line. A long list shows its end, which holds the newest.
func List(names []string) string {
	before := ""
	if left := len(names) - mostListed; left > 0 {
		names, before = names[left:], fmt.Sprintf("%d more, ", left)
	}
	return Text(before + strings.Join(names, ", "))
}
