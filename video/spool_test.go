package video

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"igs/record"
)

// frameAt is a frame with a pattern that depends on the step.
func frameAt(step int, last bool, release func()) Frame {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			m.SetRGBA(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), uint8(step), 255})
		}
	}
	return Frame{Note: Note{Step: step, PSNR: record.Number(20 + float64(step)/10), SSIM: 0.5, Splats: 7, Last: last}, Image: m, Release: release}
}

// addFrames adds the frames of steps 1, 10, 20 … to the last to a spool.
func addFrames(t *testing.T, s *Spool, from, last int) {
	t.Helper()
	released := 0
	for step := 1; step <= last; step++ {
		if step > from && (step == 1 || step%10 == 0 || step == last) {
			s.Add(frameAt(step, step == last, func() { released++ }))
			s.Flush()
			released--
		}
	}
	if released != 0 {
		t.Errorf("%d frames were not released", -released)
	}
}

func steps(s *Spool) (steps []int) {
	for _, n := range s.notes() {
		steps = append(steps, n.Step)
	}
	return steps
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func plenty(string) (int64, error) { return 1 << 40, nil }

func open(t *testing.T, dir string, step int, o Options) *Spool {
	t.Helper()
	o.Every, o.Quality = 10, 95
	if o.free == nil {
		o.free = plenty
	}
	s, err := Open(dir, step, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpoolGoesOnWithoutGapsOrDoubles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	addFrames(t, open(t, dir, 0, Options{}), 0, 45)
	want := map[string][]byte{}
	for _, name := range files(t, dir) {
		want[name], _ = os.ReadFile(filepath.Join(dir, name))
	}
	if len(want) != 12 {
		t.Fatalf("files %v", files(t, dir))
	}
	s := open(t, dir, 25, Options{}) // the checkpoint is older than the last frames
	if got := steps(s); !slices.Equal(got, []int{1, 10, 20}) || len(files(t, dir)) != 6 {
		t.Fatalf("frames %v, files %v", got, files(t, dir))
	}
	addFrames(t, s, 25, 45)
	for name, data := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != string(data) {
			t.Errorf("%s is another one after resuming (%v)", name, err)
		}
	}
	if got := steps(s); !slices.Equal(got, []int{1, 10, 20, 30, 40, 45}) {
		t.Errorf("frames %v", got)
	}
}

// A run that goes on may draw the frame of its first step again.
func TestFrameThatIsDrawnAgain(t *testing.T) {
	for _, memory := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "spool")
		addFrames(t, open(t, dir, 0, Options{}), 0, 20)
		s := open(t, dir, 20, Options{InMemory: memory})
		again := frameAt(20, false, func() {})
		again.Splats = 8
		s.Add(again)
		s.Save()
		back, err := Read(dir)
		if err != nil || !slices.Equal(steps(s), []int{1, 10, 20}) || !slices.Equal(steps(back), []int{1, 10, 20}) || back.frames[2].Splats != 8 {
			t.Errorf("in memory %v: frames %v, of the folder %v, %v", memory, steps(s), steps(back), err)
		}
	}
}

func TestFramesInMemoryAreSavedForLater(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := open(t, dir, 0, Options{InMemory: true})
	addFrames(t, s, 0, 45)
	if got := files(t, dir); len(got) > 0 {
		t.Fatalf("on the disk already: %v", got)
	}
	if m, err := s.picture(2); err != nil || m.Bounds().Dx() != 64 {
		t.Fatal(err)
	}
	s.Save()
	again, err := Read(dir)
	if err != nil || !slices.Equal(steps(again), []int{1, 10, 20, 30, 40, 45}) {
		t.Errorf("frames %v (%v)", steps(again), err)
	}
	if err := s.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the spool is still there")
	}
}

// With less and less space, every second frame is deleted, then every second of the rest. The first and the last stay,
// and warnings say so.
func TestFramesGiveWayToAFullDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s := open(t, dir, 0, Options{Reserve: 500_000, free: func(dir string) (int64, error) {
		frames, err := filepath.Glob(filepath.Join(dir, "*.jpg"))
		return 1_000_000 * int64(7-len(frames)), err // room for seven
	}})
	addFrames(t, s, 0, 165)
	got := steps(s)
	if got[0] != 1 || got[len(got)-1] != 165 || len(got) > 8 || len(got) < 4 {
		t.Errorf("frames %v", got)
	}
	for _, step := range got[1 : len(got)-1] {
		if step/10%s.stride != 0 {
			t.Errorf("step %d does not fit a stride of %d", step, s.stride)
		}
	}
	said := strings.Join(s.Warnings(), "\n")
	if !strings.Contains(said, "one in 2 is kept") || !strings.Contains(said, "one in 4 is kept") {
		t.Errorf("said %q", said)
	}
	if again := open(t, dir, 165, Options{}); again.stride != s.stride || !slices.Equal(steps(again), got) {
		t.Errorf("after resuming: stride %d, frames %v", again.stride, steps(again))
	}
}

func TestNoRoomAtAll(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "spool"), 0, Options{Reserve: 1 << 41})
	addFrames(t, s, 0, 45)
	if len(steps(s)) != 0 || !strings.Contains(fmt.Sprint(s.Warnings()), "no more frames") {
		t.Errorf("frames %v", steps(s))
	}
	if text := s.SpaceWarning(5e6); !strings.Contains(text, "5 MB") {
		t.Errorf("before the start: %q", text)
	}
	if text := s.SpaceWarning(1200); !strings.Contains(text, "take about 2 kB, and the disk has space for 0 kB") {
		t.Errorf("of a small video: %q", text)
	}
}

func TestDamagedNotesAreLeftOut(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	addFrames(t, open(t, dir, 0, Options{}), 0, 45)
	if err := os.WriteFile(filepath.Join(dir, noteFile(20)), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := Read(dir)
	if err != nil || !slices.Equal(steps(s), []int{1, 10, 30, 40, 45}) {
		t.Errorf("frames %v (%v)", steps(s), err)
	}
	if said := s.Warnings(); len(said) != 1 || !strings.Contains(said[0], "frame_000020.json") {
		t.Errorf("said %q", said)
	}
}

// The device packs the first three channels of a stack into a frame. If its first picture is grey, they are no colour.
func TestFramesOfAGreyPictureAreGrey(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "spool"), 0, Options{Grey: true})
	s.Add(frameAt(10, true, func() {}))
	s.Flush()
	m, err := s.picture(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []int{0, 20, 63} {
		r, g, b, _ := m.At(x, 30).RGBA()
		if off := int(r>>8) - 4*x; r != g || g != b || off < -3 || off > 3 {
			t.Errorf("column %d: %d %d %d, want %d", x, r>>8, g>>8, b>>8, 4*x)
		}
	}
}
