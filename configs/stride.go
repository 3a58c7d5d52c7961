package configs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Strides says which pixels the steps of a run look at, as text: "auto", or stages such as "4:83%, 2". A stage is a
// stride s, at which a step looks at every s-th column and row, and the number or the share of the steps that it takes.
// The last stage takes the remaining steps.
type Strides string

// StridesAuto leaves the strides to igs.
const StridesAuto Strides = auto

// MaxStride is the largest stride. Few splats are larger than 16 px across the part of a picture that they show.
const MaxStride = 16

// Stage is a part of a run whose steps have the same stride.
type Stage struct {
	Stride int // 1: the steps look at every pixel
	End    int // the last step of the stage
}

// Sizes of pictures at which the strides of recipe igs change, pixels.
const (
	stridedPixels = 1 << 20     // up to this size all steps look at every pixel
	largePixels   = 3840 * 2160 // 4K: from this size on, drafts look at every fourth column and row
)

// draftSteps is the number of steps up to which a run counts as a draft.
const draftSteps = 200

// Stages returns the stages of a run on a picture with the given number of pixels. Steps are counted from 1, and the last
// stage ends with the run. Only recipe igs strides by itself: SSIM looks at neighbouring pixels, and recipe paper trains
// as the public code does.
func (r Run) Stages(pixels int) []Stage {
	text := r.Train.Strides
	if text == StridesAuto {
		switch {
		case r.Train.Optimizer != OptimizerFrame || r.Loss.SSIM != 0 || pixels <= stridedPixels:
			text = "1"
		case pixels >= largePixels && r.Steps <= draftSteps:
			text = draftStrides(pixels)
		default:
			text = "2:90%,1"
		}
	}
	stages, err := text.stages(r.Steps)
	if err != nil {
		return []Stage{{Stride: 1, End: r.Steps}} // Validate has refused the text
	}
	return stages
}

// draftPixels is how many pixels a draft step of a large picture looks at, at most, unless the stride would be too large.
const draftPixels = 1 << 22

// draftStrides are the strides of a draft of a large picture.
func draftStrides(pixels int) Strides {
	s := 4
	for s < MaxStride && pixels > draftPixels*s*s {
		s *= 2
	}
	return Strides(fmt.Sprintf("%d:83%%,%d", s, s/2))
}

// stages parses the text for a run of so many steps. Stages that begin after the end of the run are left out.
func (s Strides) stages(steps int) ([]Stage, error) {
	var stages []Stage
	parts := strings.Split(string(s), ",")
	begin := 0
	for i, part := range parts {
		stride, length, bounded := strings.Cut(part, ":")
		n, err := wholeNumber(stride)
		if err != nil || n < 1 || n > MaxStride {
			return nil, fmt.Errorf("has the stride %s; a stride is a whole number from 1 to %d", strconv.Quote(stride), MaxStride)
		}
		if last := i == len(parts)-1; last == bounded {
			return nil, fmt.Errorf("is %s; every stage but the last has a number of steps, such as \"4:100, 2:10%%, 1\"", strconv.Quote(string(s)))
		}
		end := steps
		if bounded {
			taken, err := lengthOf(length, steps)
			if err != nil {
				return nil, err
			}
			end = min(begin+taken, steps)
		}
		if end > begin {
			stages = append(stages, Stage{Stride: int(n), End: end})
		}
		begin = end
	}
	return stages, nil
}

// lengthOf parses the number of steps of a stage: a number, or a share of all steps of the run.
func lengthOf(text string, steps int) (int, error) {
	share, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if percent {
		if x, err := parseNumber(share); err == nil && x.(float64) > 0 && x.(float64) <= 100 {
			return int(math.Floor(x.(float64) / 100 * float64(steps))), nil
		}
	} else if n, err := wholeNumber(text); err == nil && n >= 1 && n <= many {
		return int(n), nil
	}
	return 0, fmt.Errorf("has a stage of %s steps; write a number such as 100, or a share such as 90%%", strconv.Quote(text))
}

type stridesField struct{ at *Strides }

func (f stridesField) parse(text string) (any, error) { return text, nil }
func (f stridesField) get() any                       { return string(*f.at) }
func (f stridesField) take(from field)                { *f.at = *from.(stridesField).at }

// set stores a stride, stages, or auto.
func (f stridesField) set(_ key, value any) error {
	var s Strides
	switch v := value.(type) {
	case int64:
		s = Strides(strconv.FormatInt(v, 10))
	case string:
		s = Strides(strings.TrimSpace(v))
	default:
		return fmt.Errorf("wants a stride, stages such as \"2:90%%,1\", or \"auto\", not %s", describe(value))
	}
	if err := s.check(); err != nil {
		return err
	}
	*f.at = s
	return nil
}

// check reports an error of the text.
func (s Strides) check() error {
	if s == StridesAuto {
		return nil
	}
	_, err := s.stages(many)
	return err
}
