// Package igs represents images by 2D Gaussians (Image-GS, Zhang et al., SIGGRAPH 2025). It trains models with Vulkan
// compute and renders them at any size.
//
// Train a model, write it to a file, and render it:
//
//	model, err := igs.Train(ctx, img, igs.Options{})
//	err = model.Encode(file)
//	img, err = model.Render(1920, 1080)
//
// The zero value of an option means the default of the command igs. The same options train the same model as the
// command does. If the picture comes from ReadPicture, the model files are identical too.
//
// A Trainer trains step by step and writes checkpoints. Resume continues from a checkpoint and gives the same bits as a
// training without interruption. PlanFor reports the device memory that a training needs, before the training begins.
//
// # Devices
//
// A nil Device means the one of DefaultDevice, which all callers share. A Device may be used by any number of trainers
// and renderings at the same time, from any goroutine. A Trainer accepts one call at a time: a second call at the same
// time, from another goroutine or from a callback, returns an error. A Model and a Picture are immutable and safe for
// concurrent use.
//
// # Errors
//
// Use errors.Is to tell errors apart: ErrBadInput, ErrNoDevice, ErrOutOfMemory, ErrDeviceLost, ErrDiverged. Hint
// returns one line that says what the caller can do about an error.
//
// # Units
//
// Image sizes are in pixels, memory sizes in bytes. A sample is a float32 from 0 (black) to 1 (white) with the transfer
// curve of the picture, usually sRGB. The package does not convert samples to linear light. PSNR is in dB, and +Inf for
// identical pictures. SSIM is at most 1. Steps count from 1.
package igs

import (
	"context"
	"image"
)

// Version is the version of this package. Model files contain it.
const Version = "0.1.0-dev"

// Train trains a model of a picture. If ctx is cancelled, Train returns the error of ctx and no model. Use a Trainer to
// keep what was learned until then.
//
// The picture may be of any type. NewPicture describes how it is converted.
func Train(ctx context.Context, img image.Image, o Options) (*Model, error) {
	t, err := NewTrainer(img, o)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	if err := t.Run(ctx); err != nil {
		return nil, err
	}
	return t.Model()
}
