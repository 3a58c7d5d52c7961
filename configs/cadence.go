package configs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cadence is how often something is done: every Steps steps, or every Time.
// The zero value is never.
type Cadence struct {
	Steps int
	Time  time.Duration
}

const never = "never"

// String is the cadence as written in a job file.
func (c Cadence) String() string {
	switch {
	case c.Steps > 0:
		return strconv.Itoa(c.Steps)
	case c.Time > 0:
		text := c.Time.String() // 2m0s
		if strings.HasSuffix(text, "m0s") {
			text = strings.TrimSuffix(text, "0s")
		}
		if strings.HasSuffix(text, "h0m") {
			text = strings.TrimSuffix(text, "0m")
		}
		return text
	}
	return never
}

// value is the cadence in TOML: a number of steps, or a text.
func (c Cadence) value() any {
	if c.Steps > 0 {
		return c.Steps
	}
	return c.String()
}

type cadenceField struct{ at *Cadence }

func (f cadenceField) parse(text string) (any, error) { return text, nil }
func (f cadenceField) get() any                       { return f.at.value() }
func (f cadenceField) take(from field)                { *f.at = *from.(cadenceField).at }

// set stores a number of steps, a time, or never.
func (f cadenceField) set(k key, value any) error {
	switch v := value.(type) {
	case int64:
		if err := k.check(v); err != nil {
			return err
		}
		*f.at = Cadence{Steps: int(v)}
		return nil
	case string:
		text := strings.TrimSpace(v)
		if text == never {
			*f.at = Cadence{}
			return nil
		}
		if n, err := wholeNumber(text); err == nil {
			return f.set(k, n)
		}
		t, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return fmt.Errorf("wants a number of steps, a time such as \"2m\" or \"90s\", or \"never\", not %s", strconv.Quote(v))
		case t < time.Second:
			return fmt.Errorf("is %s; it must be at least 1s", text)
		}
		*f.at = Cadence{Time: t}
		return nil
	}
	return fmt.Errorf("wants a number of steps, or a time such as \"2m\", not %s", describe(value))
}
