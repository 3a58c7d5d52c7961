package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"igs/configs"
	"igs/record"
)

const fromDefault = "default"

// setting is a row of the table of settings.
type setting struct{ Key, Value, Origin string }

// commonSettings are the settings that all runs of a page have in common.
type commonSettings struct {
	Recipe    string
	Set, Rest []setting
	all       map[string]record.Setting
}

// commonOf compares the settings of runs. It is nil when no run has settings.
func commonOf(runs []Run) *commonSettings {
	var c *commonSettings
	for i := range runs {
		r := runs[i].Record
		switch {
		case r == nil || len(r.Settings) == 0:
		case c == nil:
			c = &commonSettings{all: maps.Clone(r.Settings)}
		default:
			maps.DeleteFunc(c.all, func(key string, s record.Setting) bool { return !same(s, r.Settings[key]) })
		}
	}
	if c == nil {
		return nil
	}
	c.Set, c.Rest = settingsOf(c.all)
	if recipe, known := c.all["recipe"]; known {
		c.Recipe = valueText(recipe.Value)
	}
	return c
}

func same(a, b record.Setting) bool {
	return a.Origin == b.Origin && valueText(a.Value) == valueText(b.Value)
}

// other are the settings of a run that are not common to all.
func (c *commonSettings) other(all map[string]record.Setting) []setting {
	if c == nil {
		return nil
	}
	own := maps.Clone(all)
	maps.DeleteFunc(own, func(key string, s record.Setting) bool { _, common := c.all[key]; return common })
	set, initial := settingsOf(own)
	return append(set, initial...)
}

// settingsOf splits the settings of a run into those that something set and those at their
// defaults. Both have the order of a job file. Keys that this version does not know come last.
func settingsOf(all map[string]record.Setting) (set, initial []setting) {
	place := map[string]int{}
	for i, v := range configs.Default().Values() {
		place[v.Key] = i + 1
	}
	keys := slices.Sorted(maps.Keys(all))
	slices.SortStableFunc(keys, func(a, b string) int {
		if place[a] == 0 || place[b] == 0 {
			return place[b] - place[a]
		}
		return place[a] - place[b]
	})
	for _, key := range keys {
		s := setting{key, valueText(all[key].Value), all[key].Origin}
		if s.Origin == fromDefault {
			initial = append(initial, s)
		} else {
			set = append(set, s)
		}
	}
	return set, initial
}

// valueText writes a value for people, similar to a job file.
func valueText(value any) string {
	switch v := value.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		var items []string
		for _, item := range v {
			items = append(items, valueText(item))
		}
		return strings.Join(items, ", ")
	case string:
		if v == "" {
			return `""`
		}
		return v
	}
	text, err := json.Marshal(value)
	if err != nil {
		return absent
	}
	return string(text)
}
