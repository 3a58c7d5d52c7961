package configs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// setText stores a value written as on a command line. It stores nothing when the value is not allowed.
func (k key) setText(j *Job, text string) error {
	if k.auto != nil && strings.TrimSpace(text) == auto {
		return k.set(j, k.auto)
	}
	value, err := k.in(j).parse(text)
	if err != nil {
		return fmt.Errorf("%s %w", k.name, err)
	}
	return k.set(j, value)
}

// set stores a value of one of the types of TOML: int64, float64, bool, string, []any.
func (k key) set(j *Job, value any) error {
	if k.auto != nil && value == any(auto) {
		value = k.auto
	}
	if err := k.in(j).set(k, value); err != nil {
		return fmt.Errorf("%s %w", k.name, err)
	}
	return nil
}

// get is the value as run.json and a job file have it.
func (k key) get(j *Job) any { return k.in(j).get() }

// check compares one value with its range and choices. NaN fails the comparison.
func (k key) check(value any) error {
	switch v := value.(type) {
	case int:
		if float64(v) < k.low || float64(v) > k.high {
			return k.outside(strconv.Itoa(v), float64(v))
		}
	case int64:
		if float64(v) < k.low || float64(v) > k.high {
			return k.outside(strconv.FormatInt(v, 10), float64(v))
		}
	case float64:
		if !(v >= k.low && v <= k.high) || k.above && v == k.low || k.below && v == k.high {
			return k.outside(strconv.FormatFloat(v, 'g', -1, 64), v)
		}
	case string:
		return k.choose(v)
	}
	return nil
}

// outside names the bound that the value breaks, or the range when both bounds are of interest.
func (k key) outside(value string, v float64) error {
	limits := "from " + number(k.low) + " to " + number(k.high)
	switch {
	case k.above && !(v > k.high):
		limits = "above " + number(k.low)
	case k.high >= many && v < k.low:
		limits = "at least " + number(k.low)
	case k.above, k.high >= many:
		limits = "at most " + number(k.high)
	case k.below && v >= k.high:
		limits = "below " + number(k.high)
	}
	return fmt.Errorf("is %s; it must be %s", value, limits)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (k key) choose(value string) error {
	if k.choices != nil && !slices.Contains(k.choices, value) {
		suggestion := ""
		if near := Nearest(value, k.choices); near != "" {
			suggestion = "; did you mean " + near + "?"
		}
		return fmt.Errorf("is %s; it must be %s%s", strconv.Quote(value), oneOf(k.choices), suggestion)
	}
	return nil
}

// oneOf lists words: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// describe names a value of a wrong type as the user wrote it.
func describe(value any) string {
	switch v := value.(type) {
	case string:
		return "the text " + strconv.Quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.Trunc(v) == v {
			return strconv.FormatFloat(v, 'f', 1, 64)
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		return "a list"
	case map[string]any:
		return "a section"
	case []map[string]any:
		return "a list of sections"
	}
	return fmt.Sprintf("%v", value)
}
