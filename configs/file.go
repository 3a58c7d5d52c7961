package configs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"igs/internal/fault"
	"igs/internal/oneline"
)

const largestFile = 1 << 20 // bytes; a job file is a page of text

// Load reads a job file over the defaults. When the file has mistakes, the error is Mistakes,
// and the job is returned with everything that was right in it. The caller can then add the
// mistakes of further layers to the list.
func Load(path string) (*Job, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	j := Default()
	j.base = filepath.Dir(path)
	return j, j.decode(oneline.Path(filepath.Base(path)), text)
}

func readFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", unreadable(path, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", fault.New(fault.BadInput, "give the path of a job file in that folder", "%s is a directory, not a job file", oneline.Path(path))
	}
	text, err := io.ReadAll(io.LimitReader(f, largestFile+1))
	switch {
	case err != nil:
		return "", unreadable(path, err)
	case len(text) > largestFile:
		return "", fault.New(fault.BadInput, "check that it is a job file", "%s is longer than 1 MiB", oneline.Path(path))
	}
	return string(text), nil
}

func unreadable(path string, err error) error {
	hint := "check the permissions of the file"
	if errors.Is(err, fs.ErrNotExist) {
		hint = "check the path; relative paths start from the working directory"
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fault.New(fault.BadInput, hint, "job file %s: %w", oneline.Path(path), err)
}

// decode reads the text of a file over the job. Messages and origins call the file name.
func (j *Job) decode(name, text string) error {
	top := map[string]toml.Primitive{}
	meta, err := toml.Decode(text, &top)
	if err != nil {
		return syntaxMistake(name, err)
	}
	r := reader{job: j, name: name, meta: &meta}
	r.section("", top)
	slices.SortStableFunc(r.found, func(a, b placed) int { return a.line - b.line })
	var all Mistakes
	for _, p := range r.found {
		all = append(all, p.Mistake)
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

func syntaxMistake(name string, err error) error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		if digits, large := strings.CutSuffix(parse.Message, " is out of range for int64"); large {
			return Mistakes{{Where: place(name, parse.Position.Line), Text: "a value " + tooLarge(ungrouped(digits))}}
		}
		return Mistakes{{Where: place(name, parse.Position.Line), Text: parse.Message, Hint: "job files are TOML: key = value under [section] lines"}}
	}
	return Mistakes{{Where: name, Text: strings.TrimPrefix(err.Error(), "toml: ")}}
}

// reader goes through a decoded file and collects its mistakes.
type reader struct {
	job   *Job
	name  string
	meta  *toml.MetaData
	found []placed
}

type placed struct {
	line int
	Mistake
}

func (r *reader) section(prefix string, entries map[string]toml.Primitive) {
	for name, entry := range entries {
		full := name
		if !bare(name) {
			full = strconv.Quote(name)
		}
		r.entry(prefix+full, entry)
	}
}

// entry stores a value or goes into a section. It notes a mistake when it can do neither.
func (r *reader) entry(name string, entry toml.Primitive) {
	value, line := r.value(entry)
	k, known := find(name)
	_, isSection := value.(map[string]any)
	switch {
	case known && isSection:
		r.add(line, name+" is a value, not a section", "")
	case known:
		if err := r.job.store(k, value, r.where(line), r.job.base); err != nil {
			r.add(line, err.Error(), "")
		}
	case isSection && opens(name):
		var inner map[string]toml.Primitive
		if err := r.meta.PrimitiveDecode(entry, &inner); err == nil {
			r.section(name+".", inner)
		}
	case opens(name):
		r.add(line, name+" is a section, not "+describe(value), "")
	default:
		r.add(line, unknown(name, isSection), "")
	}
}

// value decodes an entry. The library tells the line of an entry only in an error, so
// capture always returns one.
func (r *reader) value(entry toml.Primitive) (value any, line int) {
	var c capture
	err := r.meta.PrimitiveDecode(entry, &c)
	var parse toml.ParseError
	if errors.As(err, &parse) {
		line = parse.Position.Line
	}
	return c.value, line
}

type capture struct{ value any }

func (c *capture) UnmarshalTOML(value any) error {
	c.value = value
	return errors.New("captured")
}

func (r *reader) add(line int, text, hint string) {
	r.found = append(r.found, placed{line, Mistake{Where: r.where(line), Text: text, Hint: hint}})
}

func (r *reader) where(line int) string { return place(r.name, line) }

// place is the position of a mistake: the file, and the line when it is known.
func place(name string, line int) string {
	if line == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, line)
}

// bare reports whether a TOML key needs no quotes.
func bare(name string) bool {
	return name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
}
