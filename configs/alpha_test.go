package configs

import (
	"strings"
	"testing"
)

func TestAlpha(t *testing.T) {
	for text, want := range map[string]Alpha{"keep": AlphaKeep, " Drop ": AlphaDrop, "over:#FFaa00": "over:#ffaa00"} {
		j := Default()
		if err := j.Set("input.alpha", text, "--set"); err != nil || j.Target.Alpha != want {
			t.Errorf("%q: %q, %v", text, j.Target.Alpha, err)
		}
	}
	if rgb, ok := Alpha("over:#ffaa00").Over(); !ok || rgb != [3]uint8{255, 170, 0} {
		t.Errorf("%v, %v", rgb, ok)
	}
	for _, text := range []string{"over:#zz", "over:#ffff", "over:white", "over:#ffffff00", "", "kept"} {
		if err := Default().Set("input.alpha", text, "--set"); err == nil || !strings.Contains(err.Error(), "over:#rrggbb") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, ok := AlphaKeep.Over(); ok {
		t.Error("keep has a colour")
	}
}
