package runlog

import (
	"encoding/json"
	"io"
	"math"
	"reflect"
	"strings"

	"igs/event"
)

// JSON writes one object a line, event first, numbers as numbers. A number that JSON
// cannot write, as the PSNR of a perfect picture, becomes null.
type JSON struct{ w io.Writer }

// NewJSON writes to w.
func NewJSON(w io.Writer) *JSON { return &JSON{w} }

// Take writes every event but Stepped, which is for eyes only.
func (j *JSON) Take(e event.Event) {
	if _, ok := e.(event.Stepped); ok {
		return
	}
	j.w.Write(append(Object(e), '\n'))
}

// Object is an event as a JSON object. Its fields are simple values with json tags.
func Object(e event.Event) []byte {
	return append(appendFields([]byte(`{"event":`+string(literal(e.Name()))), reflect.ValueOf(e)), '}')
}

// appendFields writes the fields of a struct, those of an embedded one among them.
func appendFields(out []byte, v reflect.Value) []byte {
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous {
			out = appendFields(out, v.Field(i))
			continue
		}
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || options == "omitempty" && v.Field(i).IsZero() {
			continue
		}
		out = append(out, `,"`+name+`":`...)
		out = append(out, literal(v.Field(i).Interface())...)
	}
	return out
}

func literal(value any) []byte {
	if x, ok := value.(float64); ok && (math.IsInf(x, 0) || math.IsNaN(x)) {
		return []byte("null")
	}
	text, err := json.Marshal(value)
	if err != nil {
		return []byte("null")
	}
	return text
}
