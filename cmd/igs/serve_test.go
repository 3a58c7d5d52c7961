package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"igs/internal/fault"
	"igs/live"
	"igs/vk"
)

// Other machines reach the page only when the address names a host.
func TestServeAddress(t *testing.T) {
	for value, want := range map[string]string{
		"true": "127.0.0.1:0", "8080": "127.0.0.1:8080", ":8080": "127.0.0.1:8080", "0.0.0.0:8000": "0.0.0.0:8000", "[::1]:80": "[::1]:80", "host:80": "host:80",
		"host": "", "a.png": "", "1:2:3": "", ":": "", "http://127.0.0.1:80": "",
	} {
		got, err := live.Address(value)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", value, got, err)
		}
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	dir := t.TempDir()
	picture := filepath.Join(dir, "dot.png")
	if err := writePicture(picture); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	code := start([]string{"igs", "run", picture, "-n", "10", "-s", "2", "-o", dir, "--serve", taken.Addr().String()}, io.Discard, &said)
	if entries, _ := os.ReadDir(dir); code != fault.BadInput || !strings.Contains(said.String(), "--serve "+taken.Addr().String()) || len(entries) != 1 {
		t.Errorf("exit code %d, %q", code, said.String())
	}
}

// The page of a training stops it: the run ends early, with its model, and the server with it.
func TestRunServes(t *testing.T) {
	if _, err := vk.List(); err != nil || testing.Short() {
		t.Skip("no device, or -short")
	}
	dir := t.TempDir()
	picture := filepath.Join(dir, "dot.png")
	if err := writePicture(picture); err != nil {
		t.Fatal(err)
	}
	out, said := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- start([]string{"igs", "run", picture, "-n", "10", "-s", "900k", "--serve", "-o", dir, "--name", "s", "--loss-db", "0", "--set", "output.report=false"}, said, io.Discard)
		said.Close()
	}()
	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, reader)
	url, _, _ := strings.Cut(line, " ")
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	token := regexp.MustCompile(`name="token" content="([0-9a-f]{32})"`).FindSubmatch(page)
	if err != nil || token == nil {
		t.Fatalf("no token: %v", err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		r, _ := http.NewRequest(http.MethodPost, url+"stop", nil)
		r.Header.Set("X-Igs-Token", string(token[1]))
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusNoContent {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no run begins")
		}
	}
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
	if models, _ := filepath.Glob(filepath.Join(dir, "s", "*", "model.igsm")); len(models) != 1 {
		t.Errorf("models: %v", models)
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the server goes on")
	}
}
