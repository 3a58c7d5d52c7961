package optim

import (
	"context"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/splat/reference"
	"igs/vk/vktest"
)

// The schedule foresees the splats, rounds, evaluations and frames of a run, also when it is followed in small parts.
func TestScheduleIsThatOfTraining(t *testing.T) {
	dev := vktest.OpenPlain(t)
	_, target := reference.RandomScene(11, 30, 23, 1, 3)
	j := configs.Default()
	if err := j.FillRecipe(); err != nil {
		t.Fatal(err)
	}
	rounds := configs.Run{Name: "test", Image: "test.png", Gaussians: 50, Steps: 25, Settings: j.Settings}
	rounds.Train.EvalEvery = 4
	rounds.Video.Enabled, rounds.Video.Every = true, 6
	for name, run := range map[string]configs.Run{"rounds": rounds, "additions": shortRun()} {
		s, parts := NewSchedule(run, 1000, 0, 0), NewSchedule(run, 1000, 0, 0)
		var foreseen, sum Work
		evaluations, frames, step := 0, 0, 0
		tr, err := New(dev, target.Samples(8), run, func(e event.Event) {
			switch e := e.(type) {
			case event.Densified:
				w := parts.Advance(e.Step)
				sum.Surveys, sum.StepSplats = sum.Surveys+w.Surveys, sum.StepSplats+w.StepSplats
				sum.Evaluations, sum.Frames = sum.Evaluations+w.Evaluations, sum.Frames+w.Frames
				if parts.Splats() != e.Splats || w.Surveys < 1 {
					t.Errorf("%s: %+v foreseen with %d splats, have %+v", name, w, parts.Splats(), e)
				}
			case event.Evaluated:
				evaluations++
				step = e.Step
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if run.Video.Enabled {
			tr.OnFrame(func(f Frame) { frames++; f.Release() })
		}
		_, err = tr.Run(context.Background())
		tr.Close()
		if err != nil {
			t.Fatal(err)
		}
		foreseen = s.Advance(run.Steps)
		rest := parts.Advance(run.Steps)
		if int(foreseen.Steps) != run.Steps || int(foreseen.Evaluations) != evaluations || int(foreseen.Frames) != frames || step != run.Steps || s.Splats() != run.Gaussians {
			t.Errorf("%s: foreseen %+v, and %d splats; there were %d evaluations and %d frames", name, foreseen, s.Splats(), evaluations, frames)
		}
		if sum.Surveys+rest.Surveys != foreseen.Surveys || sum.StepSplats+rest.StepSplats != foreseen.StepSplats || sum.Evaluations+rest.Evaluations != foreseen.Evaluations || sum.Frames+rest.Frames != foreseen.Frames {
			t.Errorf("%s: in parts %+v and %+v, at once %+v", name, sum, rest, foreseen)
		}
	}
}

// Strided steps count with the share of the pixels that they look at, in one part or in several.
func TestScheduleCountsPixels(t *testing.T) {
	run := igsRun(50, 25)
	run.Train.Strides = "4:8,2:4,1"
	s := NewSchedule(run, 1000, 0, 0)
	first, second := s.Advance(10), s.Advance(25)
	if first.StepPictures != 8./16+2./4 || second.StepPictures != 2./4+13 {
		t.Errorf("%v, then %v pictures", first.StepPictures, second.StepPictures)
	}
	if first.SurveyPictures <= 0 || first.SurveyPictures > first.Surveys/4 {
		t.Errorf("%v pictures of %v surveys", first.SurveyPictures, first.Surveys)
	}
}
