package session

import (
	"time"

	"igs/event"
	"igs/record"
	"igs/runlog"
)

// logs are the sinks of a run that write into its folder.
type logs []log

type log interface {
	Take(event.Event)
	Flush() error
	Close() error
}

// openLogs begins the logs of a run, or goes on with those that a checkpoint knows of.
func (f *folder) openLogs(asJSON, tensorboard bool) error {
	scored := 0 // the last evaluation that the checkpoint knows of
	if s := f.start.State; s != nil {
		scored = s.Last.Step
	}
	metrics, err := runlog.ContinueMetrics(f.path(record.MetricsFile), scored)
	if err != nil {
		return err
	}
	text, err := runlog.ContinueLogFile(f.path(record.LogFile), asJSON)
	if err != nil {
		return err
	}
	f.logs = logs{metrics, text}
	if tensorboard {
		board, err := runlog.NewTensorBoard(f.path(record.TensorBoardFolder), f.from())
		if err != nil {
			return err
		}
		f.logs = append(f.logs, board)
	}
	return nil
}

func (l logs) take(e event.Event) {
	for _, log := range l {
		log.Take(e)
	}
}

// log tells the logs of the run, and counts the time that takes.
func (f *folder) log(e event.Event) {
	began := time.Now()
	f.logs.take(e)
	f.writing += time.Since(began)
}

// flush puts all that was told on the disk.
func (l logs) flush() error {
	var first error
	for _, log := range l {
		if err := log.Flush(); first == nil {
			first = err
		}
	}
	return first
}

func (l logs) close() error {
	var first error
	for _, log := range l {
		if err := log.Close(); first == nil {
			first = err
		}
	}
	return first
}
