package video

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"igs/configs"
	"igs/internal/fault"
	"igs/internal/wholefile"
)

// Film is what is made of a spool.
type Film struct {
	Out    string // the ending says what it becomes; see Endings
	FPS    int
	Layout configs.VideoLayout
	Target func() (image.Image, error) // of any size; not asked for in layout render

	Progress func(done, all int)
	Warn     func(text string)
}

// Made is a video that is there.
type Made struct {
	Frames int // of the spool
	Held   int // more of the last one: a second
	W, H   int
}

// Endings are those that Film.Out may have.
var Endings = []string{".mp4", ".webm", ".gif"}

// encoding says what ffmpeg is to make of the frames. The quality is high: the pictures are to be judged.
func encoding(ending string) []string {
	yuv := []string{
		"-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int", "-pix_fmt", "yuv420p",
		"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1", "-color_range", "tv",
	}
	switch ending {
	case ".webm":
		return append(yuv, "-c:v", "libvpx-vp9", "-crf", "20", "-b:v", "0", "-row-mt", "1", "-f", "webm")
	case ".gif": // a palette a frame: one for all would hold all frames in memory
		return []string{"-vf", "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1", "-loop", "0", "-f", "gif"}
	}
	return append(yuv, "-c:v", "libx264", "-preset", "medium", "-crf", "14", "-movflags", "+faststart", "-f", "mp4")
}

// program is the name or path of ffmpeg: IGS_FFMPEG when that is set.
func program() string {
	if path := os.Getenv("IGS_FFMPEG"); path != "" {
		return path
	}
	return "ffmpeg"
}

// Missing is the error of a machine without ffmpeg, nil when it is there.
func Missing() error {
	if _, err := exec.LookPath(program()); err != nil {
		return fault.New(fault.Failed, "install it: apt install ffmpeg, brew install ffmpeg, winget install ffmpeg", "%s is not installed", program())
	}
	return nil
}

// Assemble makes the video of the frames that can be read; it appears whole or not at all. The spool stays as it is.
func (s *Spool) Assemble(ctx context.Context, f Film) (Made, error) {
	s.Flush()
	if err := Missing(); err != nil {
		return Made{}, err
	}
	notes := s.notes()
	first, at, err := s.firstFrame(f.Warn)
	if err != nil {
		return Made{}, err
	}
	var target image.Image
	if f.Layout != configs.LayoutRender {
		if target, err = f.Target(); err != nil {
			return Made{}, err
		}
	}
	stage, err := newStage(f.Layout, first.Bounds().Dx(), first.Bounds().Dy(), target, notes)
	if err != nil {
		return Made{}, err
	}
	made := Made{W: stage.size.X, H: stage.size.Y, Held: f.FPS}
	err = wholefile.Produce(f.Out, func(temporary string) error {
		return encode(ctx, stage.size, f.FPS, strings.ToLower(filepath.Ext(f.Out)), temporary, func(to io.Writer) error {
			var last []byte
			for i := at; i < len(notes); i++ {
				render := s.readable(i, f.Warn)
				if render == nil {
					continue
				}
				last = stage.draw(i, render).Pix
				if _, err := to.Write(last); err != nil {
					return err
				}
				made.Frames++
				f.Progress(i+1, len(notes))
			}
			for range made.Held {
				if _, err := to.Write(last); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return Made{}, fmt.Errorf("write %s: %w", f.Out, err)
	}
	return made, nil
}

// firstFrame is the first that can be read: its size is that of the panels.
func (s *Spool) firstFrame(warn func(string)) (image.Image, int, error) {
	for i := range s.notes() {
		if m := s.readable(i, warn); m != nil {
			return m, i, nil
		}
	}
	return nil, 0, fault.New(fault.BadInput, "train with --video to take frames", "%s holds no frames that can be read", s.dir)
}

// readable is frame i, or nil with a warning.
func (s *Spool) readable(i int, warn func(string)) image.Image {
	m, err := s.picture(i)
	if err != nil {
		warn(fmt.Sprintf("the frame of step %d is left out: %v", s.notes()[i].Step, err))
		return nil
	}
	return m
}

// encode runs ffmpeg on the frames that fill writes.
func encode(ctx context.Context, size image.Point, fps int, ending, out string, fill func(io.Writer) error) error {
	args := []string{
		"-hide_banner", "-loglevel", "error", "-nostats", "-y",
		"-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", size.X, size.Y), "-r", strconv.Itoa(fps), "-i", "pipe:0", "-an",
	}
	cmd := exec.CommandContext(ctx, program(), slices.Concat(args, encoding(ending), []string{out})...)
	said := &tail{}
	cmd.Stdout, cmd.Stderr = io.Discard, said
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	fillErr := fill(in)
	in.Close()
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return fmt.Errorf("ffmpeg: %w%s", err, said)
	}
	return fillErr
}

// tail keeps the last of what ffmpeg says.
type tail struct{ text []byte }

const tailBytes, tailLines = 4096, 4

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(len(t.text)-tailBytes, 0):]
	return len(p), nil
}

// String is what was said last, in one line.
func (t *tail) String() string {
	lines := strings.FieldsFunc(string(t.text), func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 {
		return ""
	}
	return ": " + strings.Join(lines[max(len(lines)-tailLines, 0):], "; ")
}
