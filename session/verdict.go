package session

import (
	"context"
	"fmt"
	"strings"

	"igs/configs"
	"igs/event"
	"igs/internal/fault"
	"igs/record"
	"igs/runlog"
)

// verdict is the error of the session as a whole.
func (w *Sweep) verdict(ctx context.Context) error {
	var failed []string
	var cause error
	done := 0
	for _, o := range w.outcomes {
		switch {
		case o.Err != nil:
			failed = append(failed, o.Run.Name)
			cause = first(cause, o.Err)
		case o.Status == record.Done:
			done++
		}
	}
	planned, goOn := len(w.runs), "continue with: "+Command("resume", w.session.Dir)
	var last Outcome // none in a joined session whose runs all belong to other processes
	if w.last != nil {
		last = *w.last
	} else if n := len(w.outcomes); n > 0 {
		last = w.outcomes[n-1]
	}
	remedy := w.stuck(last.Err)
	switch {
	case remedy != "":
		return fault.WithHint(last.Err, remedy+", then "+goOn)
	case ctx.Err() != nil && w.session.Left() > 0:
		return fault.WithHint(interruption(ctx, w.stopped()), goOn)
	case cause != nil && planned == 1:
		return cause
	case cause != nil && done+len(failed) < planned:
		w.tell(event.RunFailed{Run: last.Run.Name, Err: last.Err}) // earlier failures are reported already
		return fault.New(fault.PartFailed, goOn, "the sweep ended early: %d of %d runs are done", done, planned)
	case cause != nil:
		return fault.New(fault.PartFailed, "the run.json of each failed run says why", "%d of %d runs failed: %s", len(failed), planned, strings.Join(failed, ", "))
	}
	return w.session.gate(w.job.Gate)
}

// stopped says how far a session is that was interrupted.
func (w *Sweep) stopped() string {
	var stopped []Outcome
	for _, o := range w.outcomes {
		if o.Status == record.Interrupted {
			stopped = append(stopped, o)
		}
	}
	all := len(w.session.Record.Runs)
	switch o := stopped; len(o) {
	case 0:
		return fmt.Sprintf("%d of %d runs are done", all-w.session.Left(), all)
	case 1:
		return fmt.Sprintf("%s stopped at step %d of %d; its checkpoint is written", o[0].Run.Name, o[0].Step, o[0].Run.Steps)
	}
	return fmt.Sprintf("%d runs stopped; their checkpoints are written", len(stopped))
}

// gate is the error of the finished runs that have not reached their goals, or whose quality is below the gates of the job.
func (s *Session) gate(g configs.Gate) error {
	var below []string
	goals := false
	for _, e := range s.Record.Runs {
		if why := belowGate(g, s.Runs[e.Name]); why != "" {
			below = append(below, why)
		}
		if why := missed(e.Goal, s.Runs[e.Name]); why != "" {
			below, goals = append(below, why), true
		}
	}
	if len(below) == 0 {
		return nil
	}
	if goals {
		return fault.New(fault.GateMissed, "the best model is kept; more steps (sweep.steps) or a higher limit (progressive.most) reach more", "a target is not reached: %s", strings.Join(below, "; "))
	}
	return fault.New(fault.GateMissed, "more splats (sweep.gaussians) or more steps (sweep.steps) raise the quality", "the quality is too low: %s", strings.Join(below, "; "))
}

// belowGate says which quality of a finished run is too low; "" means none. NaN is below every gate.
func belowGate(g configs.Gate, r *record.Run) string {
	if r == nil || r.Status != record.Done || r.Result == nil {
		return ""
	}
	switch psnr, ssim := r.Result.PSNR, r.Result.SSIM; {
	case g.MinPSNR > 0 && !(psnr >= g.MinPSNR):
		return fmt.Sprintf("%s has a PSNR of %s, and the least is %g dB", r.Name, runlog.Decibels(psnr), g.MinPSNR)
	case g.MinSSIM > 0 && !(ssim >= g.MinSSIM):
		return fmt.Sprintf("%s has an SSIM of %.4f, and the least is %g", r.Name, ssim, g.MinSSIM)
	}
	return ""
}

// Command is an igs command with a folder as its argument, quoted for a shell.
func Command(command, dir string) string {
	if strings.Trim(dir, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:\\") != "" {
		dir = "'" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
	}
	return "igs " + command + " " + dir
}
