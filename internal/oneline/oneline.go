// Package oneline makes text from outside fit for one line of a terminal, a log or a file: names of files, of devices and of
// colour profiles may hold line breaks and control codes.
package oneline

import (
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

// Short is Text without blanks around it and with at most most characters. The last of them is … when some are left out.
func Short(s string, most int) string {
	s = strings.TrimSpace(Text(s))
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Path is the name of a file for a message: as it is, or in quotes with escapes when it is empty or does not fit one line.
func Path(path string) string {
	if path == "" || Text(path) != path {
		return strconv.Quote(path)
	}
	return path
}
