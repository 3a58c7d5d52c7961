package optim

import (
	"igs/configs"
)

// Work counts what training does between two steps. Sums over splats weigh each step or survey with the number of
// splats that it has, and sums over pictures with the share of the pixels that it looks at.
type Work struct {
	Steps, StepSplats, StepPictures       float64
	Surveys, SurveySplats, SurveyPictures float64 // drawings by which splats are added or moved
	Evaluations                           float64
	Frames                                float64 // of the training video
	Checkpoints                           float64 // of a run that writes them at certain steps
}

// Schedule follows the steps of a run without training, and counts the work. Stopping early is not foreseen.
type Schedule struct {
	run    configs.Run
	stages []configs.Stage
	rule   densifier
	step   int
	splats int
}

// NewSchedule begins after the given step of a run on a picture with the given number of pixels. splats is the number of
// splats at that step; 0 means that of the run.
func NewSchedule(run configs.Run, pixels, step, splats int) *Schedule {
	s := &Schedule{run: run, stages: run.Stages(pixels), rule: densifierOf(run, pixels), step: step, splats: splats}
	if splats == 0 {
		s.splats = s.rule.start()
	}
	return s
}

// Step is the step that the schedule has reached.
func (s *Schedule) Step() int { return s.step }

// Splats is the number of splats after that step.
func (s *Schedule) Splats() int { return s.splats }

// Advance goes on to a step and returns the work until then.
func (s *Schedule) Advance(to int) Work {
	to = min(to, s.run.Steps)
	if to <= s.step {
		return Work{}
	}
	w := Work{
		Evaluations: float64(multiplesIn(s.step, to, s.run.Train.EvalEvery)), Checkpoints: float64(multiplesIn(s.step, to, s.run.Train.CheckpointEvery.Steps)),
	}
	if to == s.run.Steps && to%s.run.Train.EvalEvery != 0 {
		w.Evaluations++
	}
	if v := s.run.Video; v.Enabled {
		w.Frames = float64(multiplesIn(s.step, to, v.Every))
		if s.step == 0 && v.Every > 1 {
			w.Frames++
		}
		if to == s.run.Steps && to%v.Every != 0 {
			w.Frames++
		}
	}
	for s.step < to {
		next := s.rule.next(s.step, s.splats)
		due := next > s.step && next <= to && next < s.run.Steps
		if !due {
			next = to
		}
		w.Steps += float64(next - s.step)
		w.StepSplats += float64(next-s.step) * float64(s.splats)
		w.StepPictures += s.pictures(s.step, next)
		s.step = next
		if due {
			surveys := 0
			surveys, s.splats = s.rule.foresee(next, s.splats)
			w.Surveys += float64(surveys)
			w.SurveySplats += float64(surveys) * float64(s.splats)
			w.SurveyPictures += float64(surveys) * s.pictures(next, next+1)
		}
	}
	return w
}

// pictures adds up the shares of the pixels that the steps after from, up to to, look at.
func (s *Schedule) pictures(from, to int) (sum float64) {
	for _, stage := range s.stages {
		if n := min(to, stage.End) - from; n > 0 {
			sum += float64(n) / float64(stage.Stride*stage.Stride)
			from += n
		}
	}
	return sum
}

// multiplesIn counts the multiples of every that are greater than from and at most to; every 0 means none.
func multiplesIn(from, to, every int) int {
	if every < 1 {
		return 0
	}
	return to/every - from/every
}
