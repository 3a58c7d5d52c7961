package configs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

const longestList = 1000

// setText stores a value written as on a command line: lists are separated by commas,
// digits may be grouped with underscores. Nothing is stored when it is not allowed.
func (k key) setText(j *Job, text string) error {
	var value any
	switch k.field(j).(type) {
	case *int, *int64:
		n, err := wholeNumber(text)
		if err != nil {
			return fmt.Errorf("%s %w", k.name, err)
		}
		value = n
	case *float64:
		x, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text), "_", ""), 64)
		if err != nil {
			return fmt.Errorf("%s wants a number, not %s", k.name, strconv.Quote(text))
		}
		value = x
	case *bool:
		b, err := strconv.ParseBool(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("%s wants true or false, not %s", k.name, strconv.Quote(text))
		}
		value = b
	case *string, *size, *toggle, *Cadence:
		value = text
	case *[]int:
		list := []any{}
		for item := range strings.SplitSeq(text, ",") {
			n, err := wholeNumber(item)
			if err != nil {
				return fmt.Errorf("%s %w", k.name, err)
			}
			list = append(list, n)
		}
		value = list
	case *[]string:
		list := []any{}
		for item := range strings.SplitSeq(text, ",") {
			if item != "" {
				list = append(list, item)
			}
		}
		value = list
	}
	return k.set(j, value)
}

func wholeNumber(text string) (int64, error) {
	n, err := strconv.ParseInt(strings.ReplaceAll(strings.TrimSpace(text), "_", ""), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("wants a whole number, not %s", strconv.Quote(text))
	}
	return n, nil
}

// set stores a value in one of the shapes of TOML: int64, float64, bool, string, []any.
// A single value stands for a list of one.
func (k key) set(j *Job, value any) error {
	switch field := k.field(j).(type) {
	case *int:
		return put(k, field, value, "a whole number")
	case *int64:
		return put(k, field, value, "a whole number")
	case *float64:
		if n, whole := value.(int64); whole {
			value = float64(n)
		}
		return put(k, field, value, "a number")
	case *bool:
		return put(k, field, value, "true or false")
	case *string:
		return put(k, field, value, "a text")
	case *size:
		return k.setSize(field, value)
	case *toggle:
		return k.setToggle(field, value)
	case *Cadence:
		return k.setCadence(field, value)
	case *[]int:
		return putList(k, field, value, "whole numbers")
	case *[]string:
		return putList(k, field, value, "texts")
	}
	panic("configs: field of unknown type for " + k.name)
}

// put checks one value and stores it in a field of type T, whose TOML shape is T, or
// int64 for the integers.
func put[T int | int64 | float64 | bool | string](k key, field *T, value any, wants string) error {
	v, ok := narrow[T](value)
	if !ok {
		return fmt.Errorf("%s wants %s, not %s", k.name, wants, describe(value))
	}
	if err := k.check(v); err != nil {
		return err
	}
	*field = v
	return nil
}

func putList[T int | string](k key, field *[]T, value any, wants string) error {
	items, isList := value.([]any)
	if !isList {
		items = []any{value}
	}
	if len(items) > longestList {
		return fmt.Errorf("%s has %d entries; it may have %d", k.name, len(items), longestList)
	}
	list := make([]T, 0, len(items))
	for _, item := range items {
		v, ok := narrow[T](item)
		if !ok {
			return fmt.Errorf("%s wants %s, not %s", k.name, wants, describe(item))
		}
		if err := k.check(v); err != nil {
			return err
		}
		if slices.Contains(list, v) {
			return fmt.Errorf("%s names %v twice", k.name, v)
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return fmt.Errorf("%s is an empty list", k.name)
	}
	*field = list
	return nil
}

func narrow[T any](value any) (T, bool) {
	if n, whole := value.(int64); whole && int64(int(n)) == n {
		if v, ok := any(int(n)).(T); ok {
			return v, true
		}
	}
	v, ok := value.(T)
	return v, ok
}

// check holds one value against range and choices. The comparison is written so that
// NaN fails it.
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

// outside names the bound that was broken, and both when both may interest.
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
	return fmt.Errorf("%s is %s; it must be %s", k.name, value, limits)
}

func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (k key) choose(value string) error {
	if k.choices != nil && !slices.Contains(k.choices, value) {
		suggestion := ""
		if near := Nearest(value, k.choices); near != "" {
			suggestion = "; did you mean " + near + "?"
		}
		return fmt.Errorf("%s is %s; it must be %s%s", k.name, strconv.Quote(value), oneOf(k.choices), suggestion)
	}
	return nil
}

// oneOf lists words as a sentence does.
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// describe names a value of the wrong type as the user wrote it.
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
