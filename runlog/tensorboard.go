package runlog

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"igs/event"
)

// TensorBoard writes an event file with evaluations as scalars over steps, settings as text, and pictures. A record has a length, the checksum of the
// length, an Event message (tensorflow/core/util/event.proto) and the checksum of the message. Each record is one
// write, so a process that is killed leaves whole records.
type TensorBoard struct {
	file *os.File
	now  func() time.Time
	step int // of the last evaluation

	mu  sync.Mutex
	err error // the first error of a write
}

// Field numbers of the messages Event, SessionLog, Summary and Summary.Value.
const (
	eventWallTime, eventStep, eventVersion, eventSummary, eventSession = 1, 2, 3, 5, 7

	sessionStatus = 1
	sessionStart  = 1 // a value of sessionStatus

	summaryValue          = 1
	valueTag, valueSimple = 1, 2
)

// NewTensorBoard makes the folder and begins an event file in it, for a run that continues after step from. The file
// starts with a SessionLog record of step from+1: TensorBoard then drops what earlier files of the folder say about
// that step and later ones.
func NewTensorBoard(dir string, from int) (*TensorBoard, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	b := &TensorBoard{now: time.Now, step: from}
	name := fmt.Sprintf("events.out.tfevents.%d.igs.%d", b.now().Unix(), os.Getpid())
	var err error
	if b.file, err = os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666); err != nil {
		return nil, err
	}
	b.append(0, func(m []byte) []byte {
		return protowire.AppendString(protowire.AppendTag(m, eventVersion, protowire.BytesType), "brain.Event:2")
	})
	b.append(from+1, func(m []byte) []byte {
		session := protowire.AppendVarint(protowire.AppendTag(nil, sessionStatus, protowire.VarintType), sessionStart)
		return protowire.AppendBytes(protowire.AppendTag(m, eventSession, protowire.BytesType), session)
	})
	if err := b.failure(nil); err != nil {
		b.file.Close()
		return nil, err
	}
	return b, nil
}

// Take writes evaluations and the pictures of the end, and ignores all other events.
func (b *TensorBoard) Take(e event.Event) {
	switch e := e.(type) {
	case event.Evaluated:
		b.step = e.Step
		b.scalars(e)
	case event.Saved:
		b.picture(e)
	}
}

func (b *TensorBoard) scalars(v event.Evaluated) {
	b.append(v.Step, func(m []byte) []byte {
		var summary []byte
		for _, s := range []struct {
			tag   string
			value float64
		}{
			{"loss/total", v.TotalLoss}, {"loss/l1", v.L1}, {"loss/l2", v.L2}, {"loss/ssim", v.SSIMLoss},
			{"quality/psnr", v.PSNR}, {"quality/ssim", v.SSIM},
			{"model/splats", float64(v.Splats)}, {"model/bytes", float64(v.Bytes)},
			{"schedule/lr_scale", v.LRScale}, {"schedule/loss_scale", v.LossScale},
			{"time/render", v.RenderTime}, {"time/total", v.TotalTime}, {"device/bytes", float64(v.DeviceBytes)},
		} {
			if math.IsNaN(s.value) {
				continue
			}
			value := protowire.AppendString(protowire.AppendTag(nil, valueTag, protowire.BytesType), s.tag)
			value = protowire.AppendFixed32(protowire.AppendTag(value, valueSimple, protowire.Fixed32Type), math.Float32bits(float32(s.value)))
			summary = protowire.AppendBytes(protowire.AppendTag(summary, summaryValue, protowire.BytesType), value)
		}
		return protowire.AppendBytes(protowire.AppendTag(m, eventSummary, protowire.BytesType), summary)
	})
}

// append writes an Event message of a step. fill appends the fields of the message.
func (b *TensorBoard) append(step int, fill func(message []byte) []byte) {
	if b.failure(nil) != nil {
		return
	}
	seconds := float64(b.now().UnixMicro()) / 1e6
	m := protowire.AppendFixed64(protowire.AppendTag(nil, eventWallTime, protowire.Fixed64Type), math.Float64bits(seconds))
	m = fill(protowire.AppendVarint(protowire.AppendTag(m, eventStep, protowire.VarintType), uint64(step)))
	record := binary.LittleEndian.AppendUint64(nil, uint64(len(m)))
	record = binary.LittleEndian.AppendUint32(record, masked(record))
	record = binary.LittleEndian.AppendUint32(append(record, m...), masked(m))
	if _, err := b.file.Write(record); err != nil {
		b.failure(fmt.Errorf("write %w", err))
	}
}

// masked is the masked CRC-32C of data, as the format defines it (tensorflow/core/lib/hash/crc32c.h).
func masked(data []byte) uint32 {
	crc := crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// failure notes an error unless it is nil, and returns the first one.
func (b *TensorBoard) failure(err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = cmp.Or(b.err, err)
	return b.err
}

// Flush puts every record on the disk and returns the first error of all writes. It may be called on another goroutine
// than Take.
func (b *TensorBoard) Flush() error {
	if err := b.failure(nil); err != nil {
		return err
	}
	return b.failure(b.file.Sync())
}

// Close flushes and closes the file.
func (b *TensorBoard) Close() error {
	err := b.Flush()
	if closing := b.file.Close(); err == nil {
		err = closing
	}
	return err
}
