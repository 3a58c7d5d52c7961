package main

import (
	"igs/configs"
	"igs/event"
	"igs/internal/command"
	"igs/internal/fault"
	"igs/live"
	"igs/record"
	"igs/session"
)

// serveFlag is the flag of the page that shows a training. Commands with few flags have them in one group, "".
func serveFlag(group string) command.Flag {
	return command.Flag{Name: "serve", Kind: command.Switch, Takes: live.IsAddress, Group: group, Rare: group != "", Meant: []string{"live", "watch", "viewer", "web", "dashboard"},
		Usage: "show the training in a browser, at `HOST:PORT` or a free port of this machine"}
}

// desk makes the desk of the page, which lists runs, and connects a session with it. Without --serve it is nil.
func (p *program) desk(line *command.Line, runs []live.Run, o *session.Options) *live.Desk {
	if !line.IsSet("serve") || line.String("serve") == "false" {
		return nil
	}
	desk := live.NewDesk(runs, func(text string) { p.console.Note("%s", text) })
	sink := o.Sink
	o.Watcher = desk
	o.Sink = func(e event.Event) {
		sink(e)
		desk.Take(e)
	}
	return desk
}

// waitingRuns are the runs of a job. Many small pictures have no rows.
func waitingRuns(job *configs.Job) (runs []live.Run) {
	if job.Flat() {
		return nil
	}
	asked, _ := job.Runs() // session.New has the same error
	for _, run := range asked {
		runs = append(runs, live.Run{Name: run.Name, Status: record.Waiting, Steps: run.Steps})
	}
	return runs
}

// recordedRuns are the runs of a session that goes on.
func recordedRuns(s *session.Session) (runs []live.Run) {
	if s.Record.Layout == record.Flat {
		return nil
	}
	for _, e := range s.Record.Runs {
		runs = append(runs, live.Recorded(e, s.Runs[e.Name]))
	}
	return runs
}

// serve serves the page of a desk until close is called.
func (p *program) serve(line *command.Line, desk *live.Desk) (close func(), err error) {
	if desk == nil {
		return func() {}, nil
	}
	address, err := live.Address(line.String("serve"))
	if err != nil {
		return nil, err
	}
	server, err := live.Serve(desk, address)
	if err != nil {
		return nil, fault.New(fault.BadInput, "give an address of this machine and a free port, for example --serve=127.0.0.1:8080", "--serve %s: %w", address, err)
	}
	p.console.Say("%s  shows the training", server.URL)
	p.console.Serving(server.URL)
	return func() {
		if err := server.Close(); err != nil {
			p.console.Warn("the page of the training ended: %v", err)
		}
	}, nil
}
