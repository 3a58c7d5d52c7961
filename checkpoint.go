package igs

import (
	"image"
	"io"

	"igs/internal/fault"
	"igs/optim"
)

// Checkpoint writes all that Resume needs to go on to the same bits: splats, the moments of Adam, random numbers, and the options. It is a
// safetensors file of about three times the parameters.
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

// Resume goes on from a checkpoint, which it reads to the end of r, on the same picture. The options are those of the checkpoint: o says again, or anew,
// Device, Recompute, MemoryBudget, Progress and Warn. What else o asks for must be what the checkpoint was trained with; what it leaves at zero need
// not be said again. Anything that does not fit is ErrBadInput.
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
		return nil, badInput("Resume reads what Trainer.Checkpoint wrote", "checkpoint: %w", err)
	}
	j, err := o.remembered(s.Settings)
	if err != nil {
		return nil, classify(err)
	}
	if s.Picture != picture.fingerprint() {
		return nil, classify(fault.New(fault.BadInput, "resume with the picture that the checkpoint was trained on", "the checkpoint is of another picture"))
	}
	return newTrainer(picture, o, j, optim.Start{State: s})
}
