package runlog

import (
	"math"
	"strconv"

	"github.com/sirupsen/logrus"

	"igs/event"
)

// Log writes events to a logger: one entry each, the numbers as fields.
type Log struct{ to *logrus.Logger }

// NewLog writes to a logger of the caller.
func NewLog(to *logrus.Logger) Log { return Log{to} }

// LogFile is the text log of one run.
type LogFile struct {
	Log
	sheet *sheet
}

// NewLogFile begins the log at path; in JSON lines if asked, else in logfmt.
func NewLogFile(path string, asJSON bool) *LogFile { return newLogFile(newSheet(path), asJSON) }

// ContinueLogFile goes on with the log of a run that was interrupted; all that was logged stays. A missing file begins anew.
func ContinueLogFile(path string, asJSON bool) (*LogFile, error) {
	s, err := reopenSheet(path)
	if err != nil {
		return nil, err
	}
	return newLogFile(s, asJSON), nil
}

func newLogFile(s *sheet, asJSON bool) *LogFile {
	logger := logrus.New()
	logger.SetOutput(s)
	logger.SetFormatter(Formatter(asJSON))
	return &LogFile{Log: NewLog(logger), sheet: s}
}

// Formatter is how igs writes logs, wherever they go.
func Formatter(asJSON bool) logrus.Formatter {
	if asJSON {
		return &logrus.JSONFormatter{}
	}
	return &logrus.TextFormatter{DisableColors: true, FullTimestamp: true}
}

// Flush puts every line on the disk.
func (l *LogFile) Flush() error { return l.sheet.Flush() }

// Close makes the file complete.
func (l *LogFile) Close() error { return l.sheet.Flush() }

// Take logs all but Stepped.
func (l Log) Take(e event.Event) {
	switch e := e.(type) {
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

// figure has nine digits, and stays a number in JSON where JSON has one.
func figure(x float64) any {
	text := decimal(x)
	if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		return n
	}
	return text
}
