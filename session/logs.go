package session

import (
	"maps"
	"slices"
	"time"

	"igs/event"
	"igs/record"
	"igs/runlog"
)

// logs are the log files of a run.
type logs []logFile

type logFile interface {
	Take(event.Event)
	Flush() error
	Close() error
}

// openLogs opens the logs of a run. A run that continues from a checkpoint appends to its earlier logs.
func (f *folder) openLogs(asJSON, tensorboard bool) error {
	scored := 0 // step of the last evaluation before the checkpoint
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
		board.Settings(settingsList(f.record))
		f.logs = append(f.logs, board)
	}
	return nil
}

// loggedSettings lists the settings of a run by key.
func settingsList(r *record.Run) []runlog.Setting {
	var list []runlog.Setting
	for _, key := range slices.Sorted(maps.Keys(r.Settings)) {
		list = append(list, runlog.Setting{Key: key, Value: string(literalOf(r.Settings[key].Value)), Origin: r.Settings[key].Origin})
	}
	return list
}

func (l logs) take(e event.Event) {
	for _, log := range l {
		log.Take(e)
	}
}

// log writes an event to the logs of the run, and adds up the time of writing.
func (f *folder) log(e event.Event) {
	if f.claim.check() != nil {
		return
	}
	began := time.Now()
	f.logs.take(e)
	f.logging += time.Since(began)
}

// flush writes everything to the disk.
func (l logs) flush() error {
	var first error
	for _, log := range l {
		if err := log.Flush(); first == nil {
			first = err
		}
	}
	return first
}

// endLogs writes the last event and closes the logs. Logs of a run that another process has are not touched.
func (f *folder) endLogs(last event.RunEnded) error {
	if err := f.claim.check(); err != nil {
		return err
	}
	f.logs.take(last)
	return f.logs.close()
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
