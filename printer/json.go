package printer

import (
	"encoding/json"
	"io"
	"math"
	"reflect"
	"strings"
)

// Object is a JSON line: a struct of simple values with json tags. The fields of embedded structs become fields of the
// line.
type Object interface{ Name() string }

// JSON writes one object a line, which begins with the field event. An infinite number or NaN, such as the PSNR of
// equal pictures, becomes null.
type JSON struct{ w io.Writer }

// NewJSON writes to w.
func NewJSON(w io.Writer) *JSON { return &JSON{w} }

// Write writes a line.
func (j *JSON) Write(o Object) {
	j.w.Write(append(encode(o), '\n'))
}

func encode(o Object) []byte {
	return append(appendFields([]byte(`{"event":`+string(literal(o.Name()))), reflect.ValueOf(o)), '}')
}

// appendFields writes the fields of a struct and of the structs embedded in it.
func appendFields(out []byte, v reflect.Value) []byte {
	for i := range v.NumField() {
		if v.Type().Field(i).Anonymous {
			out = appendFields(out, v.Field(i))
			continue
		}
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if options == "omitempty" && v.Field(i).IsZero() {
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
