package vk_test

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"igs/shaders"
	"igs/vk"
	"igs/vk/vktest"
)

type saxpyPush struct {
	Count uint32
	A     float32
}

type shiftPush struct{ Count, Stride uint32 }

// TestReplay submits one sequence many times, with input that the host changes each time, and compares the bits with
// those of a new recording for each round.
func TestReplay(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	const n, rounds = 300, 500
	k := kernel(t, d, "saxpy", 32)
	results := func(replay bool) []uint32 {
		x := buffer(t, d, "x", 4*n, vk.Upload)
		y := buffer(t, d, "y", 4*n, vk.DeviceLocal)
		back := buffer(t, d, "back", 4*n, vk.Readback)
		if err := d.Write(y, 0, make([]byte, 4*n)); err != nil {
			t.Fatal(err)
		}
		record := func() *vk.Sequence {
			r := d.NewRecorder()
			groups := [3]int{(n + 31) / 32, 1, 1}
			r.Dispatch(k, groups, saxpyPush{n, 0.3}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
			r.Dispatch(k, groups, &saxpyPush{n, -0.1}, vk.Arg{Buffer: x}, vk.Arg{Buffer: y})
			r.Copy(back, 0, y, 0, 4*n)
			return finish(t, r)
		}
		s := record()
		for round := range rounds {
			if !replay {
				s.Free()
				s = record()
			}
			for i := range n {
				v := float32((round*31+i*17)%1000) / 7
				binary.LittleEndian.PutUint32(x.Mapped()[4*i:], math.Float32bits(v))
			}
			run(t, s)
		}
		return readWords(t, d, back)
	}
	replayed, anew := results(true), results(false)
	for i := range replayed {
		if replayed[i] != anew[i] {
			t.Fatalf("y[%d]: %#x replayed, %#x recorded anew", i, replayed[i], anew[i])
		}
	}
	// The sum is also right up to rounding: 0.2 times the sum of all inputs.
	sum := 0.0
	for round := range rounds {
		sum += 0.2 * float64(float32(round*31%1000)/7)
	}
	if got := float64(math.Float32frombits(replayed[0])); math.Abs(got-sum) > 1e-4*sum {
		t.Errorf("y[0] = %v, want %v", got, sum)
	}
}

// chain records links. Each reads what distant workgroups of the previous link wrote.
func chain(t testing.TB, d *vk.Device, links int) (*vk.Recorder, *vk.Buffer, []uint32) {
	const n, stride = 1 << 14, 5000
	var ping [2]*vk.Buffer
	start := make([]byte, 4*n)
	for i := range n {
		binary.LittleEndian.PutUint32(start[4*i:], uint32(i))
	}
	for i := range ping {
		ping[i] = buffer(t, d, "ping", 4*n, vk.DeviceLocal)
		if err := d.Write(ping[i], 0, start); err != nil {
			t.Fatal(err)
		}
	}
	k := kernel(t, d, "shift")
	r := d.NewRecorder()
	for i := range links {
		r.Dispatch(k, [3]int{n / 64, 1, 1}, shiftPush{n, stride}, vk.Arg{Buffer: ping[i%2]}, vk.Arg{Buffer: ping[(i+1)%2]})
	}
	want := make([]uint32, n)
	for i := range want {
		want[i] = uint32((i+links*stride)%n + links)
	}
	return r, ping[links%2], want
}

func TestChain(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	const links = 40
	r, out, want := chain(t, d, links)
	if r.Barriers() != links-1 {
		t.Errorf("%d barriers between %d links", r.Barriers(), links)
	}
	s := finish(t, r)
	run(t, s)
	got := readWords(t, d, out)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("element %d is %d, want %d", i, got[i], want[i])
		}
	}
}

