package vk

import (
	"bytes"
	"strings"
	"testing"
)

func TestPushData(t *testing.T) {
	type plainPush struct {
		A uint32
		B [2]float32
		C struct{ D int32 }
	}
	type padded struct {
		A uint64
		B uint32 // and 4 bytes of padding
	}
	v := plainPush{A: 1, B: [2]float32{1, 2}}
	v.C.D = -1
	want := []byte{1, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0xff, 0xff, 0xff, 0xff}
	for _, in := range []any{v, &v} {
		if got, err := pushData(in, 16); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%T: %v, %v; want %v", in, got, err, want)
		}
	}
	if got, err := pushData(padded{1, 2}, 12); err != nil || len(got) != 12 || got[8] != 2 {
		t.Errorf("padded: %v, %v", got, err)
	}
	if got, err := pushData(nil, 0); err != nil || got != nil {
		t.Errorf("nothing: %v, %v", got, err)
	}
	refused := []struct {
		v    any
		want int
		text string
	}{
		{nil, 4, "got none"},
		{v, 12, "16 bytes"},
		{v, 20, "16 bytes"},
		{(*plainPush)(nil), 16, "nil"},
		{struct{ P *int }{}, 8, "plain numbers"},
		{struct{ S string }{}, 16, "plain numbers"},
		{struct{ B bool }{}, 1, "plain numbers"},
		{struct{ N int }{}, 8, "plain numbers"}, // its size depends on the system
	}
	for _, c := range refused {
		if _, err := pushData(c.v, c.want); err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%T as %d bytes: error %v, want one with %q", c.v, c.want, err, c.text)
		}
	}
}
