package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"igs/event"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

// keep writes a checkpoint. Logs and frames are written first, so a checkpoint never refers to data that are not on the disk. The
// checkpoint before it stays until the next.
func (f *folder) keep(s *optim.State, tell event.Sink) error {
	began := time.Now()
	f.drainFrames(tell)
	if err := f.logs.flush(); err != nil {
		return err
	}
	data, err := s.Encode()
	if err != nil {
		return err
	}
	path := f.path(record.LatestCheckpoint)
	if err := wholefile.Replace(path, f.path(record.PreviousCheckpoint), data); err != nil {
		return fmt.Errorf("write checkpoint %s: %w", path, err)
	}
	took := time.Since(began)
	f.writing += took
	tell(event.Checkpointed{Step: s.Step, Path: path, Bytes: int64(len(data)), Seconds: took.Seconds()})
	return nil
}

// checkpoint reads the newest checkpoint that is whole; nil when there is none at all.
func (f *folder) checkpoint() (*optim.State, error) {
	var broken error
	for _, name := range []string{record.LatestCheckpoint, record.PreviousCheckpoint} {
		path := f.path(name)
		s, err := readState(path)
		if err == nil {
			if broken != nil { // it must not push the good one out
				err = os.Remove(f.path(record.LatestCheckpoint))
			}
			return s, err
		}
		if !errors.Is(err, fs.ErrNotExist) && broken == nil {
			broken = fault.New(fault.BadInput, "delete the folder checkpoints of the run to train it from the beginning", "checkpoint %s: %w", path, err)
		}
	}
	return nil, broken
}

// forgetPrevious takes away what a run that is done needs no more. The last checkpoint stays:
// training can go on from it with other settings.
func (f *folder) forgetPrevious() { os.Remove(f.path(record.PreviousCheckpoint)) }

func readState(path string) (*optim.State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, wholefile.Unnamed(err)
	}
	return optim.DecodeState(data)
}

// source is what init.from names: a model, or the splats of a checkpoint.
type source struct {
	splats *splat.Splats
	height int     // of the picture it was trained on, px
	gamma  float64 // that it was trained with; 0 = a checkpoint, which does not tell
}

// LoadModel reads a model and gives its errors a hint.
func LoadModel(path string) (*splat.Model, error) {
	m, err := splat.Load(path)
	if err != nil && fault.Hint(err) == "" {
		err = fault.WithHint(err, "check the path; igs run writes a model.igsm for each run")
	}
	return m, err
}

// readSource gives nil when there is none.
func readSource(path string) (*source, error) {
	if path == "" {
		return nil, nil
	}
	if !strings.HasSuffix(strings.ToLower(path), ".safetensors") {
		m, err := LoadModel(path)
		if err != nil {
			return nil, err
		}
		return &source{m.Splats, m.H, m.Gamma}, nil
	}
	s, err := readState(path)
	if err != nil {
		return nil, fault.New(fault.BadInput, "igs starts from models (.igsm) and from its own checkpoints", "checkpoint %s: %w", path, err)
	}
	return &source{s.Splats, s.H, 0}, nil
}

// at is the source drawn on a picture of the given height: scales are in 1/px. Splats have the order of a model file, so that a
// checkpoint and the lossless model of the same step begin the same run.
func (s *source) at(height int) *splat.Splats {
	p := s.splats.Clone()
	p.Sort()
	for i := range p.Scale {
		p.Scale[i] *= float32(s.height) / float32(height)
	}
	return p
}
