// Package video owns the training video: frames wait as JPEGs in a spool, in a folder or in memory, while training goes on, and
// ffmpeg makes a video of them afterwards. Nothing that goes wrong here is worth a run: it ends in warnings, and frames stay.
package video

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"igs/internal/wholefile"
	"igs/record"
)

// Note is what is known of a frame: the JSON file beside its JPEG.
type Note struct {
	Step    int           `json:"step"`
	PSNR    record.Number `json:"psnr"`
	SSIM    record.Number `json:"ssim"`
	Splats  int           `json:"num_gaussians"`
	Loss    record.Number `json:"loss"`
	Seconds float64       `json:"seconds"` // of the run so far
	Last    bool          `json:"last,omitempty"`
}

// Shot is a frame on its way into the spool.
type Shot struct {
	Note
	Image   *image.RGBA
	Release func() // called when Image is no longer read
}

// Options are how a spool keeps its frames.
type Options struct {
	Every    int   // steps from one frame to the next
	Quality  int   // of the JPEGs, 1..100
	InMemory bool  // until Save
	Reserve  int64 // bytes that the disk must have left for other things

	free func(dir string) (int64, error) // for tests
}

// Spool keeps the frames of a run. One goroutine gives it frames; it encodes them on others, as many at once as are not yet released.
type Spool struct {
	dir     string
	options Options
	work    sync.WaitGroup

	mu     sync.Mutex
	frames []frame // by step
	stride int     // of so many frames one is kept, but for the first and the last
	said   []string
	full   bool // no frame is taken any more
}

type frame struct {
	Note
	jpeg []byte // nil: in the folder
}

// stateFile holds what must outlive the process beside the frames.
const stateFile = "spool.json"

type state struct {
	Stride int `json:"stride"`
}

// Open makes the folder of a spool, or goes on with what is in it. Frames after the given step are forgotten: training takes them again.
func Open(dir string, step int, o Options) (*Spool, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the spool of the video: %w", err)
	}
	s, err := Read(dir)
	if err != nil {
		return nil, err
	}
	s.options = o
	if s.options.free == nil {
		s.options.free = freeBytes
	}
	s.frames = slices.DeleteFunc(s.frames, func(f frame) bool {
		if f.Step > step {
			s.remove(f.Step)
		}
		return f.Step > step
	})
	return s, nil
}

// Read finds the frames of a spool that is there. What cannot be read is told by Said.
func Read(dir string) (*Spool, error) {
	s := &Spool{dir: dir, stride: 1}
	var kept state
	if err := readJSON(filepath.Join(dir, stateFile), &kept); err == nil && kept.Stride > 1 {
		s.stride = kept.Stride
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the spool of the video: %w", err)
	}
	for _, e := range entries {
		var step int
		if n, err := fmt.Sscanf(e.Name(), "frame_%d.json", &step); n != 1 || err != nil || e.Name() != noteFile(step) {
			continue
		}
		var f frame
		if err := readJSON(filepath.Join(dir, e.Name()), &f.Note); err != nil || f.Step != step {
			s.say("%s is damaged: its frame is left out", filepath.Join(dir, e.Name()))
			continue
		}
		s.frames = append(s.frames, f)
	}
	slices.SortFunc(s.frames, func(a, b frame) int { return cmp.Compare(a.Step, b.Step) })
	return s, nil
}

func readJSON(path string, v any) error {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	return err
}

func noteFile(step int) string { return fmt.Sprintf("frame_%06d.json", step) }
func jpegFile(step int) string { return fmt.Sprintf("frame_%06d.jpg", step) }

// Crowded warns when the disk has less room than the frames are expected to take; "" when it has enough.
func (s *Spool) Crowded(expected int64) string {
	free, err := s.options.free(s.dir)
	if err != nil || s.options.InMemory || free-s.options.Reserve >= expected {
		return ""
	}
	return fmt.Sprintf("video: its frames take about %d MB, and the disk has room for %d: when it gets full, every second frame is deleted",
		expected/1e6, max(free-s.options.Reserve, 0)/1e6)
}

// Add takes a frame and returns at once.
func (s *Spool) Add(shot Shot) {
	s.work.Go(func() {
		var b bytes.Buffer
		err := jpeg.Encode(&b, shot.Image, &jpeg.Options{Quality: s.options.Quality})
		shot.Release()
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.say("step %d: %v", shot.Step, err)
			return
		}
		s.put(frame{shot.Note, b.Bytes()})
	})
}

