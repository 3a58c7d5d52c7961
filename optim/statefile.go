package optim

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"

	"igs/internal/safetensors"
	"igs/optim/engine"
	"igs/splat"
)

// Versions of the checkpoint format. A checkpoint that owes work after its step has the second one, so that an igs that
// would leave the work out refuses it.
const (
	stateFormat = "igs checkpoint 1"
	owingFormat = "igs checkpoint 2"
)

// Checkpoint and metadata keys.
const (
	formatKey   = "format"
	stateKey    = "state"
	checksumKey = "crc32c"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Encode writes a checkpoint: a safetensors file with the tensors xy (N, 2), scale (N, 2), rot (N) and feat (N, C) of
// the splats, the same tensors of the moments with the prefixes adam.m. and adam.v., and adam.age (N) if each splat has
// its own age. The metadata holds the numbers as JSON.
func (s *State) Encode() ([]byte, error) {
	n := s.numbers
	n.Last.PSNR = min(n.Last.PSNR, math.MaxFloat64) // JSON cannot store +Inf
	if math.IsNaN(n.Last.SSIM) {
		n.Last.SSIM = math.MaxFloat64
	}
	text, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	tensors := slices.Concat(tensorsOf("", s.Splats), tensorsOf("adam.m.", s.first), tensorsOf("adam.v.", s.second))
	if s.ages != nil {
		tensors = append(tensors, safetensors.Tensor{Name: agesName, Shape: []int{len(s.ages)}, Values: s.ages})
	}
	format := stateFormat
	if s.Due != dueNothing {
		format = owingFormat
	}
	return safetensors.Encode(tensors, map[string]string{
		formatKey: format, stateKey: string(text), checksumKey: checksum(string(text), tensors),
	})
}

// DecodeState reads a checkpoint of Encode. It returns an error if a single bit has changed.
func DecodeState(data []byte) (*State, error) {
	tensors, metadata, err := safetensors.Decode(data)
	if err != nil {
		return nil, err
	}
	if format := metadata[formatKey]; format != stateFormat && format != owingFormat {
		return nil, fmt.Errorf("not a checkpoint of this version of igs: its format is %q, not %q or %q", format, stateFormat, owingFormat)
	}
	if metadata[checksumKey] != checksum(metadata[stateKey], tensors) {
		return nil, fmt.Errorf("damaged: the checksum does not match")
	}
	s := &State{}
	if err := json.Unmarshal([]byte(metadata[stateKey]), &s.numbers); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if s.Last.PSNR == math.MaxFloat64 {
		s.Last.PSNR = math.Inf(1)
	}
	if s.Last.SSIM == math.MaxFloat64 {
		s.Last.SSIM = math.NaN()
	}
	for _, part := range []struct {
		prefix string
		to     **splat.Splats
	}{{"", &s.Splats}, {"adam.m.", &s.first}, {"adam.v.", &s.second}} {
		if *part.to, err = splatsFrom(tensors, part.prefix); err != nil {
			return nil, err
		}
		if p := *part.to; p.N != s.Splats.N || p.C != s.C {
			return nil, fmt.Errorf("%s: %d splats of %d channels, not %d of %d", part.prefix, p.N, p.C, s.Splats.N, s.C)
		}
	}
	if at := slices.IndexFunc(tensors, func(t safetensors.Tensor) bool { return t.Name == agesName }); at >= 0 {
		if s.ages = tensors[at].Values; len(s.ages) != s.Splats.N {
			return nil, fmt.Errorf("%s: %d ages of %d splats", agesName, len(s.ages), s.Splats.N)
		}
	}
	return s, nil
}

const agesName = "adam.age"

// checksum returns the CRC-32C of the numbers and of the name, shape and values of each tensor.
func checksum(text string, tensors []safetensors.Tensor) string {
	sum := crc32.Checksum([]byte(text), castagnoli)
	for _, t := range tensors {
		sum = crc32.Update(sum, castagnoli, fmt.Append(nil, t.Name, t.Shape))
		sum = crc32.Update(sum, castagnoli, engine.Encode(t.Values))
	}
	return strconv.FormatUint(uint64(sum), 16)
}

func tensorsOf(prefix string, p *splat.Splats) []safetensors.Tensor {
	return []safetensors.Tensor{
		{Name: prefix + "xy", Shape: []int{p.N, 2}, Values: p.XY},
		{Name: prefix + "scale", Shape: []int{p.N, 2}, Values: p.Scale},
		{Name: prefix + "rot", Shape: []int{p.N}, Values: p.Rot},
		{Name: prefix + "feat", Shape: []int{p.N, p.C}, Values: p.Feat},
	}
}

// splatsFrom returns the splats of the four tensors with a prefix.
func splatsFrom(tensors []safetensors.Tensor, prefix string) (*splat.Splats, error) {
	p := &splat.Splats{}
	for _, want := range []struct {
		name string
		to   *[]float32
	}{{"xy", &p.XY}, {"scale", &p.Scale}, {"rot", &p.Rot}, {"feat", &p.Feat}} {
		at := slices.IndexFunc(tensors, func(t safetensors.Tensor) bool { return t.Name == prefix+want.name })
		if at < 0 {
			return nil, fmt.Errorf("tensor %s is missing", prefix+want.name)
		}
		*want.to = tensors[at].Values
	}
	p.N = len(p.Rot)
	if p.N == 0 || len(p.Feat)%p.N != 0 {
		return nil, fmt.Errorf("%d values of feat for %d splats", len(p.Feat), p.N)
	}
	p.C = len(p.Feat) / p.N
	return p, p.Validate()
}
