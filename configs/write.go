package configs

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"igs/internal/oneline"
)

// TOML writes the job as a job file. Each key has a comment with its meaning and the origin of its
// value. Paths are absolute, so the file means the same in every folder. Load gives the same
// settings back.
func (j *Job) TOML() []byte { return j.toml(absolute) }

// absolute makes a path absolute. It returns a path unchanged when the working directory is unknown.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func unchanged(path string) string { return path }

// toml writes the job, with paths as place gives them.
func (j *Job) toml(place func(path string) string) []byte {
	var out bytes.Buffer
	section := ""
	for _, k := range schema {
		keySection, word := split(k.name)
		if keySection != section {
			fmt.Fprintf(&out, "\n[%s]\n", keySection)
			section = keySection
		}
		comment := k.doc
		if k.choices != nil {
			comment += ": " + strings.Join(k.choices, " | ")
		}
		if origin := j.whence(k.name); origin != "" {
			comment += " (from " + origin + ")"
		}
		literal := k.literal(j, place)
		if literal == "[]" {
			word = "# " + word // an empty list is a mistake
		}
		fmt.Fprintf(&out, "%s = %s # %s\n", word, literal, oneline.Text(comment))
	}
	return bytes.TrimPrefix(out.Bytes(), []byte("\n"))
}

// literal is the value in TOML.
func (k key) literal(j *Job, place func(path string) string) string {
	text := func(s string) string {
		if k.path && s != "" {
			s = place(s)
		}
		return quoted(s)
	}
	switch v := k.get(j).(type) {
	case float64:
		return decimal(v)
	case string:
		return text(v)
	case []int:
		return array(v, strconv.Itoa)
	case []string:
		return array(v, text)
	case []float64:
		return array(v, decimal)
	default:
		return fmt.Sprint(v)
	}
}

// decimal is a float in TOML.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// array is a list in TOML.
func array[T any](values []T, literal func(T) string) string {
	items := make([]string, len(values))
	for i, v := range values {
		items[i] = literal(v)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// quoted is a basic TOML string. TOML holds UTF-8 only: other bytes, which a file name may have,
// become U+FFFD.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Listing describes every key on a line of its own: name, default, meaning.
func Listing() string {
	var out strings.Builder
	for _, k := range schema {
		initial := k.initial
		if k.path && initial == "" {
			initial = "-"
		}
		if initial == "" {
			initial = `""`
		}
		fmt.Fprintf(&out, "%-33s %-9s %s\n", k.name, initial, k.doc)
	}
	return out.String()
}
