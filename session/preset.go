package session

import (
	"igs/configs"
	"igs/imageio"
	"igs/optim/engine"
)

// AutoPreset chooses a preset by the pictures of a job and the memory of its device, and says why.
func AutoPreset(job *configs.Job) (name, why string) {
	bytes := job.Memory.Budget
	if bytes == 0 {
		if device, err := FindDevice(job.Device.Select); err == nil { // opening the device gives the same error later
			bytes = engine.FreeBytes(device.Info)
		}
	}
	return configs.AutoPreset(largestPicture(job), bytes)
}

// largestPicture is the number of pixels of the largest picture. It ignores pictures that cannot be read, because
// reading the pictures comes next and gives the error.
func largestPicture(job *configs.Job) int64 {
	paths, _ := job.Images()
	var most int64
	for _, path := range paths {
		if size, err := imageio.TargetSize(path, imageio.Options{Downsample: job.Target.Downsample, Alpha: imageio.Alpha{Drop: true}}); err == nil {
			most = max(most, int64(size.W)*int64(size.H))
		}
	}
	return most
}
