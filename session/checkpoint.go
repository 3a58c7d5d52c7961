package session

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"igs/configs"
	"igs/convert"
	"igs/event"
	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/wholefile"
	"igs/optim"
	"igs/record"
	"igs/splat"
)

// keep writes a checkpoint. Logs and frames are written first, so a checkpoint never refers to data that are not on the
// disk. The previous checkpoint is kept as well. It may be called while the run trains.
func (f *folder) keep(s *optim.State, tell event.Sink) error {
	if err := f.claim.check(); err != nil {
		return err
	}
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
	tell(event.Checkpointed{Step: s.Step, Path: path, Bytes: int64(len(data)), Seconds: time.Since(began).Seconds()})
	return nil
}

// checkpoint reads the newest complete checkpoint; nil means that there is none.
func (f *folder) checkpoint() (*optim.State, error) {
	var broken error
	for _, name := range []string{record.LatestCheckpoint, record.PreviousCheckpoint} {
		path := f.path(name)
		s, err := readState(path)
		if err == nil {
			if broken != nil { // else the next checkpoint would replace the good one by the broken one
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

// forgetPrevious removes the previous checkpoint of a finished run. The latest one stays, because another run can start
// from it.
func (f *folder) forgetPrevious() { os.Remove(f.path(record.PreviousCheckpoint)) }

func readState(path string) (*optim.State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, wholefile.Unnamed(err)
	}
	return optim.DecodeState(data)
}

// source is the splats of init.from: of a model, a checkpoint, or any file that package convert reads.
type source struct {
	splats *splat.Splats
	height int     // of the picture that it was trained on, px
	gamma  float64 // of its training; 0 = unknown: a checkpoint does not hold it, and it may be in any folder
}

// LoadModel reads a model and gives its errors a hint.
func LoadModel(path string) (*splat.Model, error) {
	m, err := splat.Load(path)
	if err != nil && fault.Hint(err) == "" {
		err = fault.WithHint(err, "check the path; igs run writes a model.igsm for each run")
	}
	return m, err
}

// readSource reads the source; nil means that the job has none.
func readSource(path string) (*source, error) {
	if path == "" {
		return nil, nil
	}
	p, known, err := convert.ReadSplats(path, CheckpointReader(path))
	if err != nil {
		return nil, err
	}
	return &source{p, known.H, known.Gamma}, nil
}

// check reports the first run that cannot start from the splats. pictures are their sizes by path. A nil source suits
// every run.
func (s *source) check(runs []configs.Run, pictures map[string]imageio.Size) error {
	if s == nil {
		return nil
	}
	for _, run := range runs {
		if err := optim.CheckSource(run, s.splats, pictures[run.Image].C); err != nil {
			return fmt.Errorf("%s: %w", run.Name, err)
		}
	}
	return nil
}

// at scales the splats to a picture of the given height, because scales are in 1/px. It sorts them as a model file
// does, so a checkpoint and the lossless model of the same step start the same run.
func (s *source) at(height int) *splat.Splats {
	p := s.splats.Clone()
	p.Sort()
	for i := range p.Scale {
		p.Scale[i] *= float32(s.height) / float32(height)
	}
	return p
}
