package igs

import (
	"image"
	"io"

	"igs/internal/fault"
	"igs/optim"
)

// Checkpoint writes all that Resume needs: splats, the moments of Adam, the state of the random numbers, and the
// options. A training that is resumed gives the same bits as one without interruption. The file is a safetensors file,
// about three times the size of the parameters.
func (t *Trainer) Checkpoint(w io.Writer) error {
	return t.working(func() error {
		if t.failed != nil {
			return t.failed
		}
		s, err := t.trainer.State()
		if err != nil {
			return err
		}
		s.Settings, s.Picture = t.saved, t.picture.fingerprint()
		data, err := s.Encode()
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
}

// Resume continues the training of a checkpoint on the same picture. It reads r to its end.
//
// Resume takes the fields Device, Recompute, MemoryBudget, RoundingLoss, Progress and Warn from o, and all others from
// the checkpoint. Any other field of o must be zero or have the value of the checkpoint. Another picture, another value, or
// data that is no checkpoint gives ErrBadInput.
func Resume(r io.Reader, img image.Image, o Options) (*Trainer, error) {
	picture, err := NewPicture(img)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, classify(err)
	}
	s, err := optim.DecodeState(data)
	if err != nil {
		return nil, badInput("give Resume a checkpoint that Trainer.Checkpoint wrote", "checkpoint: %w", err)
	}
	j, err := o.resumeJob(s.Settings)
	if err != nil {
		return nil, classify(err)
	}
	if s.Picture != picture.fingerprint() {
		return nil, classify(fault.New(fault.BadInput, "resume with the picture that the checkpoint was trained on", "the checkpoint is of another picture"))
	}
	return newTrainer(picture, o, j, optim.Start{State: s})
}
