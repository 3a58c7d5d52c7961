package configs

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// auto is the value with which a job file leaves a setting to igs.
const auto = "auto"

// field is the place in a job that holds a setting. Each kind of setting has a field type with all that depends on the
// kind. Values have the types of TOML: int64, float64, bool, string, []any. The caller puts the name of the key before
// an error.
type field interface {
	// parse reads a value written as on a command line. Digits may be grouped with underscores.
	parse(text string) (any, error)
	// set stores a value that k allows. Otherwise it stores nothing and returns an error.
	set(k key, value any) error
	// get is the value as run.json and a job file have it.
	get() any
	// take copies from a field of the same kind.
	take(from field)
}

// in is the field of a key in a job.
func (k key) in(j *Job) field {
	switch p := k.field(j).(type) {
	case *int:
		return scalar[int]{p, wholeNumbers}
	case *int64:
		return scalar[int64]{p, wholeNumbers}
	case *float64:
		return scalar[float64]{p, numbers}
	case *bool:
		return scalar[bool]{p, truths}
	case *string:
		return scalar[string]{p, texts}
	case *[]int:
		return list[int]{p, wholeNumbers}
	case *[]string:
		return list[string]{p, texts}
	case *[]float64:
		return list[float64]{p, numbers}
	case *[]size:
		return sizesField{p}
	case *size:
		return sizeField{p}
	case *Cadence:
		return cadenceField{p}
	case *Alpha:
		return alphaField{p}
	case *Strides:
		return stridesField{p}
	}
	panic("configs: field of unknown type for " + k.name)
}

// word says how single values of a type are parsed and how messages name them.
type word struct {
	one, many string // names for one value and for several, in errors
	parse     func(text string) (any, error)
}

var (
	wholeNumbers = word{"a whole number", "whole numbers", func(text string) (any, error) { return wholeNumber(text) }}
	numbers      = word{"a number", "numbers", parseNumber}
	truths       = word{"true or false", "", parseTruth}
	texts        = word{"a text", "texts", func(text string) (any, error) { return text, nil }}
)

// wholeNumber reads a whole number. A k at its end means thousands, and an M means millions.
func wholeNumber(text string) (int64, error) {
	digits, unit := ungrouped(text), int64(1)
	if before, thousands := strings.CutSuffix(digits, "k"); thousands {
		digits, unit = before, 1e3
	} else if before, millions := strings.CutSuffix(digits, "M"); millions {
		digits, unit = before, 1e6
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && n*unit/unit != n {
		return 0, errors.New(tooLarge(ungrouped(text)))
	}
	if err != nil {
		return 0, fmt.Errorf("wants a whole number, not %s", strconv.Quote(text))
	}
	return n * unit, nil
}

// tooLarge is the mistake of a whole number that has more than 63 bits.
func tooLarge(digits string) string {
	return fmt.Sprintf("is %s; a whole number must be from %d to %d", digits, math.MinInt64, math.MaxInt64)
}

func parseNumber(text string) (any, error) {
	x, err := strconv.ParseFloat(ungrouped(text), 64)
	if err != nil {
		return nil, fmt.Errorf("wants a number, not %s", strconv.Quote(text))
	}
	return x, nil
}

func parseTruth(text string) (any, error) {
	b, err := strconv.ParseBool(strings.TrimSpace(text))
	if err != nil {
		return nil, fmt.Errorf("wants true or false, not %s", strconv.Quote(text))
	}
	return b, nil
}

// ungrouped is a number without blanks around it and without underscores between its digits.
func ungrouped(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "_", "") }

// scalar is a single value.
type scalar[T int | int64 | float64 | bool | string] struct {
	at *T
	word
}

func (f scalar[T]) parse(text string) (any, error) { return f.word.parse(text) }
func (f scalar[T]) get() any                       { return *f.at }
func (f scalar[T]) take(from field)                { *f.at = *from.(scalar[T]).at }

func (f scalar[T]) set(k key, value any) error {
	v, ok := narrow[T](value)
	if !ok {
		return fmt.Errorf("wants %s, not %s", f.one, describe(value))
	}
	if err := k.check(v); err != nil {
		return err
	}
	*f.at = v
	return nil
}

// narrow converts a value of TOML to the type of a field. A whole number becomes an int or a float64 if it fits.
func narrow[T any](value any) (T, bool) {
	if n, whole := value.(int64); whole {
		if v, ok := any(int(n)).(T); ok {
			return v, int64(int(n)) == n
		}
		if v, ok := any(float64(n)).(T); ok {
			return v, true
		}
	}
	v, ok := value.(T)
	return v, ok
}

const longestList = 1000

// list is several values, which commas separate on a command line. A single value is a list of one.
type list[T int | float64 | string] struct {
	at *[]T
	word
}

func (f list[T]) get() any        { return *f.at }
func (f list[T]) take(from field) { *f.at = *from.(list[T]).at }

func (f list[T]) parse(text string) (any, error) {
	items := []any{}
	for item := range strings.SplitSeq(text, ",") {
		v, err := f.word.parse(item)
		if err != nil {
			return nil, err
		}
		if v != "" {
			items = append(items, v)
		}
	}
	return items, nil
}

func (f list[T]) set(k key, value any) error {
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	if len(items) > longestList {
		return fmt.Errorf("has %d entries; it may have %d", len(items), longestList)
	}
	values := make([]T, 0, len(items))
	for _, item := range items {
		v, ok := narrow[T](item)
		if !ok {
			return fmt.Errorf("wants %s, not %s", f.many, describe(item))
		}
		if err := k.check(v); err != nil {
			return err
		}
		if slices.Contains(values, v) {
			return fmt.Errorf("names %v twice", v)
		}
		values = append(values, v)
	}
	if len(values) == 0 {
		return errors.New("is an empty list")
	}
	*f.at = values
	return nil
}
