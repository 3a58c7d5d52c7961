package viewer

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"

	"igs/internal/wholefile"
)

// Handler serves a page with models. items contain paths of files; the page gets URLs. A file is read when a browser asks for it.
//
// It answers only requests whose Host is a loopback address or listens, the address that the user asked for. So a page of another
// site cannot reach it under a name of its own.
func Handler(items []Item, listens string) http.Handler {
	mux := http.NewServeMux()
	file := func(url, path string) string {
		mux.HandleFunc("GET "+url, func(w http.ResponseWriter, r *http.Request) { serveFile(w, path) })
		return url
	}
	var shown []Item
	for i, item := range items {
		s := Item{Name: item.Name, Model: file(fmt.Sprintf("/model/%d", i), item.Model)}
		for k, target := range item.Targets {
			s.Targets = append(s.Targets, file(fmt.Sprintf("/target/%d/%d", i, k), target))
		}
		shown = append(shown, s)
	}
	whole := []byte(Page(shown))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(whole) // a browser that has gone is no fault
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !Local(r.Host, listens) {
			http.Error(w, "this is not the address of igs view", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

func serveFile(w http.ResponseWriter, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		http.Error(w, wholefile.Unnamed(err).Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Write(data)
}

// Local reports whether a request is for a loopback address or for the host of listens. A server that listens on all addresses
// takes any numeric address.
func Local(asked, listens string) bool {
	host, _, err := net.SplitHostPort(asked)
	if err != nil {
		host = asked
	}
	own, _, _ := net.SplitHostPort(listens)
	ip, every := net.ParseIP(host), net.ParseIP(own)
	if host == "localhost" || host == own || ip != nil && ip.IsLoopback() {
		return true
	}
	return ip != nil && (own == "" || every != nil && every.IsUnspecified())
}

// Reachable is the address of a listener for a browser on this machine.
func Reachable(listens net.Addr) string {
	address := listens.(*net.TCPAddr)
	if !address.IP.IsUnspecified() {
		return address.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(address.Port))
}
