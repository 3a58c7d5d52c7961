package engine

import (
	"testing"

	"igs/internal/fault"
	"igs/memory"
)

// A list that is too long for the loops of a device is an error with a hint. Devices without a limit take any list.
func TestListsTooLongToWalkAreRefused(t *testing.T) {
	c := &Renderer{setup: Setup{Limits: memory.Limits{Loops: 65535}}}
	if err := c.checkList(longestList); err != nil {
		t.Errorf("%d pairs: %v", longestList, err)
	}
	if err := c.checkList(longestList + 1); fault.Code(err) != fault.BadInput || fault.Hint(err) == "" {
		t.Errorf("%d pairs: %v, hint %q", longestList+1, err, fault.Hint(err))
	}
	c.setup.Limits.Loops = 0
	if err := c.checkList(1 << 24); err != nil {
		t.Errorf("a device without limit: %v", err)
	}
}
