package runlog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"

	"igs/event"
)

// ReadMetrics reads a metrics.csv. Columns are found by their names, which are those of the json tags of event.Evaluated; others are
// passed over, missing ones stay 0.
func ReadMetrics(path string) ([]event.Evaluated, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := readMetrics(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

func readMetrics(from io.Reader) ([]event.Evaluated, error) {
	r := csv.NewReader(from)
	header, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("no header: %w", err)
	}
	fields := map[string]int{}
	kind := reflect.TypeFor[event.Evaluated]()
	for i := range kind.NumField() {
		fields[kind.Field(i).Tag.Get("json")] = i
	}
	if header[0] != "step" {
		return nil, errors.New("the first column is not the step")
	}
	var rows []event.Evaluated
	for {
		columns, err := r.Read()
		if err == io.EOF {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		var row event.Evaluated
		for i, text := range columns {
			at, known := fields[header[i]]
			if !known {
				continue
			}
			if err := set(reflect.ValueOf(&row).Elem().Field(at), text); err != nil {
				line, _ := r.FieldPos(i)
				return nil, fmt.Errorf("line %d: %s: %w", line, header[i], err)
			}
		}
		rows = append(rows, row)
	}
}

func set(field reflect.Value, text string) error {
	if field.Kind() == reflect.Float64 {
		x, err := strconv.ParseFloat(text, 64) // inf and nan too
		field.SetFloat(x)
		return err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	field.SetInt(n)
	return err
}
