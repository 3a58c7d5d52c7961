package configs

import (
	"fmt"
	"strconv"
	"strings"
)

const auto = "auto"

// toggle is a field that is false, true, or auto.
type toggle string

// setToggle stores a truth value, or a text that names one.
func (k key) setToggle(field *toggle, value any) error {
	switch v := value.(type) {
	case bool:
		*field = toggle(strconv.FormatBool(v))
		return nil
	case string:
		text := strings.TrimSpace(v)
		if b, err := strconv.ParseBool(text); err == nil {
			return k.setToggle(field, b)
		}
		if err := k.choose(text); err != nil {
			return err
		}
		*field = toggle(text)
		return nil
	}
	return fmt.Errorf("%s wants true, false or \"auto\", not %s", k.name, describe(value))
}

// value is the toggle as it stands in a job file: a truth value where it is one.
func (t toggle) value() any {
	if b, err := strconv.ParseBool(string(t)); err == nil {
		return b
	}
	return string(t)
}
