package configs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Goal is what a run should reach: a quality, a size, or a quality within a size. All of it is about the model file, after
// rounding. A field that is 0 asks for nothing.
type Goal struct {
	PSNR         float64 // at least, dB
	SSIM         float64 // at least
	Bytes        int64   // at most
	BitsPerPixel float64 // at most; Run.For makes Bytes of it
}

// HasQuality reports whether a quality is asked for.
func (g Goal) HasQuality() bool { return g.PSNR > 0 || g.SSIM > 0 }

// HasSize reports whether a size is asked for.
func (g Goal) HasSize() bool { return g.Bytes > 0 || g.BitsPerPixel > 0 }

// String names what is asked for: 35 dB, SSIM 0.95, 50KiB, 0.3 bpp. It is "" when that is nothing.
func (g Goal) String() string { return strings.Join(g.words(" dB", "SSIM ", " bpp"), ", ") }

// label is String for the name of a run.
func (g Goal) label() string { return strings.Join(g.words("dB", "ssim", "bpp"), "-") }

func (g Goal) words(decibels, ssim, bits string) (words []string) {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	if g.PSNR > 0 {
		words = append(words, number(g.PSNR)+decibels)
	}
	if g.SSIM > 0 {
		words = append(words, ssim+number(g.SSIM))
	}
	switch {
	case g.BitsPerPixel > 0:
		words = append(words, number(g.BitsPerPixel)+bits)
	case g.Bytes > 0:
		words = append(words, FormatSize(g.Bytes))
	}
	return words
}

// Missed reports whether a model with these scores and this size has not reached the goal.
func (g Goal) Missed(psnr, ssim float64, bytes int64) bool {
	return g.PSNR > 0 && !(psnr >= g.PSNR) || g.SSIM > 0 && !(ssim >= g.SSIM) || g.Bytes > 0 && bytes > g.Bytes
}

// goals lists the goals of the sweep.
func (j *Job) goals() (all []Goal) {
	sizes := []Goal{{Bytes: j.Goal.Bytes, BitsPerPixel: j.Goal.BitsPerPixel}}
	if len(j.Sweep.Sizes)+len(j.Sweep.BitsPerPixel) > 0 {
		sizes = nil
	}
	for _, s := range j.Sweep.Sizes {
		sizes = append(sizes, Goal{Bytes: int64(s)})
	}
	for _, b := range j.Sweep.BitsPerPixel {
		sizes = append(sizes, Goal{BitsPerPixel: b})
	}
	for _, psnr := range orOne(j.Sweep.PSNR, j.Goal.PSNR) {
		for _, ssim := range orOne(j.Sweep.SSIM, j.Goal.SSIM) {
			for _, g := range sizes {
				g.PSNR, g.SSIM = psnr, ssim
				all = append(all, g)
			}
		}
	}
	return all
}

// orOne is a list, or a list of one value if it is empty.
func orOne(list []float64, one float64) []float64 {
	if len(list) > 0 {
		return list
	}
	return []float64{one}
}

// goalKeys are the keys of a goal, and for each the key of the sweep that gives several values.
var goalKeys = [][2]string{
	{"train.target_psnr", "sweep.psnr"}, {"train.target_ssim", "sweep.ssim"}, {"output.target_bytes", "sweep.size"}, {"output.target_bpp", "sweep.bpp"},
}

// qualities is the number of the first goalKeys that are about quality.
const qualities = 2

// asksFor is the key that asks for a goal among the given ones; "" = none.
func (j *Job) asksFor(keys [][2]string) string {
	initial := Default()
	for _, pair := range keys {
		for _, name := range pair {
			if k, _ := find(name); k.isSet(j, initial) {
				return name
			}
		}
	}
	return ""
}

func (k key) isSet(j, initial *Job) bool { return fmt.Sprint(k.get(j)) != fmt.Sprint(k.get(initial)) }

// replaceRival gives the other key of a goal its default, because a later layer sets this one.
func (j *Job) replaceRival(name string) {
	for _, pair := range goalKeys {
		if at := slices.Index(pair[:], name); at >= 0 {
			k, _ := find(pair[1-at])
			k.in(j).take(k.in(Default()))
			j.origins[k.name] = fromDefault
		}
	}
}

// leaveCount leaves the number of splats to the goal, unless somebody gave one. That of a preset does not count.
func (j *Job) leaveCount() {
	origin := j.origins["sweep.gaussians"]
	if by := j.asksFor(goalKeys); by != "" && (origin == fromDefault || strings.HasPrefix(origin, "preset ")) {
		j.Sweep.Gaussians, j.origins["sweep.gaussians"] = []int{0}, by
	}
}

// BytesPerSplat is about the bytes of a splat of RGB in a model file, at a rounding loss of about 0.6 dB. More splats with
// less precision, or the reverse, gain nothing.
const BytesPerSplat = 4.8

const (
	headerBytes   = 60 // of a model file
	leastPerSplat = 2  // a model of fewer bytes a splat is hardly a picture
)

// splatsFor returns about the number of splats that uses a number of bytes well.
func splatsFor(bytes int64) int { return int(max(1, float64(bytes-headerBytes)/BytesPerSplat)) }

// leastBytes returns the size below which a model of n splats is refused.
func leastBytes(n int) int64 { return headerBytes + leastPerSplat*int64(n) }

