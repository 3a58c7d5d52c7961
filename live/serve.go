package live

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"time"

	"igs/viewer"
)

// tokenHeader is the header with the token of the page. A page of another site cannot send it.
const tokenHeader = "X-Igs-Token"

// Server serves the page of a desk.
type Server struct {
	URL    string // for a browser on this machine
	desk   *Desk
	server *http.Server
	served chan error
}

// Serve serves the page of a desk at an address, HOST:PORT. Port 0 is a free one.
func Serve(desk *Desk, address string) (*Server, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, 16)
	rand.Read(secret) // never fails
	s := &Server{
		URL: "http://" + viewer.Reachable(listener.Addr()) + "/", desk: desk, served: make(chan error, 1),
		server: &http.Server{
			Handler:           handler(desk, hex.EncodeToString(secret), address),
			ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		},
	}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

// closing is how long Close waits for pages to get the last state.
const closing = 500 * time.Millisecond

// Close tells the pages that the session is over, and ends the server and its connections.
func (s *Server) Close() error {
	s.desk.End()
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		s.server.Close()
	}
	if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// handler answers only requests for an address of this server, from no page but its own.
func handler(d *Desk, token, address string) http.Handler {
	mux := http.NewServeMux()
	page := []byte(viewer.Live(token))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(page) // a browser that has gone is no fault
	})
	mux.HandleFunc("GET /events", d.events)
	mux.HandleFunc("GET /model", d.model)
	for _, what := range []string{pause, resume, stop} {
		mux.HandleFunc("POST /"+what, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenHeader)), []byte(token)) != 1:
				http.Error(w, "only the page of this training may ask that: load it again", http.StatusForbidden)
			case !d.order(what):
				http.Error(w, "no run takes steps now", http.StatusConflict)
			default:
				w.WriteHeader(http.StatusNoContent)
			}
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'") // no other page can lie over the buttons; the rest is in the page
		if !viewer.Local(r.Host, address) || !own(r) {
			http.Error(w, "this is not the address of the training", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// own reports whether a request comes from the page of this server, or from no page. A link of another site to the page is
// fine.
func own(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "cross-site", "same-site":
		return r.Method == http.MethodGet && r.URL.Path == "/" && r.Header.Get("Sec-Fetch-Mode") == "navigate"
	}
	return true
}

// model answers with the last splats.
func (d *Desk) model(w http.ResponseWriter, r *http.Request) {
	last := d.shot()
	if last == nil {
		http.Error(w, "no splats yet", http.StatusNotFound)
		return
	}
	data, err := last.encode()
	if err != nil {
		http.Error(w, "the splats of this step do not fit a model file", http.StatusInternalServerError)
		return
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(6 * patience))
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(data) // a browser that has gone is no fault
}
