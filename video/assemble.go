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

// Job says which video is made of a spool.
type Job struct {
	Out    string // path; its ending is one of Endings and says the kind of file
	FPS    int
	Layout configs.VideoLayout
	Target func() (image.Image, error) // reads the target, of any size; layout render does not call it

	Progress func(done, all int)
	Warn     func(text string)
}

// Made describes a finished video.
type Made struct {
	Frames int // of the spool
	Held   int // times that the last frame is repeated, for one second
	W, H   int
}

// Endings are those that Job.Out may have.
var Endings = []string{".mp4", ".webm", ".gif"}

// program is the path in IGS_FFMPEG, or "ffmpeg".
func program() string {
	if path := os.Getenv("IGS_FFMPEG"); path != "" {
		return path
	}
	return "ffmpeg"
}

// Missing returns an error when ffmpeg is not installed.
func Missing() error {
	if _, err := exec.LookPath(program()); err != nil {
		return fault.New(fault.Failed, "install it: apt install ffmpeg, brew install ffmpeg, winget install ffmpeg", "%s is not installed", program())
	}
	return nil
}

// Assemble makes a video of all frames that can be read. The file appears complete or not at all. The spool does not
// change.
func (s *Spool) Assemble(ctx context.Context, job Job) (Made, error) {
	s.Flush()
	if err := Missing(); err != nil {
		return Made{}, err
	}
	notes := s.notes()
	first, at, err := s.firstFrame(job.Warn)
	if err != nil {
		return Made{}, err
	}
	var target image.Image
	if job.Layout != configs.LayoutRender {
		if target, err = job.Target(); err != nil {
			return Made{}, err
		}
	}
	frames, err := newComposition(job.Layout, first.Bounds().Dx(), first.Bounds().Dy(), target, notes)
	if err != nil {
		return Made{}, err
	}
	ending := strings.ToLower(filepath.Ext(job.Out))
	with, err := chooseEncoder(ctx, ending)
	if err != nil {
		return Made{}, err
	}
	if best := encoders[ending][0].name; with.name != best {
		job.Warn(fmt.Sprintf("ffmpeg has no %s; %s encodes the video", best, with.name))
	}
	made := Made{W: frames.size.X, H: frames.size.Y, Held: job.FPS}
	err = wholefile.Produce(job.Out, func(temporary string) error {
		return encode(ctx, frames.size, job.FPS, append(with.arguments(ending, frames.size, job.FPS), temporary), func(to io.Writer) error {
			var last []byte
			for i := at; i < len(notes); i++ {
				render := s.readable(i, job.Warn)
				if render == nil {
					continue
				}
				last = frames.draw(i, render).Pix
				if _, err := to.Write(last); err != nil {
					return err
				}
				made.Frames++
				job.Progress(i+1, len(notes))
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
		return Made{}, fmt.Errorf("write %s: %w", job.Out, err)
	}
	return made, nil
}

// firstFrame is the first frame that can be read, and its index. Its size is the size of the panels.
func (s *Spool) firstFrame(warn func(string)) (image.Image, int, error) {
	for i := range s.notes() {
		if m := s.readable(i, warn); m != nil {
			return m, i, nil
		}
	}
	return nil, 0, fault.New(fault.BadInput, "train with video.enabled=true to take frames", "%s holds no frames that can be read", s.dir)
}

// readable is frame i. When it cannot be read, readable warns and returns nil.
func (s *Spool) readable(i int, warn func(string)) image.Image {
	m, err := s.picture(i)
	if err != nil {
		warn(fmt.Sprintf("the frame of step %d is left out: %v", s.notes()[i].Step, err))
		return nil
	}
	return m
}

var errInterrupted = errors.New("interrupted")

// encode runs ffmpeg with arguments about the output. fill writes the frames, as raw RGBA, to the input of ffmpeg.
func encode(ctx context.Context, size image.Point, fps int, output []string, fill func(io.Writer) error) error {
	args := []string{
		"-hide_banner", "-loglevel", "error", "-nostats", "-y",
		"-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", size.X, size.Y), "-r", strconv.Itoa(fps), "-i", "pipe:0", "-an",
	}
	cmd := exec.CommandContext(ctx, program(), slices.Concat(args, output)...)
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
		return errInterrupted
	case err != nil:
		return fmt.Errorf("ffmpeg: %w%s", err, said)
	}
	return fillErr
}

// tail keeps the end of the messages of ffmpeg.
type tail struct{ text []byte }

const tailBytes, tailLines = 4096, 4

func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(len(t.text)-tailBytes, 0):]
	return len(p), nil
}

// String is the last lines, joined into one.
func (t *tail) String() string {
	lines := strings.FieldsFunc(string(t.text), func(r rune) bool { return r == '\n' || r == '\r' })
	if len(lines) == 0 {
		return ""
	}
	return ": " + strings.Join(lines[max(len(lines)-tailLines, 0):], "; ")
}
