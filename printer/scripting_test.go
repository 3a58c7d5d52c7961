package printer

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/scripting.md names every object and every field, and no field that does not exist.
func TestScriptingNamesEveryField(t *testing.T) {
	text, err := os.ReadFile("../docs/scripting.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, part := range strings.Split(string(text), "\n### ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		body, _, _ = strings.Cut(body, "\n## ")
		sections[title] = body
	}
	field := regexp.MustCompile("`([a-z0-9_]+)`")
	for title, objects := range map[string][]Object{
		"`run_started`": {runStarted{}}, "`estimated`": {estimated{}}, "`progress` (`--json-progress`)": {progressObject{}}, "`evaluated`": {evaluated{}}, "`densified`": {densified{}}, "`rescaled`": {rescaled{}},
		"`rounded`": {rounded{}}, "`checkpointed`": {checkpointed{}}, "`saved`": {saved{}}, "`warned`": {warned{}}, "`assembling`": {assembling{}}, "`drawing` (igs render, igs eval)": {rendering{}},
		"`run_ended`": {runEnded{}}, "`exit`": {Exit{}}, "`setting` (igs config)": {Setting{}}, "`preset_chosen` (`--preset auto`)": {PresetChosen{}},
		"`planned` (igs plan, a run each)": {planned{}}, "`planned_batch` (igs plan in flat layout, the pictures of one size each)": {plannedBatch{}},
		"`corpus` (many small pictures)": {corpusAdvanced{}}, "`model_written` (many small pictures)": {corpusWritten{}}, "`evaluated` (igs eval)": {evaluation{}}, "`compared` (igs compare, a run each)": {compared{}},
		"`bd_rate` (igs compare, two settings each)": {bdRate{}}, "`codec_point` (igs compare --codecs, a file each)": {codecPoint{}},
		"`device` and `check` (igs devices)": {device{}, checked{}}, "`bench`, `kernel`, `memory`, `mode`, `tried` and `tuned` (igs bench)": {Timing{}, kernelTiming{}, groupMemory{}, modeTiming{}, tried{}, Tuned{}}, "`version`": {Version{}},
	} {
		body, there := sections[title]
		if !there {
			t.Errorf("no section %s", title)
			continue
		}
		delete(sections, title)
		var named, has []string
		for _, row := range strings.Split(body, "\n") {
			if strings.HasPrefix(row, "| `") {
				first, _, _ := strings.Cut(row[2:], " |")
				for _, m := range field.FindAllStringSubmatch(first, -1) {
					named = append(named, m[1])
				}
			}
		}
		for _, o := range objects {
			if !strings.Contains(title, "`"+o.Name()+"`") {
				t.Errorf("%T is told as %q, but stands under %s", o, o.Name(), title)
			}
			kind := reflect.TypeOf(o)
			for _, f := range reflect.VisibleFields(kind) {
				if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" && !f.Anonymous {
					has = append(has, name)
				}
			}
		}
		for _, name := range has {
			if !slices.Contains(named, name) {
				t.Errorf("%s: %q is missing", title, name)
			}
		}
		for _, name := range named {
			if !slices.Contains(has, name) {
				t.Errorf("%s: there is no %q", title, name)
			}
		}
	}
	for title := range sections {
		t.Errorf("nothing is told as %s", title)
	}
}
