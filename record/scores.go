package record

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"igs/metric"
)

// LayerScores are the scores of one picture of a stack.
type LayerScores struct {
	Name          string `json:"name"`
	metric.Scores `json:"-"`
}

// FullScores are the scores at the size of the picture file, for a run that trained on a smaller picture.
type FullScores struct {
	W             int `json:"width"`
	H             int `json:"height"`
	metric.Scores `json:"-"`
}

// ScoresJSON are scores in JSON. They are embedded in the object to which they belong. A score that was not measured is
// left out.
type ScoresJSON struct {
	PSNR   Number   `json:"psnr"`
	SSIM   Number   `json:"ssim"`
	MSSSIM *float64 `json:"ms_ssim,omitempty"`
	FLIP   *float64 `json:"flip,omitempty"`
}

// NewScoresJSON converts scores.
func NewScoresJSON(s metric.Scores) ScoresJSON {
	number := func(x *float64) *float64 { // JSON cannot represent NaN
		if x == nil || math.IsNaN(*x) {
			return nil
		}
		return x
	}
	return ScoresJSON{PSNR: Number(s.PSNR), SSIM: Number(s.SSIM), MSSSIM: number(s.MSSSIM), FLIP: number(s.FLIP)}
}

func (s ScoresJSON) scores() metric.Scores {
	ssim := float64(s.SSIM)
	if math.IsInf(ssim, 1) { // null: it was not measured
		ssim = math.NaN()
	}
	return metric.Scores{PSNR: float64(s.PSNR), SSIM: ssim, MSSSIM: s.MSSSIM, FLIP: s.FLIP}
}

// MarshalJSON writes the scores first and then the other fields.
func (r Result) MarshalJSON() ([]byte, error) {
	type others Result
	return joined(NewScoresJSON(r.Scores), others(r))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Result) UnmarshalJSON(text []byte) error {
	type others Result
	return split(text, &r.Scores, (*others)(r))
}

// MarshalJSON writes the name first and then the scores.
func (s LayerScores) MarshalJSON() ([]byte, error) {
	type others LayerScores
	return joined(others(s), NewScoresJSON(s.Scores))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *LayerScores) UnmarshalJSON(text []byte) error {
	type others LayerScores
	return split(text, &s.Scores, (*others)(s))
}

// MarshalJSON writes the size first and then the scores.
func (s FullScores) MarshalJSON() ([]byte, error) {
	type others FullScores
	return joined(others(s), NewScoresJSON(s.Scores))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *FullScores) UnmarshalJSON(text []byte) error {
	type others FullScores
	return split(text, &s.Scores, (*others)(s))
}

// joined returns one JSON object with the fields of both values. Neither value may be empty.
func joined(a, b any) ([]byte, error) {
	first, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	second, err := json.Marshal(b)
	return slices.Concat(bytes.TrimSuffix(first, []byte("}")), []byte(","), bytes.TrimPrefix(second, []byte("{"))), err
}

// split reads an object that joined wrote.
func split(text []byte, scores *metric.Scores, others any) error {
	var s ScoresJSON
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if err := json.Unmarshal(text, others); err != nil {
		return err
	}
	*scores = s.scores()
	return nil
}

// Number is a float that is written as null if JSON cannot represent it.
type Number float64

// MarshalJSON writes null for infinities and NaN.
func (n Number) MarshalJSON() ([]byte, error) {
	if x := float64(n); math.IsInf(x, 0) || math.IsNaN(x) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(n), 'g', -1, 64), nil
}

// UnmarshalJSON reads null as +Inf, the PSNR of a perfect picture.
func (n *Number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*n = Number(math.Inf(1))
		return nil
	}
	x, err := strconv.ParseFloat(string(text), 64)
	*n = Number(x)
	return err
}
