// Package video owns the training video. During training, frames are kept as JPEGs in a spool, which is a folder or
// lies in memory. Afterwards ffmpeg makes a video of them. A failure here never ends a run: it becomes a warning, and
// the frames are kept.
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

// Note describes a stored. It is stored as a JSON file beside the JPEG.
type Note struct {
	Step    int           `json:"step"`
	PSNR    record.Number `json:"psnr"`
	SSIM    record.Number `json:"ssim"`
	Splats  int           `json:"num_gaussians"`
	Loss    record.Number `json:"loss"`
	Seconds float64       `json:"seconds"` // of the run so far
	Last    bool          `json:"last,omitempty"`
}

// Frame is a stored to add to a spool.
type Frame struct {
	Note
	Image   *image.RGBA
	Release func() // called when Image is no longer read
}

// Options say how a spool keeps its frames.
type Options struct {
	Every    int   // steps from one frame to the next
	Quality  int   // of the JPEGs, 1..100
	InMemory bool  // keep frames in memory until Save
	Reserve  int64 // bytes of the disk that frames must leave free
	Grey     bool  // frames show their first channel as grey: that of a stack whose first picture is grey

	free func(dir string) (int64, error) // for tests
}

// Spool keeps the frames of a run. One goroutine adds frames; the spool encodes each frame on a goroutine of its own.
type Spool struct {
	dir     string
	options Options

	mu     sync.Mutex
	work   []chan struct{} // of the frames that were added and may not be stored yet; closed when they are
	frames []stored        // by step
	stride int             // one frame of so many is kept, and always the first and the last
	said   []string
	full   bool // the disk is full: no more frames are kept
}

// stored is a frame of the spool.
type stored struct {
	Note
	jpeg []byte // nil when the JPEG is a file in the folder
}

// stateFile holds what another process must know besides the frames.
const stateFile = "spool.json"

type state struct {
	Stride int `json:"stride"`
}

// Open makes the folder of a spool, or opens it with its frames. It removes frames after the given step, because
// training draws them again.
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
	s.frames = slices.DeleteFunc(s.frames, func(f stored) bool {
		if f.Step > step {
			s.remove(f.Step)
		}
		return f.Step > step
	})
	return s, nil
}

// Read opens a spool to read its frames. Warnings tells about frames that cannot be read.
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
		var f stored
		if err := readJSON(filepath.Join(dir, e.Name()), &f.Note); err != nil || f.Step != step {
			s.say("%s is damaged: its frame is left out", filepath.Join(dir, e.Name()))
			continue
		}
		s.frames = append(s.frames, f)
	}
	slices.SortFunc(s.frames, func(a, b stored) int { return cmp.Compare(a.Step, b.Step) })
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

// SpaceWarning is a warning when the disk has less space than the expected bytes of frames, else "".
func (s *Spool) SpaceWarning(expected int64) string {
	free, err := s.options.free(s.dir)
	if err != nil || s.options.InMemory || free-s.options.Reserve >= expected {
		return ""
	}
	return fmt.Sprintf("video: the frames take about %s, and the disk has space for %s; when the disk is full, every second frame is deleted",
		sizeText(expected), sizeText(max(free-s.options.Reserve, 0)))
}

// sizeText shows bytes in MB, or in kB when they are less than a MB.
func sizeText(bytes int64) string {
	if bytes < 1e6 {
		return fmt.Sprintf("%d kB", (bytes+999)/1000)
	}
	return fmt.Sprintf("%d MB", bytes/1e6)
}

// Add adds a frame. It returns before the frame is encoded.
func (s *Spool) Add(f Frame) {
	done := s.begin()
	go func() {
		defer close(done)
		var b bytes.Buffer
		shown := image.Image(f.Image)
		if s.options.Grey {
			shown = firstChannel(f.Image)
		}
		err := jpeg.Encode(&b, shown, &jpeg.Options{Quality: s.options.Quality})
		f.Release()
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.say("step %d: %v", f.Step, err)
			return
		}
		s.put(stored{f.Note, b.Bytes()})
	}()
}

