package convert

import (
	"strconv"
	"strings"
	"unicode"
)

// oneLine is an error whose text may hold what a file says: its control characters are written out.
type oneLine struct{ error }

func (e oneLine) Unwrap() error { return e.error }

func (e oneLine) Error() string {
	var out strings.Builder
	for _, r := range e.error.Error() {
		if unicode.IsControl(r) {
			out.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}