// TestMissingBarrierIsSeen proves that these tests detect a missing barrier: synchronisation validation must report the
// chain without its barriers.
func TestMissingBarrierIsSeen(t *testing.T) {
	d, err := vk.Open(vk.Options{Validation: true})
	if err != nil {
		t.Skipf("no validation: %v", err)
	}
	r, _, _ := chain(t, d, 3)
	r.DropBarriers()
	run(t, finish(t, r))
	d.Close()
	// Layers of 1.3 say SYNC-HAZARD-READ-AFTER-WRITE, of 1.4 READ_AFTER_WRITE hazard.
	if said := strings.ToUpper(strings.ReplaceAll(strings.Join(d.Messages(), "\n"), "-", "_")); !strings.Contains(said, "READ_AFTER_WRITE") {
		t.Errorf("no hazard reported; messages: %q", said)
	}
}

// TestInFlightTogether submits a second sequence while the first is running. The second reads what the first writes.
func TestInFlightTogether(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	const links = 6
	r, out, want := chain(t, d, links)
	forward := finish(t, r)
	n := int64(len(want))
	end := buffer(t, d, "end", 4*n, vk.Readback)
	again := d.NewRecorder()
	again.Dispatch(kernel(t, d, "shift"), [3]int{int(n) / 64, 1, 1}, shiftPush{uint32(n), 0}, vk.Arg{Buffer: out}, vk.Arg{Buffer: end})
	last := finish(t, again)
	for round := range 10 {
		if err := errors.Join(forward.Submit(), last.Submit(), last.Wait()); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			shifted := (i + round*links*5000) % len(want)
			if got := binary.LittleEndian.Uint32(end.Mapped()[4*i:]); got != want[shifted]+uint32(round*links+1) {
				t.Fatalf("round %d: element %d is %d, want %d", round, i, got, want[shifted]+uint32(round*links+1))
			}
		}
	}
}

func TestTimings(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{Profile: true})
	if d.Info().TimestampPeriod == 0 {
		t.Skip("the queue writes no timestamps")
	}
	const links = 5
	r, _, _ := chain(t, d, links)
	s := finish(t, r)
	if got := s.Timings(); got != nil {
		t.Errorf("timings before the first run: %v", got)
	}
	for range 3 {
		begin := time.Now()
		run(t, s)
		wall := float64(time.Since(begin).Nanoseconds())
		timings := s.Timings()
		if len(timings) != links {
			t.Fatalf("%d timings for %d dispatches", len(timings), links)
		}
		sum := 0.0
		for _, x := range timings {
			if x.Kernel != "shift" || x.Nanoseconds <= 0 {
				t.Errorf("timing %+v", x)
			}
			sum += x.Nanoseconds
		}
		// Dispatches do not overlap, so the sum of their times is at most the time of the run.
		if sum > wall {
			t.Errorf("%v ns in dispatches of a run of %v ns", sum, wall)
		}
	}
	plain := vktest.OpenWith(t, vk.Options{})
	r, _, _ = chain(t, plain, 1)
	s = finish(t, r)
	run(t, s)
	if got := s.Timings(); got != nil {
		t.Errorf("timings without Profile: %v", got)
	}
}

// TestTexels reads a buffer as storage and as texels with one kernel, and also a part of it.
func TestTexels(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	const n = 500
	in := make([]float32, 4*n)
	for i := range in {
		in[i] = float32(i)
	}
	source := buffer(t, d, "source", 16*n, vk.DeviceLocal)
	if err := d.Write(source, 0, floats(in...)); err != nil {
		t.Fatal(err)
	}
	const skip = 112 // 1792 bytes, a multiple of every alignment that Vulkan allows
	for _, texel := range []uint32{0, 1} {
		out := buffer(t, d, "out", 4*n, vk.Readback)
		r := d.NewRecorder()
		r.Dispatch(kernel(t, d, "texel", texel), [3]int{8, 1, 1}, struct{ Count uint32 }{n - skip},
			vk.Arg{Buffer: source, Offset: 16 * skip, Format: vk.RGBA32F}, vk.Arg{Buffer: out})
		run(t, finish(t, r))
		for i := range n - skip {
			got := math.Float32frombits(binary.LittleEndian.Uint32(out.Mapped()[4*i:]))
			if got != in[4*(i+skip)] {
				t.Fatalf("TEXEL %d: %v at %d, want %v", texel, got, i, in[4*(i+skip)])
			}
		}
	}
}

