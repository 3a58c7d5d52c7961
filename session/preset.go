package session

import (
	"igs/configs"
	"igs/imageio"
	"igs/optim/engine"
)

// AutoPreset is the preset that suits the pictures of a job and the memory of its device, and why.
func AutoPreset(job *configs.Job) (name, why string) {
	bytes := job.Memory.Budget
	if bytes == 0 {
		if device, err := FindDevice(job.Device.Select); err == nil { // an error of the device comes again when it is opened
			bytes = engine.FreeBytes(device.Info)
		}
	}
	return configs.AutoPreset(largestPicture(job), bytes)
}

// largestPicture is in pixels. A picture that cannot be found or read counts as nothing: reading the pictures comes next and says
// what is wrong with it.
func largestPicture(job *configs.Job) int64 {
	paths, _ := job.Images()
	var most int64
	for _, path := range paths {
		if size, err := imageio.TargetSize(path, imageio.Options{Downsample: job.Target.Downsample}); err == nil {
			most = max(most, int64(size.W)*int64(size.H))
		}
	}
	return most
}
