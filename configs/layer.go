package configs

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

const fromDefault = "default"

// Set lays a value written as on a command line over what the job holds. The error is
// Mistakes; the job is unchanged then.
func (j *Job) Set(name, value, origin string) error {
	k, known := find(name)
	if !known {
		return Mistakes{{Where: origin, Text: unknown(name, false)}}
	}
	if err := k.setText(j, value); err != nil {
		return Mistakes{{Where: origin, Text: err.Error()}}
	}
	j.origins[name] = origin
	return nil
}

// Without is a copy of the job with one setting back at its default.
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

// SetEnvironment lays every IGS_ variable of a key over the job: train.eval_every is
// IGS_TRAIN_EVAL_EVERY. environ is in the form of os.Environ.
func (j *Job) SetEnvironment(environ []string) error {
	keys := map[string]string{}
	for _, k := range schema {
		keys[variable(k.name)] = k.name
	}
	var errs []error
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(entry, "=")
		if key := keys[name]; key != "" && value != "" {
			errs = append(errs, j.Set(key, value, name))
		}
	}
	return Gather(errs...)
}

func variable(key string) string {
	return "IGS_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// store lays a value of a job file over the job, its paths made relative to base.
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

// rebase makes one path or a list of them relative to base; other values stay, for set
// to complain about.
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

// whence is where to point for a mistake in a setting: nowhere when it is a default.
func (j *Job) whence(name string) string {
	if origin := j.origins[name]; origin != fromDefault {
		return origin
	}
	return ""
}

// Value is a setting as it stands, and where it came from.
type Value struct {
	Key    string
	Value  any // int, int64, float64, bool, string, []int or []string; sizes and times are texts
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
