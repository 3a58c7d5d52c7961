package video

import (
	"context"
	"encoding/json"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"igs/configs"
)

// needFFmpeg skips a test where ffmpeg is missing. With IGS_REQUIRE_GPU, which make test sets, the test fails instead.
func needFFmpeg(t *testing.T) {
	t.Helper()
	if err := Missing(); err != nil {
		if os.Getenv("IGS_REQUIRE_GPU") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

type probed struct {
	Streams []struct {
		Codec  string `json:"codec_name"`
		Pixels string `json:"pix_fmt"`
		W      int    `json:"width"`
		H      int    `json:"height"`
		Frames string `json:"nb_read_frames"`
	}
	Format struct{ Duration string }
}

func probe(t *testing.T, path string) probed {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var p probed
	if err := json.Unmarshal(out, &p); err != nil || len(p.Streams) != 1 {
		t.Fatal(err, string(out))
	}
	return p
}

func jobOf(out string, layout configs.VideoLayout, said *[]string) Job {
	target := func() (image.Image, error) {
		m := image.NewRGBA(image.Rect(0, 0, 128, 96))
		for i := range m.Pix {
			m.Pix[i] = 255
		}
		return m, nil
	}
	return Job{Out: out, FPS: 5, Layout: layout, Target: target, Progress: func(int, int) {}, Warn: func(text string) { *said = append(*said, text) }}
}

func TestVideosHaveEveryFrameAndASecondMore(t *testing.T) {
	needFFmpeg(t)
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "spool"), 0, Options{})
	addFrames(t, s, 0, 45)
	for _, c := range []struct {
		file          string
		layout        configs.VideoLayout
		codec, pixels string
	}{
		{"a.MP4", configs.LayoutError, "h264", "yuv420p"},
		{"c.webm", configs.LayoutRender, "vp9", "yuv420p"},
		{"d.gif", configs.LayoutSide, "gif", "bgra"},
	} {
		var said []string
		out := filepath.Join(dir, c.file)
		made, err := s.Assemble(context.Background(), jobOf(out, c.layout, &said))
		if err != nil || len(said) > 0 {
			t.Fatal(err, said)
		}
		p := probe(t, out)
		got := p.Streams[0]
		if got.Codec != c.codec || got.Pixels != c.pixels || got.W != made.W || got.H != made.H || got.Frames != "11" { // 6 and 5
			t.Errorf("%s: %+v", c.file, got)
		}
		if made.Frames != 6 || made.Held != 5 || made.W%2+made.H%2 > 0 || made.W != 320 {
			t.Errorf("%s: %+v", c.file, made)
		}
		if !strings.HasPrefix(p.Format.Duration, "2.2") {
			t.Errorf("%s lasts %s s, want 2.2", c.file, p.Format.Duration)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "a.MP4")); err != nil || strings.Index(string(data), "moov") > strings.Index(string(data), "mdat") {
		t.Error("the index is not at the front (faststart)")
	}
	if got := files(t, dir); len(got) != 4 {
		t.Errorf("left behind: %v", got)
	}
}

func TestUnreadableFramesAreLeftOut(t *testing.T) {
	needFFmpeg(t)
	dir := t.TempDir()
	spool := filepath.Join(dir, "spool")
	addFrames(t, open(t, spool, 0, Options{}), 0, 45)
	os.WriteFile(filepath.Join(spool, jpegFile(1)), []byte("no picture"), 0o666)
	os.Remove(filepath.Join(spool, jpegFile(20)))
	s, err := Read(spool)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	made, err := s.Assemble(context.Background(), jobOf(filepath.Join(dir, "a.mp4"), configs.LayoutSide, &said))
	if err != nil || made.Frames != 4 || len(said) != 2 {
		t.Errorf("%+v, said %q (%v)", made, said, err)
	}
	for _, n := range s.notes() {
		os.Remove(filepath.Join(spool, jpegFile(n.Step)))
	}
	if _, err := s.Assemble(context.Background(), jobOf(filepath.Join(dir, "b.mp4"), configs.LayoutSide, &said)); err == nil || !strings.Contains(err.Error(), "no frames that can be read") {
		t.Errorf("of nothing: %v", err)
	}
}

