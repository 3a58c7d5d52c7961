// Package igs trains pictures of 2D Gaussians (Image-GS, Zhang et al., SIGGRAPH 2025) with Vulkan compute, and draws them at any size.
//
// The shortest way from a picture to a model and back:
//
//	model, err := igs.Train(ctx, img, igs.Options{})
//	err = model.Encode(file)
//	img, err = model.Render(1920, 1080)
//
// Options that are zero are the defaults of the command igs, and the same options give the same model as the command; of a picture of
// ReadPicture they give the same file. A Trainer does the same step by step, and writes checkpoints from which Resume goes on to the same
// bits. PlanFor says what device memory a training takes before it begins.
//
// # Devices
//
// Where no Device is given, all share the one of DefaultDevice. A Device serves any number of trainers and drawings at once, from any
// goroutines. A Trainer takes one call at a time: a second one, from another goroutine or from a callback, is an error. A Model and a Picture
// never change, and may be used by many.
//
// # Errors
//
// Errors are told apart with errors.Is: ErrBadInput, ErrNoDevice, ErrOutOfMemory, ErrDeviceLost, ErrDiverged. Hint says in one line what
// can be done about one.
//
// # Units
//
// Sizes of pictures are pixels, sizes of memory bytes. A sample is a float32 from 0 (black) to 1 (white) in the transfer curve of the
// picture, usually sRGB: nothing is made linear. PSNR is in dB and +Inf for a perfect picture, SSIM at most 1. Steps count from 1.
package igs

import (
	"context"
	"image"
)

// Version is that of the package. A model file names it.
const Version = "0.1.0-dev"

// Train makes a model of a picture. It ends early with the error of ctx when that is cancelled, and gives no model then; a Trainer keeps what
// was learned.
//
// The picture may be of any type; NewPicture says what becomes of it.
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