func TestFormats(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	cases := []struct {
		format vk.Format
		bytes  []byte
		want   [4]float32
	}{
		{vk.R32F, floats(2.5), [4]float32{2.5, 0, 0, 1}},
		{vk.RG32F, floats(2.5, -1), [4]float32{2.5, -1, 0, 1}},
		{vk.RGBA32F, floats(1, 2, 3, 4), [4]float32{1, 2, 3, 4}},
		{vk.RGBA16F, []byte{0, 0x3c, 0, 0x40, 0, 0xc0, 0, 0}, [4]float32{1, 2, -2, 0}},
		{vk.R8, []byte{51}, [4]float32{0.2, 0, 0, 1}},
		{vk.R16, []byte{0x33, 0x33}, [4]float32{0.2, 0, 0, 1}},
	}
	k := kernel(t, d, "decode")
	for _, c := range cases {
		if !d.Info().HasTexel(c.format) {
			t.Logf("%s: not on %s", c.format, d.Info().Name)
			continue
		}
		if int64(len(c.bytes)) != c.format.Bytes() {
			t.Errorf("%s: %d bytes a texel, want %d", c.format, c.format.Bytes(), len(c.bytes))
		}
		source := buffer(t, d, "source", c.format.Bytes(), vk.DeviceLocal)
		if err := d.Write(source, 0, c.bytes); err != nil {
			t.Fatal(err)
		}
		out := buffer(t, d, "out", 16, vk.Readback)
		r := d.NewRecorder()
		r.Dispatch(k, [3]int{1, 1, 1}, struct{ Count uint32 }{1}, vk.Arg{Buffer: source, Format: c.format}, vk.Arg{Buffer: out})
		run(t, finish(t, r))
		for i, want := range c.want {
			got := math.Float32frombits(binary.LittleEndian.Uint32(out.Mapped()[4*i:]))
			if math.Abs(float64(got-want)) > 1e-6 {
				t.Errorf("%s: component %d is %v, want %v", c.format, i, got, want)
			}
		}
	}
}

