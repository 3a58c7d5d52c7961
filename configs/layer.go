package configs

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

const fromDefault = "default"

// Set gives a setting a value written as on a command line. The error is Mistakes; the job is
// then unchanged.
func (j *Job) Set(name, value, origin string) error {
	k, known := find(name)
	if !known {
		return Mistakes{{Where: origin, Text: unknown(name, false)}}
	}
	if err := k.setText(j, value); err != nil {
		return Mistakes{{Where: origin, Text: err.Error()}}
	}
	j.origins[name] = origin
	j.replaceRival(name)
	return nil
}

// Without is a copy of the job with one setting at its default.
func (j *Job) Without(name string) *Job {
	out := *j
	out.origins = maps.Clone(j.origins)
	if k, known := find(name); known && k.setText(&out, k.initial) == nil {
		out.origins[name] = fromDefault
	}
	return &out
}

// SetImages is Set for pictures from a command line, whose names may hold commas.
func (j *Job) SetImages(paths []string, origin string) error {
	k, _ := find("input.images")
	var items []any
	for _, path := range paths {
		if !slices.Contains(items, any(path)) {
			items = append(items, path)
		}
	}
	if err := k.set(j, items); err != nil {
		return Mistakes{{Where: origin, Text: err.Error()}}
	}
	j.origins[k.name] = origin
	return nil
}

// SetEnvironment gives settings the values of their environment variables. The variable of
// train.eval_every is IGS_TRAIN_EVAL_EVERY. environ has the form of os.Environ. A variable that is
// named like a setting and is none is a mistake.
func (j *Job) SetEnvironment(environ []string) error {
	keys := map[string]string{}
	for _, k := range schema {
		keys[variable(k.name)] = k.name
	}
	var errs []error
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(entry, "=")
		switch key := keys[name]; {
		case key != "" && value != "":
			errs = append(errs, j.Set(key, value, name))
		case key == "" && strings.HasPrefix(name, variablePrefix):
			errs = append(errs, misspelt(name, keys))
		}
	}
	return Gather(errs...)
}

const variablePrefix = "IGS_"

func variable(key string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// misspelt is the mistake of a variable that begins like those of a section or is nearly that of a key, nil when it is
// neither. igs has other variables, such as IGS_TUNE.
func misspelt(name string, keys map[string]string) error {
	word := strings.TrimPrefix(name, variablePrefix)
	near := Nearest(word, slices.Sorted(func(yield func(string) bool) {
		for known := range keys {
			if !yield(strings.TrimPrefix(known, variablePrefix)) {
				return
			}
		}
	}))
	ofSection := slices.ContainsFunc(sections(), func(s string) bool { return strings.HasPrefix(word, strings.ToUpper(s)+"_") })
	if near == "" && !ofSection {
		return nil
	}
	m := Mistake{Where: name, Text: "no setting has this variable", Hint: "igs config lists the settings; the variable of train.eval_every is IGS_TRAIN_EVAL_EVERY"}
	if near != "" {
		m.Text += "; did you mean " + variablePrefix + near + "?"
	}
	return Mistakes{m}
}

// store gives a setting a value of a job file. Relative paths start from base.
func (j *Job) store(k key, value any, origin, base string) error {
	_, single := k.in(j).(scalar[string])
	if none := single && k.initial == "" && value == ""; k.path && !none {
		var err error
		if value, err = rebase(value, base); err != nil {
			return errors.New(k.name + " " + err.Error())
		}
	}
	if err := k.set(j, value); err != nil {
		return err
	}
	j.origins[k.name] = origin
	return nil
}

// rebase joins base and one relative path, or each of a list. It returns other values unchanged;
// set refuses them later.
func rebase(value any, base string) (any, error) {
	switch v := value.(type) {
	case string:
		if v == "" {
			return nil, errors.New("has an empty path")
		}
		if filepath.IsAbs(v) {
			return v, nil
		}
		return filepath.Join(base, v), nil
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			var err error
			if list[i], err = rebase(item, base); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	return value, nil
}

// whence is the origin of a setting, for a message about a mistake. It is "" for a default.
func (j *Job) whence(name string) string {
	if origin := j.origins[name]; origin != fromDefault {
		return origin
	}
	return ""
}

// Origin tells what gave a setting its value: default, recipe paper, job.toml:12, --seed.
func (j *Job) Origin(name string) string { return j.origins[name] }

// Value is the value of a setting, and its origin.
type Value struct {
	Key    string
	Value  any // int, int64, float64, bool, string, []int, []float64 or []string; sizes and times are texts
	Origin string
}

// Values lists every setting in the order of the schema.
func (j *Job) Values() []Value {
	var values []Value
	for _, k := range schema {
		values = append(values, Value{Key: k.name, Value: k.get(j), Origin: j.origins[k.name]})
	}
	return values
}
