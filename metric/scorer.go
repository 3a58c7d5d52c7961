package metric

import "math"

// Scorer compares two pictures of which the rows come one by one, and holds few of them: at 8K some 60 MB.
type Scorer struct {
	w, h, c  int
	squares  []float64 // by channel
	finest   []*scale  // by channel
	gaze     *gaze
	batch    [2][][]float32 // rows that wait, by channel: of the target and the render
	from     int            // first of them
	held     int            // how many they are
	multiple bool           // large enough for MS-SSIM
}

// Scores are the measures of this room. MS-SSIM is NaN for pictures with a side of 160 px or less.
type Scores struct{ PSNR, SSIM, MSSSIM, FLIP float64 }

// batchRows keep several goroutines busy.
const batchRows = 16

// NewScorer is for pictures of w × h px with c channels.
func NewScorer(w, h, c int) *Scorer {
	s := &Scorer{w: w, h: h, c: c, squares: make([]float64, c), gaze: newGaze(w, h), multiple: min(w, h) >= leastSide}
	for range c {
		finest := newScale(w, h)
		if s.multiple {
			finest = newPyramid(w, h)
		}
		finest.indexed = true
		s.finest = append(s.finest, finest)
	}
	for k := range s.batch {
		for range c {
			s.batch[k] = append(s.batch[k], make([]float32, batchRows*w))
		}
	}
	return s
}

// Add takes the next row of both from the top, a slice a channel.
func (s *Scorer) Add(target, render [][]float32) {
	for c := range s.c {
		copy(s.batch[0][c][s.held*s.w:], target[c][:s.w])
		copy(s.batch[1][c][s.held*s.w:], render[c][:s.w])
	}
	if s.held++; s.held == batchRows || s.from+s.held == s.h {
		s.compare()
	}
}

// compare looks at the rows that wait.
func (s *Scorer) compare() {
	parallel(s.c, func(first, end int) {
		for c := first; c < end; c++ {
			for i := range s.held {
				t, r := s.row(0, c, i), s.row(1, c, i)
				s.squares[c] += squares(t, r)
				s.finest[c].add(t, r)
			}
		}
	})
	rows := func(k int) func(c, y int) []float32 {
		return func(c, y int) []float32 {
			if s.c < 3 {
				c = 0
			}
			return s.row(k, c, y-s.from)
		}
	}
	s.gaze.look(s.from+s.held, rows(0), rows(1), nil)
	s.from, s.held = s.from+s.held, 0
}

func (s *Scorer) row(k, c, i int) []float32 { return s.batch[k][c][i*s.w : (i+1)*s.w] }

// Scores are those of all rows, which must have come.
func (s *Scorer) Scores() Scores {
	samples, index := float64(s.w)*float64(s.h)*float64(s.c), 0.0
	for _, finest := range s.finest {
		index += finest.index
	}
	found := Scores{PSNR: -10 * math.Log10(total(s.squares)/samples), SSIM: index / samples, MSSSIM: math.NaN(), FLIP: s.gaze.mean()}
	if s.multiple {
		found.MSSSIM = joined(s.finest)
	}
	return found
}