// begin makes the channel that is closed when a frame is stored.
func (s *Spool) begin() chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = slices.DeleteFunc(s.work, func(done chan struct{}) bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	})
	done := make(chan struct{})
	s.work = append(s.work, done)
	return done
}

// firstChannel is the first channel of a picture as grey.
func firstChannel(m *image.RGBA) *image.Gray {
	grey := image.NewGray(m.Rect)
	for y := range m.Rect.Dy() {
		from, to := m.Pix[y*m.Stride:], grey.Pix[y*grey.Stride:][:grey.Stride]
		for x := range to {
			to[x] = from[4*x]
		}
	}
	return grey
}

// put stores a stored, unless the stride leaves it out or the disk is full. It takes the place of one of the same step: a run
// that goes on may draw the frame of its first step again.
func (s *Spool) put(f stored) {
	if s.full || !s.keeps(f.Note) {
		return
	}
	if !s.options.InMemory {
		if !s.makeRoom(f) {
			return
		}
		if !s.write(f) { // then the step has no files
			s.frames = slices.DeleteFunc(s.frames, func(old stored) bool { return old.Step == f.Step })
			return
		}
		f.jpeg = nil
	}
	at, again := slices.BinarySearchFunc(s.frames, f.Step, func(f stored, step int) int { return cmp.Compare(f.Step, step) })
	if again {
		s.frames[at] = f
		return
	}
	s.frames = slices.Insert(s.frames, at, f)
}

// keeps says whether a stored is kept at the current stride.
func (s *Spool) keeps(n Note) bool {
	return n.Last || n.Step%s.options.Every != 0 || n.Step/s.options.Every%s.stride == 0
}

// makeRoom deletes frames until the disk has space for f. It says whether f is kept at the stride that results.
func (s *Spool) makeRoom(f stored) bool {
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

// write puts a stored on the disk. It writes the note last, so a stored that has a note is complete. When the disk is
// full, it deletes frames.
func (s *Spool) write(f stored) bool {
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

func (s *Spool) writeFiles(f stored) error {
	note, err := json.Marshal(f.Note)
	if err != nil {
		return err
	}
	if err := wholefile.WriteBytes(filepath.Join(s.dir, jpegFile(f.Step)), f.jpeg); err != nil {
		return err
	}
	return wholefile.WriteBytes(filepath.Join(s.dir, noteFile(f.Step)), append(note, '\n'))
}

// thin doubles the stride: it deletes every second frame, and later frames are kept half as often. When no frame could
// be deleted, it returns false, and the spool keeps no more frames.
func (s *Spool) thin() bool {
	before := len(s.frames)
	s.stride *= 2
	s.frames = slices.DeleteFunc(s.frames, func(f stored) bool {
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
		s.say("the disk is nearly full: of the frames of the video, one in %d is kept, and %d were deleted", s.stride, gone)
		return true
	}
	s.full = true
	s.say("the disk is full: no more frames for the video")
	return false
}

// remove deletes the files of a stored, the note first.
func (s *Spool) remove(step int) {
	os.Remove(filepath.Join(s.dir, noteFile(step)))
	os.Remove(filepath.Join(s.dir, jpegFile(step)))
}

func (s *Spool) say(format string, args ...any) {
	s.said = append(s.said, "video: "+fmt.Sprintf(format, args...))
}

// Warnings returns the warnings since its last call.
func (s *Spool) Warnings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.said
	s.said = nil
	return said
}

// Flush waits until all frames are stored that were added before it. Frames may be added meanwhile.
func (s *Spool) Flush() {
	s.mu.Lock()
	added := slices.Clone(s.work)
	s.mu.Unlock()
	for _, done := range added {
		<-done
	}
}

// Save writes the frames in memory to the folder, so that another process can read them. Later frames are written there
// too.
func (s *Spool) Save() {
	s.Flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.frames
	s.options.InMemory = false
	s.frames = slices.DeleteFunc(slices.Clone(all), func(f stored) bool { return f.jpeg != nil })
	for _, f := range all {
		if f.jpeg != nil {
			s.put(f)
		}
	}
}

// Remove deletes the spool.
func (s *Spool) Remove() error {
	s.Flush()
	return os.RemoveAll(s.dir)
}

// notes are the notes of all frames.
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