// wrongGoals are the mistakes of goals and numbers of splats that do not go together.
func (j *Job) wrongGoals() (found Mistakes) {
	initial := Default()
	for _, pair := range goalKeys {
		one, _ := find(pair[0])
		if several, _ := find(pair[1]); one.isSet(j, initial) && several.isSet(j, initial) {
			found = append(found, Mistake{Where: j.whence(pair[0]), Text: fmt.Sprintf("%s and %s ask for the same", pair[0], pair[1]), Hint: "give only one of the two"})
		}
	}
	bytes, bits := j.asksFor(goalKeys[qualities:qualities+1]), j.asksFor(goalKeys[qualities+1:])
	if bytes != "" && bits != "" {
		found = append(found, Mistake{Where: j.whence(bits), Text: fmt.Sprintf("%s and %s are two sizes", bytes, bits), Hint: "give only one of the two"})
	}
	quality, any := j.asksFor(goalKeys[:qualities]), j.asksFor(goalKeys)
	for _, n := range j.Sweep.Gaussians {
		switch {
		case n == 0 && any == "":
			found = append(found, Mistake{Where: j.whence("sweep.gaussians"), Text: "0 splats are no picture", Hint: "0 leaves the number to a goal: train.target_psnr, train.target_ssim, output.target_bytes or output.target_bpp"})
		case n > 0 && quality != "":
			found = append(found, Mistake{
				Where: j.whence("sweep.gaussians"), Text: fmt.Sprintf("%s finds the number of splats, and sweep.gaussians asks for %d", quality, n),
				Hint: "leave out one of the two, or set sweep.gaussians=0; train.stop_at_psnr stops a run with a fixed number",
			})
		}
	}
	for _, g := range j.goals() {
		for _, n := range j.Sweep.Gaussians {
			if m := g.tooSmall(n); m != nil {
				m.Where = cmp.Or(j.whence("output.target_bytes"), j.whence("sweep.size"))
				found = append(found, *m)
			}
		}
	}
	return found
}

// tooSmall is the mistake of a size that cannot hold n splats, or one splat if n is 0; nil if it can.
func (g Goal) tooSmall(n int) *Mistake {
	if g.Bytes == 0 || g.Bytes >= leastBytes(max(1, n)) {
		return nil
	}
	if n < 2 {
		return &Mistake{Text: fmt.Sprintf("%s are too few for a model of one splat, which needs about %s", FormatSize(g.Bytes), FormatSize(leastBytes(1))), Hint: "ask for a larger file"}
	}
	return &Mistake{
		Text: fmt.Sprintf("%s are too few for a model of %d splats, which needs about %s", FormatSize(g.Bytes), n, FormatSize(leastBytes(n))),
		Hint: fmt.Sprintf("leave out the number of splats, or use at most %d: sweep.gaussians=%d", splatsFor(g.Bytes), splatsFor(g.Bytes)),
	}
}

// goalReadBy says which settings goals need.
var goalReadBy = []condition{
	{"train.target_", "progressive.rule rounds", "set progressive.rule to rounds and progressive.enabled to true, as the recipe igs does", (*Job).growing},
	{"sweep.psnr", "progressive.rule rounds", "set progressive.rule to rounds and progressive.enabled to true, as the recipe igs does", (*Job).growing},
	{"sweep.ssim", "progressive.rule rounds", "set progressive.rule to rounds and progressive.enabled to true, as the recipe igs does", (*Job).growing},
	{"train.target_", "quantize.enabled false", "set quantize.enabled to false, or leave out the target: the bits set the precision", (*Job).roundsForFile},
	{"sweep.psnr", "quantize.enabled false", "set quantize.enabled to false, or leave out the target: the bits set the precision", (*Job).roundsForFile},
	{"sweep.ssim", "quantize.enabled false", "set quantize.enabled to false, or leave out the target: the bits set the precision", (*Job).roundsForFile},
	{"output.target_", "quantize.enabled false", "set quantize.enabled to false, or leave out the size: the bits set the precision", (*Job).roundsForFile},
	{"sweep.size", "quantize.enabled false", "set quantize.enabled to false, or leave out the size: the bits set the precision", (*Job).roundsForFile},
	{"sweep.bpp", "quantize.enabled false", "set quantize.enabled to false, or leave out the size: the bits set the precision", (*Job).roundsForFile},
}

// growing reports whether splats are added in rounds, so that their number can follow a goal.
func (s Settings) growing() bool {
	return s.Progressive.Enabled && s.Progressive.Rule == ProgressiveRounds
}

func (s Settings) roundsForFile() bool { return !s.Quantize.Enabled }

// Bounds of the number of splats that a goal may take.
const (
	pixelsPerSplat = 10 // a picture with more splats is better stored as pixels
	mostForGoal    = 100_000
	fewestBytes    = 2.4 // a splat, at a rounding loss of several dB
)

// For returns the run for a picture with the given number of pixels. If its number of splats follows from a goal,
// Gaussians becomes the largest number that the goal may take. The error is Mistakes: the size is too
// small for the model.
func (r Run) For(pixels int) (Run, error) {
	if g := &r.Goal; g.BitsPerPixel > 0 {
		g.Bytes = max(1, int64(g.BitsPerPixel*float64(pixels)/8))
	}
	fixed := r.Gaussians
	if r.Free {
		fixed = 0
	}
	if m := r.Goal.tooSmall(fixed); m != nil {
		return r, Mistakes{{Where: r.Name, Text: m.Text, Hint: m.Hint}}
	}
	switch {
	case !r.Free:
	case !r.growing():
		r.Free, r.Gaussians = false, min(splatsFor(r.Goal.Bytes), pixels)
	default:
		r.Gaussians = cmp.Or(r.Progressive.Most, min(max(pixels/pixelsPerSplat, 1), mostForGoal))
		if r.Goal.Bytes > 0 {
			r.Gaussians = min(r.Gaussians, int(max(1, float64(r.Goal.Bytes)/fewestBytes)))
		}
		r.Gaussians = min(r.Gaussians, pixels)
	}
	return r, nil
}