// When ffmpeg is missing, fails or is killed, there is no video, and all frames are kept.
func TestFailingFFmpeg(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "spool"), 0, Options{})
	addFrames(t, s, 0, 45)
	before := len(files(t, filepath.Join(dir, "spool")))
	script := filepath.Join(dir, "ffmpeg.sh")
	for text, want := range map[string]string{
		"":                                   "is not installed",
		"echo one >&2; echo two >&2; exit 3": "exit status 3: one; two",
		"kill -9 $$":                         "killed",
		"cat >/dev/null; echo bad end >&2; exit 1": "bad end",
	} {
		os.Remove(script)
		if text != "" {
			if err := os.WriteFile(script, []byte("#!/bin/sh\n"+text+"\n"), 0o777); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("IGS_FFMPEG", script)
		var said []string
		_, err := s.Assemble(context.Background(), jobOf(filepath.Join(dir, "a.mp4"), configs.LayoutSide, &said))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", text, err)
		}
	}
	os.WriteFile(script, []byte("#!/bin/sh\nexec sleep 60\n"), 0o777)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var said []string
	if _, err := s.Assemble(ctx, jobOf(filepath.Join(dir, "a.mp4"), configs.LayoutSide, &said)); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("interrupted: %v", err)
	}
	os.Remove(script)
	if got := files(t, dir); len(got) != 1 || len(files(t, filepath.Join(dir, "spool"))) != before {
		t.Errorf("left behind: %v", got)
	}
}

// The target is on the left and the render on the right. Errors are bright. The curve rises to the right.
func TestStage(t *testing.T) {
	grey := color.RGBA{200, 200, 200, 255}
	render := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for i := range render.Pix {
		render.Pix[i] = 200
		if i%4 == 3 {
			render.Pix[i] = 255
		}
	}
	target := image.NewRGBA(render.Rect)
	for i := range target.Pix {
		target.Pix[i] = 255
	}
	notes := []Note{{Step: 1, PSNR: 10}, {Step: 50, PSNR: 20}, {Step: 100, PSNR: 30}}
	s, err := newComposition(configs.LayoutSide, 400, 200, target, notes)
	if err != nil {
		t.Fatal(err)
	}
	m := s.draw(1, render)
	left, right := s.panel(0), s.panel(1)
	if left.Max.X != right.Min.X || right.Max.X != s.size.X || s.size.X != 800 {
		t.Errorf("panels %v %v in %v", left, right, s.size)
	}
	for x := left.Min.X; x < right.Max.X; x += 7 {
		want := color.RGBA{255, 255, 255, 255}
		if x >= right.Min.X {
			want = grey
		}
		if got := m.RGBAAt(x, left.Min.Y+3); got.R != want.R {
			t.Fatalf("column %d is %v, want %v", x, got, want)
		}
	}
	p := s.at(1)
	if got := m.RGBAAt(int(p[0]), int(p[1])); got != bright {
		t.Errorf("no dot at %v: %v", p, got)
	}
	a, b := s.at(0), s.at(2)
	if !(a[0] < p[0] && p[0] < b[0] && a[1] > p[1] && p[1] > b[1]) {
		t.Errorf("the curve goes %v %v %v", a, p, b)
	}
	e, err := newComposition(configs.LayoutError, 400, 200, target, notes)
	if err != nil {
		t.Fatal(err)
	}
	at := e.panel(0).Min
	if got := e.draw(0, render).RGBAAt(at.X+50, at.Y+50); got != (color.RGBA{220, 220, 220, 255}) { // 4 × 55
		t.Errorf("error of 55 is %v", got)
	}
}
