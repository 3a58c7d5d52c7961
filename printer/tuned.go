package printer

import (
	"fmt"
	"strings"

	"igs/internal/oneline"

	"igs/optim/selfcheck"
)

// tried is one tuning of igs bench --tune.
type tried struct {
	Knob         string  `json:"knob"` // "" = the tuning at the start
	Value        string  `json:"value"`
	Milliseconds float64 `json:"ms_per_step"`
	Best         bool    `json:"best"` // so far
	Error        string  `json:"error,omitempty"`
}

// Tuned is the result of igs bench --tune.
type Tuned struct {
	Device     string  `json:"device"`
	Driver     string  `json:"driver"`
	W          int     `json:"width"`
	H          int     `json:"height"`
	C          int     `json:"channels"`
	Tuning     string  `json:"tuning"`
	Before     float64 `json:"ms_per_step_before"`
	After      float64 `json:"ms_per_step"`
	Trials     int     `json:"trials"`
	Timestamps bool    `json:"timestamps"` // false = wall time
	Kept       bool    `json:"kept"`
}

func (tried) Name() string { return "tried" }
func (Tuned) Name() string { return "tuned" }

// Trial prints a tuning that was tried, on the live line or on a line of its own.
func (c *Console) Trial(t selfcheck.Trial) {
	one := tried{Knob: t.Knob, Value: t.Value, Milliseconds: t.Milliseconds, Best: t.Best}
	what, result := "at the start", fmt.Sprintf("%.2f ms a step", t.Milliseconds)
	if t.Knob != "" {
		what = t.Knob + "=" + t.Value
		if t.Best {
			result += ", the best so far"
		}
	}
	if t.Err != nil {
		one.Error, _, _ = strings.Cut(t.Err.Error(), "\n")
		result = "not possible on this device: " + one.Error
	}
	c.Tell(one)
	line := oneline.Text("tuning, " + what + ": " + result)
	switch {
	case c.live != nil:
		c.live.show(line)
	case c.lines != nil:
		fmt.Fprintln(c.err, "igs:", line)
	}
	c.Debug("%s", line)
}

// Tuned prints the tuning that was found with the given number of splats.
func (c *Console) Tuned(t Tuned, splats int) {
	c.Tell(t)
	clock := "wall time"
	if t.Timestamps {
		clock = "by timestamps"
	}
	c.Say("%s, %s\n%d × %d px, %d channels, %d splats: %.2f ms a step (%s) before, %.2f after %d trials\n%s", oneline.Text(t.Device), oneline.Text(t.Driver),
		t.W, t.H, t.C, splats, t.Before, clock, t.After, t.Trials, t.Tuning)
}