// TestMistakes checks that Finish refuses each wrong recording, with a message that names the mistake.
func TestMistakes(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	info := d.Info()
	b := buffer(t, d, "b", 1024, vk.DeviceLocal)
	freed := buffer(t, d, "freed", 1024, vk.DeviceLocal)
	freed.Free()
	shift, decode := kernel(t, d, "shift"), kernel(t, d, "decode")
	deadKernel := kernel(t, d, "shift")
	deadKernel.Free()
	a := vk.Arg{Buffer: b}
	one := [3]int{1, 1, 1}
	push := shiftPush{1, 1}
	cases := map[string]struct {
		record func(r *vk.Recorder)
		want   string
	}{
		"nil kernel":      {func(r *vk.Recorder) { r.Dispatch(nil, one, push, a, a) }, "no such kernel"},
		"freed kernel":    {func(r *vk.Recorder) { r.Dispatch(deadKernel, one, push, a, a) }, "no such kernel"},
		"too many groups": {func(r *vk.Recorder) { r.Dispatch(shift, [3]int{info.MaxGroups[0] + 1, 1, 1}, push, a, a) }, "groups"},
		"negative groups": {func(r *vk.Recorder) { r.Dispatch(shift, [3]int{1, -1, 1}, push, a, a) }, "groups"},
		"no push":         {func(r *vk.Recorder) { r.Dispatch(shift, one, nil, a, a) }, "shift: needs 8 bytes"},
		"few arguments":   {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a) }, "binding 1"},
		"empty argument":  {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{}) }, "argument 1: no buffer"},
		"freed buffer":    {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{Buffer: freed}) }, "freed"},
		"odd offset":      {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{Buffer: b, Offset: 1}) }, "multiples"},
		"beyond the end":  {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{Buffer: b, Offset: 1024}) }, "no bytes after"},
		"past the end":    {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{Buffer: b, Bytes: 1025}) }, "outside"},
		"negative offset": {func(r *vk.Recorder) { r.Dispatch(shift, one, push, a, vk.Arg{Buffer: b, Offset: -16}) }, "outside"},
		"no format":       {func(r *vk.Recorder) { r.Dispatch(decode, one, struct{ N uint32 }{1}, a, a) }, "none texels"},
		"less than texel": {func(r *vk.Recorder) {
			r.Dispatch(decode, one, struct{ N uint32 }{1}, vk.Arg{Buffer: b, Bytes: 8, Format: vk.RGBA32F}, a)
		}, "whole RGBA32F"},
		"odd fill":         {func(r *vk.Recorder) { r.Fill(b, 2, 4, 0) }, "whole words"},
		"fill past end":    {func(r *vk.Recorder) { r.Fill(b, 1020, 8, 0) }, "outside"},
		"copy past end":    {func(r *vk.Recorder) { r.Copy(b, 0, b, 1000, 100) }, "outside"},
		"copy onto itself": {func(r *vk.Recorder) { r.Copy(b, 0, b, 50, 100) }, "overlap"},
		"nil copy":         {func(r *vk.Recorder) { r.Copy(b, 0, nil, 0, 1) }, "no such buffer"},
	}
	for name, c := range cases {
		r := d.NewRecorder()
		c.record(r)
		r.Fill(b, 0, 4, 0) // commands after a mistake change nothing
		if _, err := r.Finish(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	r := d.NewRecorder()
	r.Fill(b, 0, 0, 0)
	r.Dispatch(shift, [3]int{0, 1, 1}, push, a, vk.Arg{Buffer: b, Offset: 512})
	run(t, finish(t, r)) // an empty recording is valid
	if _, err := r.Finish(); err == nil {
		t.Error("a recorder was finished twice")
	}
}

func TestFreedUnderneath(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	b := buffer(t, d, "b", 1024, vk.DeviceLocal)
	k := kernel(t, d, "shift")
	r := d.NewRecorder()
	r.Dispatch(k, [3]int{1, 1, 1}, shiftPush{64, 1}, vk.Arg{Buffer: b, Bytes: 512}, vk.Arg{Buffer: b, Offset: 512})
	s := finish(t, r)
	if err := s.Submit(); err != nil {
		t.Fatal(err)
	}
	b.Free() // waits for the submission
	if err := s.Run(); err == nil || !strings.Contains(err.Error(), "b was freed") {
		t.Errorf("submitting over a freed buffer: %v", err)
	}
	k.Free()
	s.Free()
	s.Free()
	if err := s.Run(); err == nil {
		t.Error("a freed sequence ran")
	}
}

func TestKernelLimits(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	info := d.Info()
	if _, err := d.NewKernel(parse(t, "saxpy"), uint32(info.MaxInvocations)+1); err == nil || !strings.Contains(err.Error(), "workgroup") {
		t.Errorf("an oversized workgroup: %v", err)
	}
	if _, err := d.NewKernel(parse(t, "saxpy"), 0); err == nil {
		t.Error("an empty workgroup")
	}
	big := parse(t, "saxpy")
	big.PushBytes = info.MaxPushBytes + 4
	if _, err := d.NewKernel(big, 64); err == nil {
		t.Error("push constants beyond the limit")
	}
	if _, err := d.NewKernel(shaders.Kernel{Name: "empty", LocalSize: [3]uint32{1, 1, 1}}); err == nil {
		t.Error("a kernel without code")
	}
}
