package session

import (
	"igs/configs"
	"igs/imageio"
	"igs/optim"
	"igs/record"
)

// part is a part of a run that takes time.
type part int

const (
	preparing     part = iota // the picture is read, the first splats are placed, memory is allocated
	stepping                  // steps of training
	surveying                 // splats are added and moved
	evaluating                // PSNR and SSIM during training
	framing                   // frames of the video
	rounding                  // of the splats for the model file, behind the last step
	checkpointing             // checkpoints at certain steps
	saving                    // the model file
	scoring                   // pictures, and the scores of the whole picture
	enlarging                 // scores at the full size of a reduced picture
	encoding                  // the video
	reporting                 // the share of the report
	parts
)

// onDevice reports whether the device does most of the work of a part.
func (p part) onDevice() bool { return p >= stepping && p <= rounding }

// partTimes are the seconds of each part on the reference machine: one core of about 3 GHz, which is the device too.
// Other machines differ by a factor for the device and one for the host, which pace measures. What counts is therefore
// how the times of parts, pictures and numbers of splats compare.
type partTimes [parts]float64

// The reference machine, measured with kodim23 and built-in pictures of 64 × 64 to 768 × 512 px.
const (
	samplesPerSplat  = 120.  // a splat takes as much of a step as so many samples
	samplesPerLaunch = 6000. // the commands of a step, on a CPU
	launchOnGPU      = 1e6   // the same on a GPU, whose samples are faster

	stepSample    = 75e-9 // s
	surveyPart    = 1.    // of a step
	surveyLeast   = 5e-3
	evaluatePart  = 1.2
	evaluateLeast = 5e-3
	roundPart     = 14. // the search for the precision renders the picture some fifteen times
	searchPart    = 90. // the search for symbols: steps, renderings and the lengths of codes
	framePart     = 1.5

	prepareSample    = 60e-9
	prepareLeast     = 0.03
	checkpointSplat  = 1e-6
	checkpointLeast  = 0.01
	saveSplat        = 10e-6
	scoreSample      = 0.18e-6
	scoreLeast       = 0.02
	encodeSample     = 60e-9
	webmTimes        = 1.8 // as long as H.264
	encodeLeast      = 0.15
	reportSample     = 100e-9 // of the pictures that the report shows
	reportLeast      = 0.03
	channelsOfPanels = 3
)

// workload is what the time of a run depends on.
type workload struct {
	run configs.Run
	imageio.Size
	gpu   bool
	asked configs.Run // as the job has it; run has a fixed number of splats
}

func newWorkload(run configs.Run, size imageio.Size, gpu bool) workload {
	return workload{optim.Foreseen(run, size.W*size.H, 0), size, gpu, run}
}

// step is the time of a step with a number of splats.
func (l workload) step(splats float64) float64 { return l.steps(1, splats, 1) }

// steps is the time of steps. splats is the sum of their numbers of splats, pictures that of the shares of the pixels that
// they look at.
func (l workload) steps(steps, splats, pictures float64) float64 {
	launch := samplesPerLaunch
	if l.gpu {
		launch = launchOnGPU
	}
	return stepSample * (pictures*float64(samples(l.Size)) + steps*launch + samplesPerSplat*splats)
}

// looked is the time of a step at the pixels at which errors are measured.
func (l workload) looked() float64 {
	n := float64(optim.LatticeOf(l.run, l.W*l.H))
	return l.steps(1, float64(l.run.Gaussians), 1/(n*n))
}

// training is the time of a part of the schedule.
func (l workload) training(w optim.Work) partTimes {
	full := l.step(float64(l.run.Gaussians))
	var t partTimes
	t[stepping] = l.steps(w.Steps, w.StepSplats, w.StepPictures)
	t[surveying] = surveyPart*l.steps(w.Surveys, w.SurveySplats, w.SurveyPictures) + surveyLeast*w.Surveys
	t[evaluating] = w.Evaluations * (evaluatePart*l.looked() + evaluateLeast)
	t[framing] = framePart * w.Frames * full
	t[checkpointing] = w.Checkpoints * (checkpointLeast + checkpointSplat*float64(l.run.Gaussians))
	return t
}

// ending is the time after the last step.
func (l workload) ending(report bool) partTimes {
	all := float64(samples(l.Size))
	var t partTimes
	if optim.RoundsForFile(l.run) {
		t[rounding] = roundPart * l.looked()
	}
	if optim.SearchesSymbols(l.run, l.W*l.H) {
		t[rounding] += searchPart * l.step(float64(l.run.Gaussians))
	}
	t[saving] = saveSplat * float64(l.run.Gaussians)
	t[scoring] = scoreLeast + scoreSample*all
	if d := l.run.Target.Downsample; d > 1 {
		t[enlarging] = scoreLeast + 0.5*scoreSample*all*d*d
	}
	if v := l.run.Video; v.Enabled {
		w, h := v.Panel(l.W, l.H)
		if v.Layout == configs.LayoutSide {
			w *= 2
		}
		frames := l.run.Steps/v.Every + 2 + v.FPS // the last frame stays for a second
		t[encoding] = encodeLeast + encodeSample*channelsOfPanels*float64(w*h)*float64(frames)
		if v.Format == "webm" {
			t[encoding] *= webmTimes
		}
	}
	if report {
		shown := 1.0 // the thumbnail of a large picture, as a share of its width
		if w := record.WidthOfThumbnail(l.W, l.H); w > 0 {
			shown = float64(w) / float64(l.W)
		}
		t[reporting] = reportLeast + reportSample*all*shown*shown
	}
	return t
}

// schedule follows the steps of the run after the given one.
func (l workload) schedule(step, splats int) *optim.Schedule {
	return optim.NewSchedule(l.run, l.W*l.H, step, splats)
}

// whole is the time of a run from its begin.
func (l workload) whole(report bool) partTimes {
	var t partTimes
	t[preparing] = prepareLeast + prepareSample*float64(samples(l.Size))
	return t.plus(l.training(l.schedule(0, 0).Advance(l.run.Steps))).plus(l.ending(report))
}

func (t partTimes) plus(other partTimes) partTimes {
	for p, s := range other {
		t[p] += s
	}
	return t
}
