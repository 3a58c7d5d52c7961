package configs

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// units of a size. Within a kind, a larger unit comes before a smaller one.
var units = []struct {
	name  string
	bytes int64
}{
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3},
	{"B", 1}, // the last one, because all others end in B
}

const longestSize = 40 // letters

// ParseSize reads a number of bytes: 2GiB, 96MiB, 500MB, 1.5GiB, or a plain whole number.
// Upper and lower case are the same, and underscores may group digits. A fraction of a byte is
// cut off. Any other text, or more than 2⁶³-1 bytes, is an error.
func ParseSize(text string) (int64, error) {
	digits, unit := strings.TrimSpace(text), int64(1)
	for _, u := range units {
		if n := len(digits) - len(u.name); n > 0 && strings.EqualFold(digits[n:], u.name) {
			digits, unit = strings.TrimSpace(digits[:n]), u.bytes
			break
		}
	}
	digits = strings.ReplaceAll(digits, "_", "")
	whole, fraction, hasPoint := strings.Cut(digits, ".")
	switch {
	case len(text) > longestSize || whole == "" || hasPoint && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "":
		return 0, fmt.Errorf("wants a size such as 2GiB, 1.5GiB, 96MiB, 500MB or a number of bytes, not %s", strconv.Quote(text))
	case hasPoint && unit == 1:
		return 0, fmt.Errorf("wants whole bytes, not %s", strconv.Quote(text))
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	var part int64
	if hasPoint { // the fraction is below one unit: a float64 is exact enough and cannot overflow
		share, _ := strconv.ParseFloat("0."+fraction, 64)
		part = int64(share * float64(unit))
	}
	if err != nil || n > (math.MaxInt64-part)/unit {
		return 0, fmt.Errorf("is %s, which is more than any memory", strconv.Quote(text))
	}
	return n*unit + part, nil
}

// FormatSize writes a number of bytes in the largest binary unit that gives a whole number.
// ParseSize gives the same number back.
func FormatSize(n int64) string {
	for _, u := range units {
		if strings.HasSuffix(u.name, "iB") && n != 0 && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

// size is a number of bytes that is written with its unit; 0 is written as auto.
type size int64

func (s size) String() string {
	if s == 0 {
		return auto
	}
	return FormatSize(int64(s))
}

type sizeField struct{ at *size }

func (f sizeField) parse(text string) (any, error) { return text, nil }
func (f sizeField) get() any                       { return f.at.String() }
func (f sizeField) take(from field)                { *f.at = *from.(sizeField).at }

// set stores bytes, a size or auto.
func (f sizeField) set(k key, value any) error {
	switch v := value.(type) {
	case string:
		if strings.TrimSpace(v) == auto {
			*f.at = 0
			return nil
		}
		n, err := ParseSize(v)
		if err != nil {
			return fmt.Errorf("%w; with auto, igs chooses", err)
		}
		return f.set(k, n)
	case int64:
		if float64(v) < k.low {
			return fmt.Errorf("is %s; it must be at least %s", FormatSize(v), FormatSize(int64(k.low)))
		}
		*f.at = size(v)
		return nil
	}
	return fmt.Errorf("wants a size such as \"2GiB\", or \"auto\", not %s", describe(value))
}

// sizesField is several sizes, which commas separate on a command line.
type sizesField struct{ at *[]size }

func (f sizesField) parse(text string) (any, error) { return list[string]{nil, texts}.parse(text) }
func (f sizesField) take(from field)                { *f.at = *from.(sizesField).at }

func (f sizesField) get() any {
	var texts []string
	for _, s := range *f.at {
		texts = append(texts, s.String())
	}
	return texts
}

func (f sizesField) set(k key, value any) error {
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	var sizes []size
	for _, item := range items {
		var one size
		if err := (sizeField{&one}).set(k, item); err != nil {
			return err
		}
		switch {
		case one == 0:
			return errors.New("has no size in one of its entries")
		case slices.Contains(sizes, one):
			return fmt.Errorf("names %s twice", one)
		}
		sizes = append(sizes, one)
	}
	if len(sizes) == 0 || len(sizes) > longestList {
		return fmt.Errorf("has %d entries; it may have 1 to %d", len(sizes), longestList)
	}
	*f.at = sizes
	return nil
}
