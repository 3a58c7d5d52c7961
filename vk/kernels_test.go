package vk_test

import (
	"embed"
	"encoding/binary"
	"math"
	"testing"

	"igs/shaders"
	"igs/vk"
)

// Rebuilt by scripts/testkernels.sh.
//
//go:embed testdata/*.spv
var testKernels embed.FS

func parse(t testing.TB, name string) shaders.Kernel {
	t.Helper()
	data, err := testKernels.ReadFile("testdata/" + name + ".spv")
	if err != nil {
		t.Fatal(err)
	}
	k, err := shaders.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func kernel(t testing.TB, d *vk.Device, name string, spec ...uint32) *vk.Kernel {
	t.Helper()
	k, err := d.NewKernel(parse(t, name), spec...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func buffer(t testing.TB, d *vk.Device, name string, bytes int64, use vk.Use) *vk.Buffer {
	t.Helper()
	b, err := d.NewBuffer(vk.BufferSpec{Name: name, Group: "test", Bytes: bytes, Use: use})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func floats(v ...float32) []byte {
	out := make([]byte, 4*len(v))
	for i, f := range v {
		binary.LittleEndian.PutUint32(out[4*i:], math.Float32bits(f))
	}
	return out
}

func readWords(t testing.TB, d *vk.Device, b *vk.Buffer) []uint32 {
	t.Helper()
	raw := make([]byte, b.Bytes())
	if err := d.Read(b, 0, raw); err != nil {
		t.Fatal(err)
	}
	out := make([]uint32, len(raw)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(raw[4*i:])
	}
	return out
}

func finish(t testing.TB, r *vk.Recorder) *vk.Sequence {
	t.Helper()
	s, err := r.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t testing.TB, s *vk.Sequence) {
	t.Helper()
	if err := s.Run(); err != nil {
		t.Fatal(err)
	}
}
