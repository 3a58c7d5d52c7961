package configs

import (
	"errors"
	"fmt"
	"strings"

	"igs/internal/fault"
	"igs/internal/oneline"
)

// Mistake is one thing wrong with a job.
type Mistake struct {
	Where string // job.toml:12, --seed, IGS_TRAIN_SEED, or "" for the job as a whole
	Text  string
	Hint  string
}

// Mistakes is everything that is wrong with a job. The user sees all of it at once.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	if len(m) == 1 {
		return m[0].String()
	}
	lines := []string{fmt.Sprintf("%d mistakes", len(m))}
	for _, mistake := range m {
		lines = append(lines, "  "+mistake.String())
	}
	return strings.Join(lines, "\n")
}

func (m Mistake) String() string {
	if m.Where == "" {
		return clipped(m.Text)
	}
	return m.Where + ": " + clipped(m.Text)
}

// clipped makes one line of limited length of a text that may quote any file. It keeps both ends of a long text.
func clipped(text string) string {
	text = oneline.Text(text)
	const head, tail = 180, 100
	if runes := []rune(text); len(runes) > head+tail {
		return string(runes[:head]) + " … " + string(runes[len(runes)-tail:])
	}
	return text
}

// FaultCode makes every mistake bad input.
func (m Mistakes) FaultCode() int { return fault.BadInput }

// FaultHint is the first hint among the mistakes, or a general one.
func (m Mistakes) FaultHint() string {
	for _, mistake := range m {
		if mistake.Hint != "" {
			return mistake.Hint
		}
	}
	return "igs run --help-all lists keys and flags"
}

// Gather makes one error of many: one list of all mistakes. An error of another kind is returned alone.
// The result is nil when all errors are nil.
func Gather(errs ...error) error {
	var all Mistakes
	for _, err := range errs {
		var some Mistakes
		switch {
		case err == nil:
		case errors.As(err, &some):
			all = append(all, some...)
		default:
			return err
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}
