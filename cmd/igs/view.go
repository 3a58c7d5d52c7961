package main

import (
	"errors"
	"net"
	"net/http"
	"time"

	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/signals"
	"igs/session"
	"igs/viewer"
)

func (p *program) viewCommand() *command.Command {
	return &command.Command{
		Name: "view", Args: "MODEL|RUN|SESSION", Usage: "show models in a browser, at any zoom",
		Flags: []command.Flag{
			{Name: "addr", Default: "127.0.0.1:0", Usage: "serve the page on `HOST:PORT`; port 0 is a free one"},
			{Name: "no-open", Kind: command.Bool, Usage: "do not open the browser"},
		},
		Run: p.view,
		Description: "The browser draws the model itself, with WebGL 2. The argument is a model (.igsm), the folder of a run or of a session.\n" +
			"A run is shown with its target. The page is for this machine only, unless --addr says otherwise. Ctrl-C ends igs view.",
	}
}

func (p *program) view(line *command.Line) error {
	args, err := line.Files("model, run or session")
	if err != nil {
		return err
	}
	items, err := session.ViewerItems(args[0])
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", line.String("addr"))
	if err != nil {
		return fault.New(fault.BadInput, "give an address of this machine and a free port, for example --addr 127.0.0.1:8080", "--addr %s: %w", line.String("addr"), err)
	}
	defer listener.Close()
	url := "http://" + viewer.Reachable(listener.Addr()) + "/"
	p.console.Say("%s  Ctrl-C ends", url)
	p.console.Serving(url)
	if !line.Bool("no-open") {
		if err := viewer.OpenBrowser(url); err != nil {
			p.console.Note("no browser opened: %v; open %s", err, url)
		}
	}
	ctx, stop := signals.Listen(p.console, signals.Options{Text: "igs view ends"})
	defer stop()
	server := &http.Server{Handler: viewer.Handler(items, line.String("addr")), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
