package main

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"igs/internal/command"
	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/signals"
	"igs/record"
	"igs/render"
	"igs/report"
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
	items, err := itemsOf(args[0])
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
	if line.Bool("json") {
		json.NewEncoder(p.console.Out()).Encode(map[string]string{"event": "serving", "url": url}) // an error here is one of every later line
	}
	if !line.Bool("no-open") {
		if err := openBrowser(url); err != nil {
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

// itemsOf lists the models of a path, with the files of their targets.
func itemsOf(path string) ([]viewer.Item, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.BadInput, "check the path", "%s: %w", oneline.Path(path), errors.Unwrap(err))
	}
	if !info.IsDir() {
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		item, err := itemOf(name, path)
		return []viewer.Item{item}, err
	}
	runs, err := report.Load([]string{path})
	if err != nil {
		return nil, err
	}
	var items []viewer.Item
	several := slices.ContainsFunc(runs, func(r report.Run) bool { return r.Session != runs[0].Session })
	for _, run := range runs {
		model := filepath.Join(run.Dir, record.ModelFile)
		if _, err := os.Stat(model); err != nil {
			continue // it has not come so far
		}
		name := run.Entry.Name
		if several {
			name = run.Session + "/" + name
		}
		item, err := itemOf(name, model)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		return nil, fault.New(fault.BadInput, "a run has a model when it has ended", "%s: no run has a %s", oneline.Path(path), record.ModelFile)
	}
	return items, nil
}

// itemOf is a model with the pictures that it was trained on, when they are in the folder of its run.
func itemOf(name, path string) (viewer.Item, error) {
	m, err := session.LoadModel(path)
	if err != nil {
		return viewer.Item{}, err
	}
	target := filepath.Join(filepath.Dir(path), filepath.FromSlash(record.TargetFile))
	targets := []string{target}
	if l := m.Layers; len(l) > 1 || l[0].Colours() != 1 && l[0].Colours() != 3 {
		targets = nil
		for _, f := range render.LayerFiles(l, target) {
			targets = append(targets, f.Path)
		}
	}
	for _, t := range targets {
		if _, err := os.Stat(t); err != nil {
			return viewer.Item{Name: name, Model: path}, nil
		}
	}
	return viewer.Item{Name: name, Model: path, Targets: targets}, nil
}

// openBrowser opens a page in the browser of the desktop.
func openBrowser(url string) error {
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", url).Start()
	case "darwin":
		return exec.Command("open", url).Start()
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no display")
	}
	return exec.Command("xdg-open", url).Start()
}
