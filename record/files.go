package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"

	"igs/imageio"

	"igs/internal/wholefile"
)

// The files in the folder of a session.
const (
	SessionFile = "session.json"
	JobFile     = "job.toml"
	SummaryFile = "summary.csv"
	ReportFile  = "report.html"
	CodecsFile  = "codecs.json" // after igs compare --codecs

	ReportFolder = "report_files" // what the report shows only when it is asked for
	ExploreFile  = "explore.html" // in ReportFolder: the page of the viewer with all models
)

// The files in the folder of a run, which is a folder in that of the session.
const (
	RunFile     = "run.json"
	ModelFile   = "model.igsm"
	MetricsFile = "metrics.csv"
	RenderFile  = "render.png"

	TargetFile   = "other/target.png"
	ErrorFile    = "other/error.png"
	GradientFile = "other/gradient.png"
	SaliencyFile = "other/saliency.png" // replaces GradientFile in mode saliency
	LogFile      = "other/log.txt"

	ThumbnailFolder = "other/thumbnails" // smaller copies of the pictures, for the report

	TensorBoardFolder = "tensorboard"
	SpoolFolder       = "spool"          // frames of the training video
	VideoName         = "training_video" // without the extension

	LatestCheckpoint   = "checkpoints/latest.safetensors"
	PreviousCheckpoint = "checkpoints/previous.safetensors" // kept while the run is training
)

// EarlierModel is the file that keeps the model of a finished run when the run goes on. steps is the number of steps of
// that model.
func EarlierModel(steps int) string { return fmt.Sprintf("other/model-%d.igsm", steps) }

// ModelPath is the path of the model of a run of the session in dir.
func (s *Session) ModelPath(dir, run string) string {
	path := filepath.Join(dir, filepath.FromSlash(run))
	if s.Layout == Flat {
		return path + ".igsm"
	}
	return filepath.Join(path, ModelFile)
}

// ReadSession reads the session.json of a folder.
func ReadSession(dir string) (*Session, error) {
	return read[Session](filepath.Join(dir, SessionFile))
}

// ReadRun reads the run.json of a folder.
func ReadRun(dir string) (*Run, error) {
	return read[Run](filepath.Join(dir, RunFile))
}

// ReadCodecs reads the codecs.json of a folder.
func ReadCodecs(dir string) (*Codecs, error) {
	return read[Codecs](filepath.Join(dir, CodecsFile))
}

// Write writes codecs.json into a folder.
func (c *Codecs) Write(dir string) error { return write(filepath.Join(dir, CodecsFile), c) }

func read[T any](path string) (*T, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &v, nil
}

// Write writes session.json into a folder.
func (s *Session) Write(dir string) error { return write(filepath.Join(dir, SessionFile), s) }

// Write writes run.json into a folder.
func (r *Run) Write(dir string) error { return write(filepath.Join(dir, RunFile), r) }

func write(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err == nil {
		err = wholefile.WriteBytes(path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, wholefile.Unnamed(err))
	}
	return nil
}

// Hash returns the size and the SHA-256 of a regular file. Other files give an error: opening a pipe would wait for a
// writer.
func Hash(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return File{}, err
	}
	if !info.Mode().IsRegular() {
		return File{}, fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{n, hex.EncodeToString(h.Sum(nil))}, err
}

// Limits of thumbnails, px. A picture that is narrower and lower than SmallPicture has none.
const (
	ThumbnailWidth = 1200 // at most
	SmallPicture   = 400
)

// ThumbnailQuality is the quality of thumbnails in JPEG.
const ThumbnailQuality = 88

// WidthOfThumbnail is the width of the thumbnail of a picture of w × h px; 0 = it has none. That of a tall picture has as many pixels
// as that of a square one.
func WidthOfThumbnail(w, h int) int {
	if w < SmallPicture && h < SmallPicture {
		return 0
	}
	return min(w, ThumbnailWidth, max(1, int(ThumbnailWidth*math.Sqrt(float64(w)/float64(h)))))
}

// ThumbnailOf is the name of the thumbnail of a picture file of a run with c channels: a JPEG, or a PNG if the picture has alpha.
func ThumbnailOf(name string, c int) string {
	ending := ".jpg"
	if imageio.HasAlpha(c) {
		ending = ".png"
	}
	return ThumbnailFolder + "/" + strings.TrimSuffix(path.Base(name), path.Ext(name)) + ending
}
