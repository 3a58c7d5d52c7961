package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/live"
	"igs/record"
	"igs/vk/vktest"
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

// serving is a command that trains and serves a page.
type serving struct {
	*testing.T
	url, token string
	code       chan int
	events     *bufio.Reader
}

// serve starts a command, and reads the address and the token of its page.
func serve(t *testing.T, args ...string) *serving {
	t.Helper()
	igs := inThisProcess(t)
	out, said := io.Pipe()
	s := &serving{T: t, code: make(chan int, 1)}
	go func() {
		s.code <- igs.run(said, io.Discard, args...)
		said.Close()
	}()
	reader := bufio.NewReader(out)
	line, err := reader.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, reader)
	s.url, _, _ = strings.Cut(line, " ")
	page, err := io.ReadAll(s.get(""))
	token := regexp.MustCompile(`name="token" content="([0-9a-f]{32})"`).FindSubmatch(page)
	if err != nil || token == nil {
		t.Fatalf("no token: %v", err)
	}
	s.token = string(token[1])
	s.events = bufio.NewReader(s.get("events"))
	return s
}

func (s *serving) get(path string) io.Reader {
	s.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { answer.Body.Close() })
	return answer.Body
}

// trains waits until a run takes steps, and returns the runs that the page lists first.
func (s *serving) trains(run string) (runs []live.Run) {
	s.Helper()
	for {
		line, err := s.events.ReadString('\n')
		if err != nil {
			s.Fatal(err)
		}
		text, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var m struct {
			Run, Phase string
			Runs       []live.Run
		}
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			s.Fatalf("%q: %v", text, err)
		}
		if runs == nil {
			runs = m.Runs
		}
		if m.Run == run && m.Phase == "training" {
			return runs
		}
	}
}

// stop stops the run, which is the last one.
func (s *serving) stop() {
	s.Helper()
	r, _ := http.NewRequest(http.MethodPost, s.url+"stop", nil)
	r.Header.Set("X-Igs-Token", s.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		s.Errorf("stop: %s", answer.Status)
	}
	if got := <-s.code; got != 0 {
		s.Errorf("exit code %d", got)
	}
	s.gone()
}

// gone: the server has ended.
func (s *serving) gone() {
	s.Helper()
	if _, err := http.Get(s.url); err == nil {
		s.Error("the server goes on")
	}
}

// The page of a training lists all runs, and stops one: it ends early, with its model, and the server with it. The page of a
// session that goes on knows the runs from their records. Ctrl-C ends its server and its connections.
func TestRunServes(t *testing.T) {
	vktest.Long(t)
	inThisProcess(t) // skips without a device
	dir := t.TempDir()
	picture := filepath.Join(dir, "dot.png")
	if err := writePicture(picture); err != nil {
		t.Fatal(err)
	}
	s := serve(t, "run", picture, "-n", "10", "-s", "2,900k", "--serve", "-o", dir, "--name", "s", "--loss-db", "0", "--set", "output.report=false")
	const first, second = "dot-10-2", "dot-10-900000"
	if runs := s.trains(second); len(runs) != 2 || runs[0].Name != first || runs[1].Name != second || runs[1].Steps != 900_000 {
		t.Errorf("the page lists %+v", runs)
	}
	s.stop()
	if models, _ := filepath.Glob(filepath.Join(dir, "s", "*", "model.igsm")); len(models) != 2 {
		t.Errorf("models: %v", models)
	}
	s = serve(t, "resume", filepath.Join(dir, "s", first), "--steps", "900k", "--serve")
	runs := s.trains(first)
	if len(runs) != 2 {
		t.Fatalf("the page lists %+v", runs)
	}
	for _, r := range runs {
		if r.Status != record.Done && r.Name == second || r.Splats == 0 || r.PSNR == nil || r.SSIM == nil || r.Bytes == 0 || r.Steps >= 900_000 && r.Name == second {
			t.Errorf("the page lists %+v", r)
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil { // Windows sends none
		s.stop()
		return
	}
	if got := afterInterrupt(t, s.code); got != fault.Interrupted {
		t.Errorf("after Ctrl-C the exit code is %d", got)
	}
	if _, err := io.Copy(io.Discard, s.events); err != nil {
		t.Errorf("after Ctrl-C the messages end with %v", err)
	}
	s.gone()
}
