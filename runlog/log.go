package runlog

import (
	"io"
	"math"
	"strconv"

	"github.com/sirupsen/logrus"

	"igs/event"
)

// This file is the only one that imports the logging library.

// Log writes events as entries of a log. Numbers become fields.
type Log struct{ to logrus.FieldLogger }

// NewLog writes to w. The lines are JSON or, without asJSON, logfmt.
func NewLog(w io.Writer, asJSON bool) *Log {
	logger := logrus.New()
	logger.SetOutput(w)
	logger.SetLevel(logrus.DebugLevel)
	logger.SetFormatter(&logrus.TextFormatter{DisableColors: true, FullTimestamp: true})
	if asJSON {
		logger.SetFormatter(&logrus.JSONFormatter{})
	}
	return &Log{logger}
}

// Debug writes an entry of level debug.
func (l *Log) Debug(text string) { l.to.Debug(text) }

// LogFile is the text log of one run.
type LogFile struct {
	*Log
	file *outputFile
}

// ContinueLogFile opens the log of a run and keeps the lines that it has. It begins a new log when the file is missing.
// New lines are JSON or, without asJSON, logfmt.
func ContinueLogFile(path string, asJSON bool) (*LogFile, error) {
	f, err := reopenOutputFile(path)
	if err != nil {
		return nil, err
	}
	return &LogFile{NewLog(f, asJSON), f}, nil
}

// Flush puts every line on the disk.
func (l *LogFile) Flush() error { return l.file.Flush() }

// Close does the same as Flush: the file is not open between writes.
func (l *LogFile) Close() error { return l.file.Flush() }

// Take logs every event except Stepped.
func (l *Log) Take(e event.Event) {
	switch e := e.(type) {
	case event.OfRun:
		(&Log{l.to.WithField("run", e.Run)}).Take(e.Event)
	case event.RunStarted:
		l.to.WithFields(logrus.Fields{
			"image": e.Image, "width": e.W, "height": e.H, "channels": e.C, "splats": e.Splats, "steps": e.Steps, "device": e.Device,
			"memory": e.Memory, "planned_bytes": e.PlannedBytes, "from_step": e.From,
		}).Info("run started: " + e.Run)
	case event.Evaluated:
		l.to.WithFields(logrus.Fields{
			"step": e.Step, "loss": figure(e.TotalLoss), "psnr": figure(e.PSNR), "ssim": figure(e.SSIM), "splats": e.Splats, "lr_scale": e.LRScale,
		}).Info("evaluated")
	case event.Densified:
		l.to.WithFields(logrus.Fields{"step": e.Step, "added": e.Added, "moved": e.Moved, "splats": e.Splats}).Info("splats added and moved")
	case event.Rounded:
		l.to.WithFields(logrus.Fields{"step": e.Step, "loss_db": figure(e.Loss), "bytes": e.Bytes}).Info("splats rounded for the model file")
	case event.Rescaled:
		l.to.WithFields(logrus.Fields{"step": e.Step, "loss_scale": e.LossScale, "skipped": e.Skipped}).Info("loss scale changed")
	case event.Checkpointed:
		l.to.WithFields(logrus.Fields{"step": e.Step, "path": e.Path, "bytes": e.Bytes, "seconds": figure(e.Seconds)}).Info("checkpoint written")
	case event.Saved:
		l.to.WithFields(logrus.Fields{"kind": e.Kind, "path": e.Path}).Info("saved")
	case event.Warned:
		l.to.Warn(e.Text)
	case event.RunEnded:
		entry := l.to.WithFields(logrus.Fields{"status": e.Status, "step": e.Step, "psnr": figure(e.PSNR), "ssim": figure(e.SSIM), "seconds": figure(e.Seconds)})
		if e.Error != "" {
			entry.WithField("error", e.Error).Error("run failed: " + e.Run)
			return
		}
		entry.Info("run ended: " + e.Run)
	}
}

// figure is x with nine digits. It is a text when x is infinite or NaN, because JSON has no such numbers.
func figure(x float64) any {
	text := decimal(x)
	if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		return n
	}
	return text
}
