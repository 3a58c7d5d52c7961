package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"igs/internal/wholefile"
)

// The files of a session, in its folder.
const (
	SessionFile = "session.json"
	JobFile     = "job.toml"
	SummaryFile = "summary.csv"
	ReportFile  = "report.html"
)

// The files of a run, in the folder of the run in the session's.
const (
	RunFile     = "run.json"
	ModelFile   = "model.igsm"
	MetricsFile = "metrics.csv"
	RenderFile  = "render.png"

	TargetFile   = "other/target.png"
	ErrorFile    = "other/error.png"
	GradientFile = "other/gradient.png" // or, in mode saliency,
	SaliencyFile = "other/saliency.png"
	LogFile      = "other/log.txt"

	TensorBoardFolder = "tensorboard"
	SpoolFolder       = "spool"          // frames of the training video
	VideoName         = "training_video" // and the ending of its kind

	LatestCheckpoint   = "checkpoints/latest.safetensors"
	PreviousCheckpoint = "checkpoints/previous.safetensors" // the one before, kept while training
)

// ReadSession reads the session.json of a folder.
func ReadSession(dir string) (*Session, error) {
	return read[Session](filepath.Join(dir, SessionFile))
}

// ReadRun reads the run.json of a folder.
func ReadRun(dir string) (*Run, error) {
	return read[Run](filepath.Join(dir, RunFile))
}

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

// Hash describes a file that is there, or the files of a folder together: a texture stack.
func Hash(path string) (File, error) {
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return hashFolder(path, err)
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

// hashFolder hashes the names and hashes of the files in a folder; hidden files and folders do not count.
func hashFolder(dir string, err error) (File, error) {
	if err != nil {
		return File{}, err
	}
	entries, err := os.ReadDir(dir) // by name
	if err != nil {
		return File{}, err
	}
	h, all := sha256.New(), File{}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		f, err := Hash(filepath.Join(dir, e.Name()))
		if err != nil {
			return File{}, err
		}
		fmt.Fprintf(h, "%q %s\n", e.Name(), f.Sha256)
		all.Bytes += f.Bytes
	}
	all.Sha256 = hex.EncodeToString(h.Sum(nil))
	return all, nil
}
