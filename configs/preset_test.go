package configs

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The table of the documentation, repeated here on purpose.
func TestPresetsAreTheTable(t *testing.T) {
	for name, want := range map[string]struct {
		gaussians int
		memory    Memory
	}{
		"none":     {10_000, Memory{UseAMP: true, Recompute: false, Budget: 0}},
		"standard": {10_000, Memory{UseAMP: true, Recompute: false, Budget: 0}},
		"large":    {20_000, Memory{UseAMP: true, Recompute: false, Budget: 0}},
		"extreme":  {30_000, Memory{UseAMP: true, Recompute: true, Budget: 0}},
	} {
		j := Default()
		if err := j.FillPreset(name); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !slices.Equal(j.Sweep.Gaussians, []int{want.gaussians}) || j.origins["sweep.steps"] != fromDefault || j.Memory != want.memory {
			t.Errorf("%s: %+v, %+v; want %+v", name, j.Sweep, j.Memory, want)
		}
		if len(j.contradictions()) > 0 {
			t.Errorf("%s: %v", name, j.contradictions())
		}
		origin := "preset " + name
		if name == "none" {
			origin = "default"
		}
		for _, key := range []string{"sweep.gaussians", "memory.use_amp", "memory.use_gradient_checkpointing"} {
			if j.origins[key] != origin {
				t.Errorf("%s: %s from %q", name, key, j.origins[key])
			}
		}
	}
}

func TestEveryNameOfAPresetIsOne(t *testing.T) {
	k, _ := find("preset")
	entries, err := presets.ReadDir("presets")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"none", "auto"}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".toml"))
		text, err := presets.ReadFile("presets/" + e.Name())
		if err != nil || !strings.HasPrefix(string(text), "# "+names[len(names)-1]+": ") {
			t.Errorf("%s does not say what it is for: %v", e.Name(), err)
		}
	}
	slices.Sort(names)
	if want := slices.Sorted(slices.Values(k.choices)); !slices.Equal(names, want) {
		t.Errorf("files %q, choices %q", names, want)
	}
}

func TestPresetFillsOnlyWhatNothingElseSet(t *testing.T) {
	j, err := load(t, "preset = \"extreme\"\n[sweep]\nsteps = 6000\n")
	if err != nil {
		t.Fatal(err)
	}
	err = Gather(
		j.SetEnvironment([]string{"IGS_MEMORY_USE_AMP=false"}),
		j.Set("sweep.gaussians", "10000", "--gaussians"), // the default value, but asked for
	)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.FillPreset(j.Preset); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"preset": "job.toml:1", "sweep.steps": "job.toml:3", "memory.use_amp": "IGS_MEMORY_USE_AMP", "sweep.gaussians": "--gaussians",
		"memory.use_gradient_checkpointing": "preset extreme", "memory.budget": "default",
	}
	for key, origin := range want {
		if j.origins[key] != origin {
			t.Errorf("%s from %q, want %q", key, j.origins[key], origin)
		}
	}
	if j.Memory != (Memory{UseAMP: false, Recompute: true, Budget: 0}) || !slices.Equal(j.Sweep.Gaussians, []int{10_000}) || !slices.Equal(j.Sweep.Steps, []int{6000}) {
		t.Errorf("%+v %+v", j.Sweep, j.Memory)
	}
	// The written job holds every value, so that reading it needs no preset.
	again, err := load(t, strings.ReplaceAll(string(j.TOML()), "extreme", "standard"))
	if err != nil {
		t.Fatal(err)
	}
	if err := again.FillPreset("standard"); err != nil || again.Memory != j.Memory || !reflect.DeepEqual(again.Sweep, j.Sweep) {
		t.Errorf("%v: %+v, want %+v", err, again, j)
	}
}

func TestPresetRefuses(t *testing.T) {
	j := Default()
	for _, name := range []string{"auto", "huge", "", "../presets/large"} {
		if err := j.FillPreset(name); err == nil {
			t.Errorf("there is a preset %q", name)
		}
	}
	for text, want := range map[string]string{
		"preset = \"large\"":   "preset x:1: neither a preset nor a recipe can set preset",
		"recipe = \"paper\"":   "preset x:1: neither a preset nor a recipe can set recipe",
		"effort = \"best\"":    "preset x:1: neither a preset nor a recipe can set effort",
		"[sweep]\nstep = 1":    "preset x:2: unknown key sweep.step; did you mean sweep.steps?",
		"[memory]\nbudget = 0": "preset x:2: memory.budget is 0B; it must be at least 1MiB",
	} {
		if err := j.fill("preset x", text); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
	if !reflect.DeepEqual(j, Default()) {
		t.Error("a refused preset left something behind")
	}
}

func TestAutoPreset(t *testing.T) {
	for _, c := range []struct {
		w, h, device int64
		name, why    string
	}{
		{10, 10, 0, "standard", "the largest picture has 100 pixels"},
		{4096, 2160, 0, "standard", "the largest picture has 8.8 megapixels"},
		{4097, 2160, 0, "large", "the largest picture has 8.8 megapixels"},
		{7680, 4320, 0, "large", "the largest picture has 33.2 megapixels"},
		{6000, 6000, 0, "large", "the largest picture has 36.0 megapixels"},
		{6001, 6000, 0, "extreme", "the largest picture has 36.0 megapixels"},
		{20000, 20000, 80 << 30, "extreme", "the largest picture has 400.0 megapixels"},
		{4096, 2160, 1 << 20, "standard", "the largest picture has 8.8 megapixels"}, // it fits in bands
		{7680, 4320, 300<<20 + 5, "extreme", "the largest picture has 33.2 megapixels, and the device has only 300 MiB for it"},
		{5000, 4000, 16*20_000_000 + 64<<20 - 1, "extreme", "the largest picture has 20.0 megapixels, and the device has only 369 MiB for it"},
		{5000, 4000, 16*20_000_000 + 64<<20, "large", "the largest picture has 20.0 megapixels"},
	} {
		if name, why := AutoPreset(c.w*c.h, c.device); name != c.name || why != c.why {
			t.Errorf("%d × %d with %d: %s, %s\nwant %s, %s", c.w, c.h, c.device, name, why, c.name, c.why)
		}
	}
}
