package vk

import (
	"reflect"
	"testing"
)

func TestPeaksBeginAnew(t *testing.T) {
	var l ledger
	l.add("pixels", 100)
	l.add("lists", 10)
	l.add("pixels", -100)
	l.reset()
	l.add("lists", 5)
	l.add("lists", -15)
	want := Usage{Now: 0, Peak: 15, Groups: []GroupUse{{"lists", 0, 15}, {"pixels", 0, 0}}}
	if got := l.usage(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
