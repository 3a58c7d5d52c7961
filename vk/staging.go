package vk

import (
	"fmt"
	"sync"

	vulkan "github.com/vulkan-go/vulkan"
)

// StagingBytes is the size of the buffer that Write and Read copy through, in pieces.
const StagingBytes = 1 << 20

// staging copies into and out of device-local memory. It has one mapped buffer and one command buffer, made at the
// first use.
type staging struct {
	mu       sync.Mutex
	buffer   *Buffer
	commands commands
}

// Write copies data into the buffer and returns when the device has it.
func (d *Device) Write(b *Buffer, off int64, data []byte) error {
	if err := b.holds(off, int64(len(data))); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if b.mapped != nil {
		copy(b.mapped[off:], data)
		return nil
	}
	return d.staging.chunks(d, len(data), func(stage *Buffer, at, n int) error {
		copy(stage.mapped, data[at:at+n])
		return d.staging.submit(d, func(c vulkan.CommandBuffer) {
			copyBuffer(c, b.handle, off+int64(at), stage.handle, 0, int64(n))
		})
	})
}

// Read copies from the buffer into dst after all work submitted so far.
func (d *Device) Read(b *Buffer, off int64, dst []byte) error {
	if err := b.holds(off, int64(len(dst))); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	if b.mapped != nil {
		copy(dst, b.mapped[off:])
		return nil
	}
	return d.staging.chunks(d, len(dst), func(stage *Buffer, at, n int) error {
		err := d.staging.submit(d, func(c vulkan.CommandBuffer) {
			copyBuffer(c, stage.handle, 0, b.handle, off+int64(at), int64(n))
		})
		if err == nil {
			copy(dst[at:at+n], stage.mapped)
		}
		return err
	})
}

func (b *Buffer) holds(off, n int64) error {
	switch {
	case b.freed.Load():
		return fmt.Errorf("buffer %s was freed", b.spec.Name)
	case off < 0 || n < 0 || off > b.spec.Bytes-n:
		return fmt.Errorf("%d bytes at %d are outside buffer %s of %d bytes", n, off, b.spec.Name, b.spec.Bytes)
	}
	return nil
}

// chunks calls move for each piece of total bytes that fits into the staging buffer.
func (s *staging) chunks(d *Device, total int, move func(stage *Buffer, at, n int) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buffer == nil {
		// Readback memory is used in both directions: it is cached for reading, and writing to it is cheap.
		b := &Buffer{device: d, id: bufferCount.Add(1), size: StagingBytes,
			spec: BufferSpec{Name: "staging", Group: "staging", Bytes: StagingBytes, Use: Readback}}
		if err := b.allocate(); err != nil {
			b.release()
			if isOutOfMemory(err) {
				return d.outOfMemory(b.spec, err.Error())
			}
			return fmt.Errorf("staging buffer: %w", err)
		}
		s.buffer = b
	}
	for at := 0; at < total; at += StagingBytes {
		if err := move(s.buffer, at, min(StagingBytes, total-at)); err != nil {
			return err
		}
	}
	return nil
}

// run records and submits commands, and waits for them.
func (s *staging) run(d *Device, record func(vulkan.CommandBuffer)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.submit(d, record)
}

func (s *staging) submit(d *Device, record func(vulkan.CommandBuffer)) error {
	if s.commands.buffer == nil {
		if err := s.commands.create(d); err != nil {
			return err
		}
	}
	if err := s.commands.begin(d); err != nil {
		return err
	}
	record(s.commands.buffer)
	barrier(s.commands.buffer, toHost)
	if err := s.commands.end(); err != nil {
		return err
	}
	if err := s.commands.submit(d); err != nil {
		return err
	}
	return s.commands.wait(d)
}

func (s *staging) free(d *Device) {
	s.commands.free(d)
	if s.buffer != nil {
		s.buffer.release()
		s.buffer = nil
	}
}
