package configs

import (
	"math"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"2GiB": 2 << 30, "96MiB": 96 << 20, "500MB": 500e6, "1.5GiB": 3 << 29, "4096": 4096, " 1_000 kb ": 1e6,
		"7B": 7, "1TiB": 1 << 40, "0": 0, "0.3GiB": 322122547, "9223372036854775807": math.MaxInt64, "8388607.5TiB": 8388607<<40 + 1<<39,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "GiB", "2 G", "-1", "+1", "1e9", "inf", "nan", "0x10", ".5GiB", "5.GiB", "1.2.3MiB", "1.5", "2GiBB", "1,5GiB", "٣MiB",
		"9223372036854775808", "8388608TiB", "8388607.9999999999999999999TiB", strings.Repeat("1", 100),
	} {
		if got, err := ParseSize(text); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %d, %v; want one line of error", text, got, err)
		}
	}
}

func TestFormatSizeTakesTheLargestWholeUnit(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0B", 1: "1B", 1023: "1023B", 1024: "1KiB", 96 << 20: "96MiB", 3 << 29: "1536MiB", 1 << 40: "1TiB", 500e6: "500000000B", 1<<30 + 1: "1073741825B",
	} {
		if got := FormatSize(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

// A size stays the same when it is written and read again.
func FuzzParseSize(f *testing.F) {
	for _, text := range []string{"2GiB", "1.5GiB", "500MB", "9223372036854775807", "8388607.99TiB", "0.0000000001TB", "_", "1_0 b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseSize(text)
		if err != nil {
			return
		}
		if n < 0 {
			t.Fatalf("%q is %d", text, n)
		}
		if again, err := ParseSize(FormatSize(n)); err != nil || again != n {
			t.Fatalf("%q is %d, written %s, read %d, %v", text, n, FormatSize(n), again, err)
		}
	})
}

func TestMemoryKeys(t *testing.T) {
	for text, want := range map[string]Memory{
		"": {UseAMP: true, Recompute: false, Budget: 0},
		"use_amp = false\nuse_gradient_checkpointing = true":   {UseAMP: false, Recompute: true, Budget: 0},
		"use_gradient_checkpointing = true\nbudget = \"2GiB\"": {UseAMP: true, Recompute: true, Budget: 2 << 30},
		"budget = \"auto\"":                  {UseAMP: true, Recompute: false, Budget: 0},
		"budget = 1_048_576":                 {UseAMP: true, Recompute: false, Budget: 1 << 20},
		"use_gradient_checkpointing = false": {UseAMP: true, Recompute: false, Budget: 0},
	} {
		j, err := load(t, "[memory]\n"+text)
		if err != nil || j.Memory != want {
			t.Errorf("%s: %+v, %v; want %+v", text, j.Memory, err, want)
		}
	}
	for text, want := range map[string]string{
		"budget = true":                         `job.toml:2: memory.budget wants a size such as "2GiB", or "auto", not true`,
		"budget = 1.5":                          `job.toml:2: memory.budget wants a size such as "2GiB", or "auto", not 1.5`,
		"budget = -1":                           `job.toml:2: memory.budget is -1B; it must be at least 1MiB`,
		"use_gradient_checkpointing = 1":        `job.toml:2: memory.use_gradient_checkpointing wants true or false, not 1`,
		"use_gradient_checkpointing = \"some\"": `job.toml:2: memory.use_gradient_checkpointing wants true or false, not the text "some"`,
	} {
		if _, err := load(t, "[memory]\n"+text); err == nil || err.Error() != want {
			t.Errorf("%s: %v\nwant %s", text, err, want)
		}
	}
}

// run.json, job.toml and the environment write sizes and truth values as a job file does.
func TestMemoryKeysAreWrittenAsTheyAreRead(t *testing.T) {
	j := Default()
	if err := j.SetEnvironment([]string{"IGS_MEMORY_BUDGET=100663296", "IGS_MEMORY_USE_GRADIENT_CHECKPOINTING=1", "IGS_MEMORY_USE_AMP=0"}); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"memory.budget": "96MiB", "memory.use_gradient_checkpointing": true, "memory.use_amp": false}
	for _, v := range j.Values() {
		if w, ok := want[v.Key]; ok && (v.Value != w || !strings.HasPrefix(v.Origin, "IGS_MEMORY_")) {
			t.Errorf("%s is %v from %s, want %v", v.Key, v.Value, v.Origin, w)
		}
	}
	for _, line := range []string{"budget = \"96MiB\" #", "use_gradient_checkpointing = true #", "use_amp = false #"} {
		if !strings.Contains(string(j.TOML()), line) {
			t.Errorf("no %s in\n%s", line, j.TOML())
		}
	}
	if text := string(Default().TOML()); !strings.Contains(text, "use_gradient_checkpointing = false #") || !strings.Contains(text, "budget = \"auto\" #") {
		t.Errorf("defaults are written\n%s", text)
	}
}
