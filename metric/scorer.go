package metric

import (
	"math"

	"igs/internal/parallel"
)

// Scorer compares two pictures or two stacks of pictures row by row. It keeps only a few rows: about 20 MB for RGB at
// 8K.
type Scorer struct {
	w, h, c  int
	parts    []part
	squares  []float64               // sum of squared differences, by channel
	finest   []*scale                // by channel
	batch    [2][][]float32          // waiting rows of the target and the render, by channel
	from     int                     // first waiting row
	held     int                     // number of waiting rows
	lines    [2][batchRows][]float32 // the waiting rows of a channel
	sums     [batchRows]float64      // their squared differences
	multiple bool                    // MS-SSIM is measured: the pictures are large enough, but not too large
}

// part is one picture of a stack.
type part struct {
	first, end int        // channels of the picture
	flip       *flipMeter // nil: FLIP is not measured
}

// Huge is the number of pixels from which on NewScorer leaves out MS-SSIM and FLIP, which would take many minutes.
const Huge = 1 << 28

// batchRows is enough to keep several goroutines busy.
const batchRows = 16

// NewScorer returns a scorer for pictures of w × h px. channels are the numbers of channels of the pictures of a stack.
// Pictures of Huge pixels get PSNR and SSIM only.
func NewScorer(w, h int, channels ...int) *Scorer { return newScorer(w, h, w*h < Huge, channels) }

// NewTrainingScorer returns a scorer of PSNR and SSIM alone, for pictures with c channels, as training measures them.
func NewTrainingScorer(w, h, c int) *Scorer { return newScorer(w, h, false, []int{c}) }

func newScorer(w, h int, all bool, channels []int) *Scorer {
	s := &Scorer{w: w, h: h, multiple: all && min(w, h) >= leastSide}
	for _, c := range channels {
		p := part{first: s.c, end: s.c + c}
		if all {
			p.flip = newFLIPMeter(w, h)
		}
		s.parts = append(s.parts, p)
		s.c += c
	}
	s.squares = make([]float64, s.c)
	memory := newMemory(parallel.Workers)
	for range s.c {
		finest := newScale(w, h, memory)
		if s.multiple {
			finest = newPyramid(w, h, memory)
		}
		s.finest = append(s.finest, finest)
	}
	for k := range s.batch {
		for range s.c {
			s.batch[k] = append(s.batch[k], make([]float32, batchRows*w))
		}
	}
	return s
}

// Add adds the next row of both pictures, from the top. Rows are indexed as [channel][column].
func (s *Scorer) Add(target, render [][]float32) {
	for c := range s.c {
		copy(s.batch[0][c][s.held*s.w:], target[c][:s.w])
		copy(s.batch[1][c][s.held*s.w:], render[c][:s.w])
	}
	if s.held++; s.held == batchRows || s.from+s.held == s.h {
		s.compare()
	}
}

// compare measures the waiting rows.
func (s *Scorer) compare() {
	for c := range s.c {
		for i := range s.held {
			s.lines[0][i], s.lines[1][i] = s.row(0, c, i), s.row(1, c, i)
		}
		parallel.Each(s.held, func(_, i int) { s.sums[i] = squares(s.lines[0][i], s.lines[1][i]) })
		for _, sum := range s.sums[:s.held] {
			s.squares[c] += sum
		}
		s.finest[c].add(s.lines[0][:s.held], s.lines[1][:s.held])
	}
	for _, p := range s.parts {
		if p.flip == nil {
			continue
		}
		p.flip.add(s.from+s.held, s.rows(0, p), s.rows(1, p), nil)
	}
	s.from, s.held = s.from+s.held, 0
}

// rows returns the function that gives red, green and blue of a part. A part with fewer channels is grey.
func (s *Scorer) rows(k int, p part) func(c, y int) []float32 {
	return func(c, y int) []float32 {
		if p.end-p.first < 3 {
			c = 0
		}
		return s.row(k, p.first+c, y-s.from)
	}
}

func (s *Scorer) row(k, c, i int) []float32 { return s.batch[k][c][i*s.w : (i+1)*s.w] }

// Scores returns the scores of the whole stack, after all rows are added. FLIP is the mean over the pictures.
func (s *Scorer) Scores() Scores {
	all, flip := s.between(0, s.c), 0.0
	if s.parts[0].flip == nil {
		return all
	}
	for _, p := range s.parts {
		flip += p.flip.mean() / float64(len(s.parts))
	}
	all.FLIP = &flip
	return all
}

// Part returns the scores of one picture of a stack.
func (s *Scorer) Part(i int) Scores {
	p := s.parts[i]
	one := s.between(p.first, p.end)
	if p.flip == nil {
		return one
	}
	flip := p.flip.mean()
	one.FLIP = &flip
	return one
}

// between returns the scores of the channels first to end-1, without FLIP.
func (s *Scorer) between(first, end int) Scores {
	samples, index := float64(s.w)*float64(s.h)*float64(end-first), 0.0
	for _, finest := range s.finest[first:end] {
		index += finest.found().index
	}
	found := Scores{PSNR: -10 * math.Log10(total(s.squares[first:end])/samples), SSIM: index / samples}
	if s.multiple {
		multiple := joined(s.finest[first:end])
		found.MSSSIM = &multiple
	}
	return found
}
