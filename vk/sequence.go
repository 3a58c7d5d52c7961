package vk

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	vulkan "github.com/vulkan-go/vulkan"
)

// Sequence is recorded work that can be submitted any number of times.
type Sequence struct {
	device   *Device
	commands commands
	pool     vulkan.DescriptorPool
	sets     map[setKey]vulkan.DescriptorSet // used while recording
	views    map[viewKey]vulkan.BufferView
	queries  vulkan.QueryPool // two per dispatch, when profiling
	kernels  []*Kernel        // one per dispatch
	buffers  map[*Buffer]struct{}
	ran      bool
	freed    bool
}

// viewKey identifies a texel view. A sequence makes equal views once.
type viewKey struct {
	buffer *Buffer
	format Format
	at     span
}

// Finish turns the recording into a Sequence, or returns the first error.
func (r *Recorder) Finish() (*Sequence, error) {
	if r.err == nil && r.finished {
		r.err = errors.New("this Recorder is already finished")
	}
	if r.err != nil {
		return nil, r.err
	}
	r.finished = true
	if r.tally != nil {
		r.tally.Sequences++
		return nil, nil
	}
	s := &Sequence{device: r.device, sets: map[setKey]vulkan.DescriptorSet{}, views: map[viewKey]vulkan.BufferView{}, buffers: map[*Buffer]struct{}{}}
	if err := s.write(r.commands); err != nil {
		s.release()
		return nil, fmt.Errorf("recording: %w", err)
	}
	s.sets = nil // freed with their pool
	r.device.keep(s)
	return s, nil
}

// Submit hands the work to the queue and returns. Submissions run in order, and each sees the results of the earlier
// ones. Submit first waits for an earlier submission of the same Sequence.
func (s *Sequence) Submit() error {
	if s.freed {
		return errors.New("submitting a freed sequence")
	}
	for b := range s.buffers {
		if b.freed.Load() {
			return fmt.Errorf("submitting a sequence whose buffer %s was freed", b.spec.Name)
		}
	}
	for _, k := range s.kernels {
		if k.freed.Load() {
			return fmt.Errorf("submitting a sequence whose kernel %s was freed", k.Name())
		}
	}
	if err := s.Wait(); err != nil {
		return err
	}
	if err := s.commands.submit(s.device); err != nil {
		return err
	}
	s.ran = true
	return nil
}

// Wait returns when the last submission is done. Mapped memory then holds its results.
func (s *Sequence) Wait() error { return s.commands.wait(s.device) }

// Run submits and waits.
func (s *Sequence) Run() error {
	if err := s.Submit(); err != nil {
		return err
	}
	return s.Wait()
}

// Timing is the time of one dispatch on the device.
type Timing struct {
	Kernel      string
	Nanoseconds float64
}

// Timings returns one entry per dispatch, in order, for the last submission. The caller must have waited for that
// submission. Timings returns nil unless the Device was opened with Profile and can write timestamps.
func (s *Sequence) Timings() []Timing {
	if s.queries == nil || !s.ran || s.commands.pending || s.freed {
		return nil
	}
	ticks := make([]uint64, 2*len(s.kernels))
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&ticks[0])
	const all = vulkan.QueryResult64Bit | vulkan.QueryResultWaitBit
	err := check("vkGetQueryPoolResults", vulkan.GetQueryPoolResults(s.device.handle, s.queries, 0, uint32(len(ticks)),
		uint(8*len(ticks)), unsafe.Pointer(&ticks[0]), 8, vulkan.QueryResultFlags(all)))
	if err != nil {
		return nil
	}
	info := s.device.info
	list := make([]Timing, len(s.kernels))
	for i, k := range s.kernels {
		list[i] = Timing{k.Name(), float64(elapsed(ticks[2*i], ticks[2*i+1], info.timestampBits)) * info.TimestampPeriod}
	}
	return list
}

// elapsed returns end - begin of counters with the given number of bits, which may have wrapped around.
func elapsed(begin, end uint64, bits int) uint64 {
	if bits >= 64 {
		return end - begin
	}
	return (end - begin) & (1<<bits - 1)
}

// Free waits for the last submission and releases everything except buffers and kernels.
func (s *Sequence) Free() {
	if s == nil || s.freed {
		return
	}
	_ = s.Wait() // on a lost device no work is in flight
	s.device.forget(s)
	s.release()
}

func (s *Sequence) release() {
	s.freed = true
	dev := s.device.handle
	s.commands.free(s.device)
	if s.pool != nil {
		vulkan.DestroyDescriptorPool(dev, s.pool, nil)
	}
	for _, v := range s.views {
		vulkan.DestroyBufferView(dev, v, nil)
	}
	if s.queries != nil {
		vulkan.DestroyQueryPool(dev, s.queries, nil)
	}
	s.pool, s.views, s.queries = nil, nil, nil
}
