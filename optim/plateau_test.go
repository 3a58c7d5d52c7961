package optim

import (
	"encoding/json"
	"math"
	"testing"

	"igs/configs"
)

func paperSchedule() plateau {
	return newPlateau(configs.Train{EvalEvery: 100, CheckDecaySteps: 1000, MaxDecayTimes: 1, DecayThreshold: 1e-3})
}

// score is one evaluation, repeated a number of times.
type score struct {
	times      int
	psnr, ssim float64
}

func TestSchedule(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name        string
		scores      []score
		decay, stop int // number of the observation that returned it, from 1; 0 means none
	}{
		{"a flat run decays after ten and stops after ten more", []score{{1, 20, 0.5}, {30, 20, 0.5}}, 11, 21},
		{"exactly at the threshold is no improvement", []score{{1, 20, 0.5}, {1, 20.1, 0.6}, {30, 20, 0.5}}, 11, 21},
		{"above the threshold is", []score{{1, 20, 0.5}, {1, 20.1001, 0.5011}, {30, 20, 0.5}}, 12, 22},
		{"PSNR alone is no improvement", []score{{1, 20, 0.5}, {10, 25, 0.5005}, {1, 26, 0.502}, {10, 26, 0.502}}, 11, 22},
		{"SSIM alone is no improvement", []score{{1, 20, 0.5}, {10, 20.05, 0.9}, {1, 20.2, 0.502}, {10, 20, 0.5}}, 11, 22},
		{"neither best moves by half", []score{{1, 20, 0.5}, {1, 30, 0.5}, {1, 20.2, 0.502}, {10, 0, 0}}, 13, 0},
		{"an improvement at the last chance starts over", []score{{1, 20, 0.5}, {9, 20, 0.5}, {1, 21, 0.6}, {9, 21, 0.6}, {1, 22, 0.7}, {10, 22, 0.7}}, 31, 0},
		{"the decay does not count towards the stop", []score{{1, 20, 0.5}, {10, 20, 0.5}, {9, 20, 0.5}, {1, 21, 0.6}, {9, 21, 0.6}}, 11, 0},
		{"worse scores change nothing", []score{{1, 20, 0.5}, {5, 10, 0.1}, {1, 20.05, 0.5}, {4, 5, 0}}, 11, 0},
		{"bad from the start", []score{{10, 0.05, 0.9}}, 10, 0},
		{"NaN is no improvement and spoils no best", []score{{1, 20, 0.5}, {5, nan, nan}, {1, 21, 0.6}, {10, nan, 0.9}}, 17, 0},
		{"a perfect picture stays best", []score{{1, math.Inf(1), 1}, {20, math.Inf(1), 1}}, 11, 21},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paperSchedule()
			n, decayed, stopped := 0, 0, 0
			for _, score := range c.scores {
				for range score.times {
					n++
					decay, stop := s.observe(score.psnr, score.ssim)
					if decay {
						if decayed != 0 {
							t.Fatalf("second decay at %d", n)
						}
						decayed = n
					}
					if stop && stopped == 0 {
						stopped = n
					}
					// A rule that was written to a file and read again must behave the same.
					text, err := json.Marshal(s)
					if err != nil {
						t.Fatal(err)
					}
					s = plateau{}
					if err := json.Unmarshal(text, &s); err != nil {
						t.Fatal(err)
					}
				}
			}
			if decayed != c.decay || stopped != c.stop {
				t.Errorf("decay at %d and stop at %d, want %d and %d", decayed, stopped, c.decay, c.stop)
			}
		})
	}
}

func TestScheduleCountsSteps(t *testing.T) {
	s := newPlateau(configs.Train{EvalEvery: 300, CheckDecaySteps: 1000, MaxDecayTimes: 2, DecayThreshold: 1e-3})
	s.observe(20, 0.5)
	var decays, stops []int
	for n := 1; n <= 16; n++ {
		decay, stop := s.observe(20, 0.5)
		if decay {
			decays = append(decays, n)
		}
		if stop {
			stops = append(stops, n)
		}
	}
	// 4·300 is the first multiple of 300 that is at least 1000. After two decays every plateau returns stop.
	if len(decays) != 2 || decays[0] != 4 || decays[1] != 8 || len(stops) != 2 || stops[0] != 12 || stops[1] != 16 {
		t.Errorf("decays %v, stops %v", decays, stops)
	}
}