// put keeps a frame if it is among those that are kept.
func (s *Spool) put(f frame) {
	if s.full || !s.keeps(f.Note) {
		return
	}
	if !s.options.InMemory {
		if !s.makeRoom(f) || !s.write(f) {
			return
		}
		f.jpeg = nil
	}
	at, _ := slices.BinarySearchFunc(s.frames, f.Step, func(f frame, step int) int { return cmp.Compare(f.Step, step) })
	s.frames = slices.Insert(s.frames, at, f)
}

// keeps says whether a frame is kept at the present stride.
func (s *Spool) keeps(n Note) bool {
	return n.Last || n.Step%s.options.Every != 0 || n.Step/s.options.Every%s.stride == 0
}

// makeRoom thins the frames until the disk has room for one more, and says whether this one is still wanted.
func (s *Spool) makeRoom(f frame) bool {
	for {
		free, err := s.options.free(s.dir)
		if err != nil || free-int64(len(f.jpeg)) >= s.options.Reserve {
			return s.keeps(f.Note)
		}
		if !s.thin() {
			return false
		}
	}
}

// write puts a frame on the disk, its note last: with the note there, the frame is whole. When the disk is full, frames give way.
func (s *Spool) write(f frame) bool {
	for {
		err := s.writeFiles(f)
		if err == nil {
			return true
		}
		s.remove(f.Step)
		if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
			s.say("no frame of step %d: %v", f.Step, err)
			return false
		}
		if !s.thin() || !s.keeps(f.Note) {
			return false
		}
	}
}

func (s *Spool) writeFiles(f frame) error {
	note, err := json.Marshal(f.Note)
	if err != nil {
		return err
	}
	if err := wholefile.WriteBytes(filepath.Join(s.dir, jpegFile(f.Step)), f.jpeg); err != nil {
		return err
	}
	return wholefile.WriteBytes(filepath.Join(s.dir, noteFile(f.Step)), append(note, '\n'))
}

// thin gives up every second frame, of those there are and of those to come. It says false when that gains nothing any more: then no
// frame is taken from now on.
func (s *Spool) thin() bool {
	before := len(s.frames)
	s.stride *= 2
	s.frames = slices.DeleteFunc(s.frames, func(f frame) bool {
		drop := f.jpeg == nil && !s.keeps(f.Note)
		if drop {
			s.remove(f.Step)
		}
		return drop
	})
	if gone := before - len(s.frames); gone > 0 {
		if text, err := json.Marshal(state{s.stride}); err == nil {
			if err := wholefile.WriteBytes(filepath.Join(s.dir, stateFile), append(text, '\n')); err != nil {
				s.say("%s: %v", filepath.Join(s.dir, stateFile), err)
			}
		}
		s.say("the disk is nearly full: of the frames of the video one in %d is kept, %d were deleted", s.stride, gone)
		return true
	}
	s.full = true
	s.say("the disk is full: no more frames for the video")
	return false
}

// remove takes the files of a frame away, its note first.
func (s *Spool) remove(step int) {
	os.Remove(filepath.Join(s.dir, noteFile(step)))
	os.Remove(filepath.Join(s.dir, jpegFile(step)))
}

func (s *Spool) say(format string, args ...any) {
	s.said = append(s.said, "video: "+fmt.Sprintf(format, args...))
}

// Said gives the warnings since the last time.
func (s *Spool) Said() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.said
	s.said = nil
	return said
}

// Flush waits until all frames that were added are kept.
func (s *Spool) Flush() { s.work.Wait() }

// Save puts the frames that are in memory into the folder, for a later process. Those to come go there too.
func (s *Spool) Save() {
	s.Flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.frames
	s.options.InMemory = false
	s.frames = slices.DeleteFunc(slices.Clone(all), func(f frame) bool { return f.jpeg != nil })
	for _, f := range all {
		if f.jpeg != nil {
			s.put(f)
		}
	}
}

// Remove takes the spool away.
func (s *Spool) Remove() error {
	s.Flush()
	return os.RemoveAll(s.dir)
}

// notes are those of all frames.
func (s *Spool) notes() []Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	notes := make([]Note, len(s.frames))
	for i, f := range s.frames {
		notes[i] = f.Note
	}
	return notes
}

// picture decodes frame i.
func (s *Spool) picture(i int) (image.Image, error) {
	s.mu.Lock()
	f := s.frames[i]
	s.mu.Unlock()
	data := f.jpeg
	if data == nil {
		var err error
		if data, err = os.ReadFile(filepath.Join(s.dir, jpegFile(f.Step))); err != nil {
			return nil, err
		}
	}
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(s.dir, jpegFile(f.Step)), err)
	}
	return m, nil
}
