package session

import (
	"fmt"

	"igs/configs"
	"igs/imageio"
	"igs/record"
)

// goalOf is the goal of a run as its records have it; nil when it has none.
func goalOf(run configs.Run) *record.Goal {
	if g := run.Goal; g.HasQuality() || g.HasSize() {
		return &record.Goal{PSNR: g.PSNR, SSIM: g.SSIM, Bytes: g.Bytes, BitsPerPixel: g.BitsPerPixel, Free: run.Free}
	}
	return nil
}

// runOf is the run of an entry of a session, with the settings of its job.
func runOf(e record.Entry, job *configs.Job) configs.Run {
	run := configs.Run{Name: e.Name, Image: e.Image, Gaussians: e.Gaussians, Steps: e.Steps, Settings: job.Settings}
	if g := e.Goal; g != nil {
		run.Free = g.Free
		run.Goal = configs.Goal{PSNR: g.PSNR, SSIM: g.SSIM, Bytes: g.Bytes, BitsPerPixel: g.BitsPerPixel}
	}
	return run
}

// forPictures gives runs their largest numbers of splats if these follow from goals. Pictures without a size are left out.
func forPictures(runs []configs.Run, sizes map[string]imageio.Size) (err error) {
	for i, run := range runs {
		if size := sizes[run.Image]; size.W > 0 {
			if runs[i], err = run.For(size.W * size.H); err != nil {
				return err
			}
		}
	}
	return nil
}

// missed says which part of its goal a finished run has not reached; "" means none.
func missed(g *record.Goal, r *record.Run) string {
	if g == nil || r == nil || r.Status != record.Done || r.Result == nil {
		return ""
	}
	switch v := r.Result; {
	case g.Bytes > 0 && v.Bytes > g.Bytes:
		return fmt.Sprintf("the model of %s has %d bytes, and the most is %d", r.Name, v.Bytes, g.Bytes)
	case g.PSNR > 0 && !(v.PSNR >= g.PSNR):
		return fmt.Sprintf("%s has a PSNR of %.3f dB with %d splats, and the target is %g dB", r.Name, v.PSNR, v.Splats, g.PSNR)
	case g.SSIM > 0 && !(v.SSIM >= g.SSIM):
		return fmt.Sprintf("%s has an SSIM of %.4f with %d splats, and the target is %g", r.Name, v.SSIM, v.Splats, g.SSIM)
	}
	return ""
}
