package engine

import (
	"testing"

	"igs/internal/fault"
	"igs/memory"
)

// Lists that are too long for the loops of a device are an error that says what to do. Devices whose loops do not end walk any.
func TestListsTooLongToWalkAreRefused(t *testing.T) {
	c := &Renderer{setup: Setup{Limits: memory.Limits{Loops: 65535}}}
	if err := c.walkable(longestList); err != nil {
		t.Errorf("%d pairs: %v", longestList, err)
	}
	if err := c.walkable(longestList + 1); fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
		t.Errorf("%d pairs: %v, hint %q", longestList+1, err, fault.Hint(err))
	}
	c.setup.Limits.Loops = 0
	if err := c.walkable(1 << 24); err != nil {
		t.Errorf("a device without limit: %v", err)
	}
}
