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
