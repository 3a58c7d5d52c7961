// Package oneline makes text from outside fit for one line of a terminal, a log or a file: names of files, of devices and of
// colour profiles may hold line breaks and control codes.
package oneline

import (
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

// Short is Text without blanks around it and with at most most characters. The last of them is … when some are left out.
func Short(s string, most int) string {
	s = strings.TrimSpace(Text(s))
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
