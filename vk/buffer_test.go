package vk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/vk"
	"igs/vk/vktest"
)

func TestUsageIsExact(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	group := func(name string) vk.GroupUse {
		for _, g := range d.Usage().Groups {
			if g.Group == name {
				return g
			}
		}
		return vk.GroupUse{Group: name}
	}
	make := func(group string, bytes int64) *vk.Buffer {
		b, err := d.NewBuffer(vk.BufferSpec{Name: "b", Group: group, Bytes: bytes})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	before := d.Usage()
	a := make("params", 1<<20)
	one := d.Usage().Now - before.Now
	if one < 1<<20 || one > 1<<20+1<<16 {
		t.Fatalf("1 MiB counts as %d bytes", one)
	}
	b := make("params", 1<<20)
	c := make("image", 3<<20)
	if got := group("params"); got.Now != 2*one || got.Peak != 2*one {
		t.Errorf("params %+v, want %d now and at peak", got, 2*one)
	}
	a.Free()
	a.Free() // a second Free does nothing
	if got := group("params"); got.Now != one || got.Peak != 2*one {
		t.Errorf("params %+v, want %d now and %d at peak", got, one, 2*one)
	}
	if a.Mapped() != nil {
		t.Error("a freed buffer is mapped")
	}
	total := d.Usage()
	sum := int64(0)
	for _, g := range total.Groups {
		sum += g.Now
	}
	if sum != total.Now {
		t.Errorf("groups add up to %d, the total is %d", sum, total.Now)
	}
	peak := total.Peak
	b.Free()
	c.Free()
	if got := d.Usage(); got.Now != before.Now || got.Peak != peak {
		t.Errorf("%d now and %d at peak after freeing all; want %d and %d", got.Now, got.Peak, before.Now, peak)
	}
	if got := group("staging").Now; got != 0 {
		t.Errorf("%d bytes of staging before anything was copied", got)
	}
	e := make("params", 64)
	if err := d.Write(e, 0, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if got := group("staging").Now; got < 1<<20 {
		t.Errorf("%d bytes of staging in use", got)
	}
}

// TestWriteRead copies more than one chunk through staging, at odd offsets.
func TestWriteRead(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	const size = 9<<20 + 5
	data := make([]byte, size-7)
	for i := range data {
		data[i] = byte(i*7 + i>>9)
	}
	for _, use := range []vk.Use{vk.DeviceLocal, vk.Upload, vk.Readback} {
		b := buffer(t, d, "b", size, use)
		if err := d.Write(b, 3, data); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, size)
		if err := d.Read(b, 0, got); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got[3:3+len(data)], data) {
			t.Errorf("use %d: read back other bytes than written", use)
		}
		// Every byte that was not written is still poison.
		poison := []byte{0, 0, 0xc0, 0x7f}
		for _, i := range []int{0, 1, 2, size - 4, size - 1} {
			if got[i] != poison[i%4] {
				t.Errorf("use %d: byte %d is %#x, want poison %#x", use, i, got[i], poison[i%4])
			}
		}
		for _, off := range []int64{-1, size, size - int64(len(data)) + 1, 1 << 62} {
			if d.Write(b, off, data) == nil || d.Read(b, off, got[:len(data)]) == nil {
				t.Errorf("use %d: offset %d was accepted", use, off)
			}
		}
		b.Free()
		if d.Write(b, 0, data) == nil || d.Read(b, 0, got) == nil {
			t.Errorf("use %d: a freed buffer was accepted", use)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	before := d.Usage().Now
	for _, size := range []int64{d.Info().MaxAllocation + 1, 1 << 50, 1<<63 - 1} {
		_, err := d.NewBuffer(vk.BufferSpec{Name: "absurd", Group: "test", Bytes: size})
		var oom *vk.OutOfMemoryError
		if !errors.As(err, &oom) || fault.Code(err) != fault.OutOfMemory || fault.Hint(err) == "" {
			t.Fatalf("%d bytes: %v, want a typed out-of-memory error", size, err)
		}
		if oom.Name != "absurd" || oom.Group != "test" || oom.Bytes != size {
			t.Errorf("the error says %+v", oom)
		}
	}
	if now := d.Usage().Now; now != before {
		t.Errorf("%d bytes held after a refusal", now-before)
	}
	for _, size := range []int64{0, -1} {
		if _, err := d.NewBuffer(vk.BufferSpec{Name: "nothing", Bytes: size}); err == nil {
			t.Errorf("a buffer of %d bytes", size)
		}
	}
}

// TestFailAllocation lets each allocation of a small job fail once.
func TestFailAllocation(t *testing.T) {
	count, failing := 0, -1
	d := vktest.OpenWith(t, vk.Options{FailAllocation: func(n int) bool { count = n + 1; return n == failing }})
	job := func() error {
		var made []*vk.Buffer
		defer func() {
			for _, b := range made {
				b.Free()
			}
		}()
		for _, use := range []vk.Use{vk.DeviceLocal, vk.Upload, vk.Readback} {
			b, err := d.NewBuffer(vk.BufferSpec{Name: "b", Group: "g", Bytes: 100, Use: use})
			if err != nil {
				return err
			}
			made = append(made, b)
		}
		return d.Write(made[0], 0, []byte("x")) // makes the staging buffer
	}
	for step := range 4 {
		failing = count + step
		err := job()
		var oom *vk.OutOfMemoryError
		if !errors.As(err, &oom) || !strings.Contains(err.Error(), "vkAllocateMemory") {
			t.Fatalf("allocation %d failed, the job says %v", failing, err)
		}
		if now := d.Usage().Now; now != 0 {
			t.Fatalf("%d bytes held after allocation %d failed", now, failing)
		}
	}
	failing = -1
	if err := job(); err != nil {
		t.Fatalf("the job fails although no allocation does: %v", err)
	}
}
