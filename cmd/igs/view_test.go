package main

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/splat"
)

// The page and its model are served until Ctrl-C, which is the normal end.
func TestViewServes(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.igsm")
	m := &splat.Model{Splats: splat.Random(rand.New(rand.NewPCG(1, 1)), 5, 3), W: 8, H: 8, TopK: 10, Gamma: 1, Layers: splat.Plain(3, 8), Bits: splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16}}
	if err := splat.Save(model, m); err != nil {
		t.Fatal(err)
	}
	out, said := io.Pipe()
	code := make(chan int)
	go func() {
		code <- start([]string{"igs", "view", model, "--no-open"}, said, io.Discard)
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	url, _, _ := strings.Cut(line, " ")
	for path, want := range map[string]string{"": `"name":"m"`, "model/0": "IGSM"} {
		answer, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %.60q, %v", path, body, err)
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(os.Interrupt); err != nil {
		t.Skip(err) // Windows sends none
	}
	if got := afterInterrupt(t, code); got != 0 {
		t.Errorf("exit code %d", got)
	}
}
