package viewer

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The committed bundles are those that the sources give.
func TestBundlesAreThoseOfTheSources(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node")
	}
	if _, err := os.Stat("node_modules/esbuild"); err != nil {
		t.Skip("no esbuild: npm ci in viewer installs it")
	}
	dir := t.TempDir()
	if out, err := exec.Command(node, "build.mjs", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"page.html", "live.html", "igsm.js"} {
		fresh, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		committed, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(fresh, committed) {
			t.Errorf("%s is not what node build.mjs makes of src", name)
		}
	}
}

// Every byte goes through the text of a page, which has no character that HTML would change.
func TestPack(t *testing.T) {
	var data []byte
	for i := range 3000 {
		data = append(data, byte(i), byte(i*i>>3))
	}
	for _, length := range []int{0, 1, 6, 7, 8, len(data)} {
		text := pack(data[:length])
		if strings.ContainsAny(text, "\x00\r<") {
			t.Fatal("the text has a character that HTML changes")
		}
		if got := unpack(text); !bytes.Equal(got[:length], data[:length]) || len(got)-length > 0 {
			t.Errorf("%d bytes come back as %d others", length, len(got))
		}
	}
}

// unpack is what the page does.
func unpack(text string) (data []byte) {
	held, bits := 0, 0
	for _, c := range text {
		held, bits = held<<7&0x7fff|int(c)&127, bits+7
		if bits >= 8 {
			bits -= 8
			data = append(data, byte(held>>bits))
		}
	}
	return data
}

// A page of one file is at most 60 kB larger than the model of 5000 splats with all bits, 120 kB.
func TestOneFileIsSmall(t *testing.T) {
	model := make([]byte, 120_000)
	for i := range model {
		model[i] = byte(i * 2654435761 >> 13)
	}
	if extra := len(OneFile("name", model)) - len(model); extra > 60_000 {
		t.Errorf("%d bytes more than the model", extra)
	}
}

func TestHandler(t *testing.T) {
	model := filepath.Join(t.TempDir(), "m.igsm")
	if err := os.WriteFile(model, []byte("IGSM"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := Handler([]Item{{Name: "m", Model: model, Targets: []string{model + ".png"}}}, "192.0.2.1:80")
	for _, c := range []struct {
		host, path string
		code       int
		says       string
	}{
		{"127.0.0.1:8000", "/", 200, `[{"name":"m","model":"/model/0","targets":["/target/0/0"]}]`},
		{"localhost", "/model/0", 200, "IGSM"},
		{"[::1]:8000", "/model/0", 200, "IGSM"},
		{"192.0.2.1", "/model/0", 200, "IGSM"},
		{"192.0.2.2", "/model/0", 403, ""},
		{"evil.example:8000", "/model/0", 403, ""},
		{"localhost", "/model/1", 404, ""},
		{"localhost", "/target/0/0", 404, "no such file"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://"+c.host+c.path, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.code || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s%s: %d %.80q", c.host, c.path, w.Code, w.Body)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "http://localhost/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}
