package vk_test

import (
	"math"
	"testing"

	"igs/vk"
	"igs/vk/vktest"
)

type saxpyPush struct {
	Count uint32
	A     float32
}

func TestSaxpy(t *testing.T) {
	d := vktest.Open(t)
	const n = 1000
	x := buffer(t, d, "x", 4*n, vk.DeviceLocal)
	y := buffer(t, d, "y", 4*n, vk.DeviceLocal)
	xs, ys := make([]float32, n), make([]float32, n)
	for i := range xs {
		xs[i], ys[i] = float32(i), 1
	}
	if err := d.Write(x, 0, floats(xs...)); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(y, 0, floats(ys...)); err != nil {
		t.Fatal(err)
	}
	r := d.NewRecorder()
	k := kernel(t, d, "saxpy", 64)
	r.Dispatch(k, [3]int{(n + 63) / 64, 1, 1}, saxpyPush{n, 2}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
	r.Dispatch(k, [3]int{(n + 63) / 64, 1, 1}, &saxpyPush{n, 3}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
	s := finish(t, r)
	run(t, s)
	for i, bits := range readWords(t, d, y) {
		if got, want := math.Float32frombits(bits), 1+5*float32(i); got != want {
			t.Fatalf("y[%d] = %v, want %v", i, got, want)
		}
	}
}
