package video

import (
	"context"
	"image"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"igs/internal/fault"
)

// encoder is an encoder of ffmpeg and its options. The quality is high, because people judge renders by the video.
type encoder struct {
	name    string
	options []string
	rate    bool // it needs a rate in bits a second
}

// encoders are those for each ending, the best first. All of them run on any processor, and browsers play what they make,
// but for mpeg4.
var encoders = map[string][]encoder{
	".mp4": {
		{"libx264", []string{"-preset", "medium", "-crf", "14"}, false},
		{"libopenh264", nil, true},
		{"libvpx-vp9", []string{"-crf", "20", "-b:v", "0", "-row-mt", "1"}, false},
		{"mpeg4", []string{"-q:v", "2"}, false},
	},
	".webm": {
		{"libvpx-vp9", []string{"-crf", "20", "-b:v", "0", "-row-mt", "1"}, false},
		{"libvpx", []string{"-crf", "4"}, true},
		{"libaom-av1", []string{"-crf", "18", "-b:v", "0", "-cpu-used", "6"}, false},
	},
	".gif": {{"gif", nil, false}},
}

// rateOf is a rate of a quarter of a bit for each pixel.
func rateOf(size image.Point, fps int) string {
	return strconv.Itoa(max(size.X*size.Y*fps/4, 1_000_000))
}

// chooseEncoder takes the first encoder for an ending that the installed ffmpeg has. When it cannot list its encoders, it
// is the best one: ffmpeg then says itself what is wrong.
func chooseEncoder(ctx context.Context, ending string) (encoder, error) {
	known := encoders[ending]
	out, err := exec.CommandContext(ctx, program(), "-hide_banner", "-encoders").Output()
	var has []string
	for line := range strings.Lines(string(out)) { // " V....D libx264     libx264 H.264 / AVC …"
		if words := strings.Fields(line); len(words) > 1 && len(words[0]) == 6 {
			has = append(has, words[1])
		}
	}
	switch {
	case ctx.Err() != nil:
		return encoder{}, errInterrupted
	case err != nil || len(has) == 0:
		return known[0], nil
	}
	for _, e := range known {
		if slices.Contains(has, e.name) {
			return e, nil
		}
	}
	hint := "install an ffmpeg with " + known[0].name
	for _, other := range Endings {
		if other != ending && slices.ContainsFunc(encoders[other], func(e encoder) bool { return slices.Contains(has, e.name) }) {
			hint += "; or make another kind of file: igs video DIR -o FILE" + other
			break
		}
	}
	return encoder{}, fault.New(fault.Failed, hint, "%s has no encoder for %s files", program(), ending)
}

// arguments are the part of the command line of ffmpeg about the output.
func (e encoder) arguments(ending string, size image.Point, fps int) []string {
	if ending == ".gif" { // each frame has its own palette: for a common one ffmpeg would hold all frames in memory
		return []string{"-vf", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1", "-loop", "0", "-f", "gif"}
	}
	yuv := []string{
		"-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int", "-pix_fmt", "yuv420p",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-color_range", "tv", "-c:v", e.name,
	}
	yuv = append(yuv, e.options...)
	if e.rate {
		yuv = append(yuv, "-b:v", rateOf(size, fps))
	}
	if ending == ".webm" {
		return append(yuv, "-f", "webm")
	}
	return append(yuv, "-movflags", "+faststart", "-f", "mp4")
}
