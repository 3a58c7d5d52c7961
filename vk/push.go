package vk

import (
	"fmt"
	"reflect"
	"unsafe"
)

// pushData copies the memory of v, a struct or a pointer to one, as a push block of the given size. Go lays out structs
// of 32-bit fields as std430 does; a test of package shaders compares the offsets of all push blocks.
func pushData(v any, want int) ([]byte, error) {
	if v == nil {
		if want != 0 {
			return nil, fmt.Errorf("needs %d bytes of push constants, got none", want)
		}
		return nil, nil
	}
	value := reflect.ValueOf(v)
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return nil, fmt.Errorf("push constants are a nil %T", v)
		}
		value = value.Elem()
	}
	t := value.Type()
	if !plain(t) {
		return nil, fmt.Errorf("push constants of type %T hold more than plain numbers", v)
	}
	// Go pads the end of a struct to its alignment. GLSL does not.
	size := int(t.Size())
	if size < want || size-want >= t.Align() {
		return nil, fmt.Errorf("push constants of type %T are %d bytes, but the kernel has %d", v, size, want)
	}
	at := reflect.New(t) // an addressable copy
	at.Elem().Set(value)
	data := make([]byte, want)
	copy(data, unsafe.Slice((*byte)(at.UnsafePointer()), size))
	return data, nil
}

// plain reports whether a type has the same bytes in Go and on the device.
func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int32, reflect.Uint32, reflect.Float32, reflect.Int64, reflect.Uint64, reflect.Float64,
		reflect.Int16, reflect.Uint16, reflect.Int8, reflect.Uint8:
		return true
	case reflect.Array:
		return plain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !plain(t.Field(i).Type) {
				return false
			}
		}
		return true
	}
	return false
}
