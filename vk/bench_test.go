package vk_test

import (
	"testing"

	"igs/vk"
)

// openBench opens a device without validation and poison, because they would be measured too.
func openBench(b *testing.B, o vk.Options) *vk.Device {
	b.Helper()
	d, err := vk.Open(o)
	if err != nil {
		b.Skip(err)
	}
	return d
}

const benchDispatches = 20

func recordBench(d *vk.Device, k *vk.Kernel, x, y *vk.Buffer) (*vk.Sequence, error) {
	r := d.NewRecorder()
	for range benchDispatches {
		r.Dispatch(k, [3]int{1, 1, 1}, saxpyPush{64, 1}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
	}
	return r.Finish()
}

// BenchmarkRecord20 measures a recording from NewRecorder to Free: 20 dispatches, each with two arguments, push
// constants and a barrier before it.
func BenchmarkRecord20(b *testing.B) {
	d := openBench(b, vk.Options{})
	defer d.Close()
	k, x, y := kernel(b, d, "saxpy", 64), buffer(b, d, "x", 256, vk.DeviceLocal), buffer(b, d, "y", 256, vk.DeviceLocal)
	b.ReportAllocs()
	for b.Loop() {
		s, err := recordBench(d, k, x, y)
		if err != nil {
			b.Fatal(err)
		}
		s.Free()
	}
}

// BenchmarkReplay measures submit and wait of one small dispatch, and of 20.
func BenchmarkReplay(b *testing.B) {
	for _, dispatches := range []int{1, benchDispatches} {
		b.Run(map[int]string{1: "1", benchDispatches: "20"}[dispatches], func(b *testing.B) {
			d := openBench(b, vk.Options{})
			defer d.Close()
			k, x, y := kernel(b, d, "saxpy", 64), buffer(b, d, "x", 256, vk.DeviceLocal), buffer(b, d, "y", 256, vk.DeviceLocal)
			r := d.NewRecorder()
			for range dispatches {
				r.Dispatch(k, [3]int{1, 1, 1}, saxpyPush{64, 1}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
			}
			s := finish(b, r)
			run(b, s) // lavapipe compiles at the first dispatch
			b.ReportAllocs()
			for b.Loop() {
				run(b, s)
			}
		})
	}
}

// BenchmarkPipeline makes one pipeline and runs it once, without a cache on disk and with a full one.
func BenchmarkPipeline(b *testing.B) {
	for _, warm := range []bool{false, true} {
		b.Run(map[bool]string{false: "cold", true: "warm"}[warm], func(b *testing.B) {
			o := vk.Options{}
			if warm {
				o.CacheDir = b.TempDir()
			}
			once := func(timed bool) {
				d := openBench(b, o)
				defer d.Close()
				x := buffer(b, d, "x", 4<<14, vk.DeviceLocal)
				if timed {
					b.StartTimer()
					defer b.StopTimer()
				}
				k := kernel(b, d, "saxpy", 64)
				r := d.NewRecorder()
				r.Dispatch(k, [3]int{1, 1, 1}, saxpyPush{32, 1}, vk.Arg{Buffer: x, Bytes: 256}, vk.Arg{Buffer: x, Offset: 256})
				run(b, finish(b, r))
			}
			once(false)
			b.ResetTimer()
			b.StopTimer()
			for range b.N {
				once(true)
			}
		})
	}
}

// BenchmarkRead copies 16 MiB from device-local memory.
func BenchmarkRead(b *testing.B) {
	d := openBench(b, vk.Options{})
	defer d.Close()
	const size = 16 << 20
	source := buffer(b, d, "source", size, vk.DeviceLocal)
	dst := make([]byte, size)
	b.SetBytes(size)
	for b.Loop() {
		if err := d.Read(source, 0, dst); err != nil {
			b.Fatal(err)
		}
	}
}
