package video

import (
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"igs/configs"
	"igs/internal/fault"
)

// fakeFFmpeg is a program that lists these encoders. For other work it calls the real one.
func fakeFFmpeg(t *testing.T, names ...string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the ffmpeg of this test is a shell script")
	}
	real, _ := exec.LookPath("ffmpeg")
	script := filepath.Join(t.TempDir(), "ffmpeg.sh")
	text := fmt.Sprintf("#!/bin/sh\n[ \"$2\" = -encoders ] || exec %s \"$@\"\nfor e in %s; do echo \" V....D $e the encoder $e\"; done\n", real, strings.Join(names, " "))
	if err := os.WriteFile(script, []byte(text), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("IGS_FFMPEG", script)
}

// The best encoder that there is counts. When there is none, the hint has a command that works.
func TestChooseEncoder(t *testing.T) {
	for _, k := range []struct {
		has, ending string
		want        string // "" for an error
	}{
		{"libx264 libopenh264 mpeg4", ".mp4", "libx264"}, {"mpeg4 libopenh264 gif", ".mp4", "libopenh264"}, {"libx264rgb mpeg4", ".mp4", "mpeg4"},
		{"libvpx libvpx-vp9", ".webm", "libvpx-vp9"}, {"libx264 libvpx", ".webm", "libvpx"}, {"libx264 gif", ".webm", ""}, {"gif", ".gif", "gif"}, {"", ".mp4", "libx264"},
	} {
		fakeFFmpeg(t, strings.Fields(k.has)...)
		e, err := chooseEncoder(context.Background(), k.ending)
		if k.want == "" {
			if err == nil || !strings.Contains(err.Error(), "has no encoder for .webm files") || !strings.Contains(fault.Hint(err), ": igs video DIR -o FILE.mp4") {
				t.Errorf("%s of %q: %v, hint %q", k.ending, k.has, err, fault.Hint(err))
			}
			continue
		}
		if err != nil || e.name != k.want {
			t.Errorf("%s of %q: %s, %v", k.ending, k.has, e.name, err)
		}
	}
}

// Without libx264, another encoder makes the video, and a warning says so.
func TestOtherEncoder(t *testing.T) {
	needFFmpeg(t)
	fakeFFmpeg(t, "mpeg4")
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "spool"), 0, Options{})
	addFrames(t, s, 0, 15)
	var said []string
	out := filepath.Join(dir, "a.mp4")
	if _, err := s.Assemble(context.Background(), jobOf(out, configs.LayoutRender, &said)); err != nil || strings.Join(said, "; ") != "ffmpeg has no libx264; mpeg4 encodes the video" {
		t.Fatal(said, err)
	}
	if got := probe(t, out).Streams[0]; got.Codec != "mpeg4" || got.Pixels != "yuv420p" || got.Frames != "8" {
		t.Errorf("%+v", got)
	}
}

func TestArgumentsWithARate(t *testing.T) {
	got := strings.Join(encoders[".mp4"][1].arguments(".mp4", image.Pt(2000, 1000), 20), " ")
	if !strings.HasSuffix(got, "-c:v libopenh264 -b:v 10000000 -movflags +faststart -f mp4") {
		t.Error(got)
	}
}
