package live

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"igs/event"
	"igs/record"
)

const secret = "0123456789abcdef"

// running is a desk whose run trains.
func running() *Desk {
	d := NewDesk([]Run{{Name: "a", Status: record.Waiting}}, nil)
	d.Take(event.RunStarted{Run: "a", Steps: 100})
	return d
}

// Only the page of this server reads the training, and only with its token it gives orders.
func TestRequests(t *testing.T) {
	const here = "127.0.0.1:8000"
	token := map[string]string{tokenHeader: secret}
	with := func(more ...string) map[string]string {
		all := map[string]string{tokenHeader: secret}
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	for _, c := range []struct {
		method, host, path string
		header             map[string]string
		code               int
	}{
		{"GET", here, "/", nil, 200},
		{"GET", "localhost:8000", "/", nil, 200},
		{"GET", "evil.example", "/", nil, 403},
		{"GET", "192.0.2.1:8000", "/", nil, 403},
		{"GET", here, "/", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, 200}, // a link
		{"GET", here, "/model", nil, 200},
		{"GET", here, "/model", map[string]string{"Origin": "http://" + here, "Sec-Fetch-Site": "same-origin"}, 200},
		{"GET", here, "/model", map[string]string{"Origin": "http://evil.example"}, 403},
		{"GET", here, "/model", map[string]string{"Origin": "http://127.0.0.1:9000"}, 403}, // another server of this machine
		{"GET", here, "/model", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"GET", here, "/events", map[string]string{"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, 403},
		{"GET", here, "/other", nil, 404},
		{"GET", here, "/stop", token, 405},
		{"POST", here, "/pause", nil, 403},
		{"POST", here, "/pause", map[string]string{"Cookie": tokenHeader + "=" + secret}, 403},
		{"POST", here, "/pause", map[string]string{tokenHeader: "0123456789abcdee"}, 403},
		{"POST", here, "/pause?" + tokenHeader + "=" + secret, nil, 403},
		{"POST", here, "/pause", with("Origin", "http://evil.example"), 403},
		{"POST", here, "/pause", with("Origin", "null"), 403},
		{"POST", "evil.example", "/pause", token, 403},
		{"POST", here, "/pause", with("Origin", "http://"+here), 204},
		{"POST", here, "/resume", token, 204},
		{"POST", here, "/stop", token, 204},
	} {
		d := running()
		if m, err := model(); err == nil {
			d.keep(1, m, 0)
		}
		h := handler(d, secret, here)
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond) // of events that are not refused
		defer cancel()
		r := httptest.NewRequest(c.method, "http://"+c.host+c.path, nil).WithContext(ctx)
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.code {
			t.Errorf("%s %s%s %v: %d, want %d", c.method, c.host, c.path, c.header, w.Code, c.code)
		}
		if obeyed := d.paused || d.stop; obeyed && c.code != 204 {
			t.Errorf("%s %s%s %v changed the training", c.method, c.host, c.path, c.header)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("Content-Security-Policy") != "frame-ancestors 'none'" {
			t.Errorf("%s: headers %v", c.path, w.Header())
		}
		if c.path == "/" && c.code == 200 && !strings.Contains(w.Body.String(), `<meta name="token" content="`+secret+`">`) {
			t.Error("the page has no token")
		}
	}
	late := httptest.NewRequest("POST", "http://"+here+"/stop", nil)
	late.Header.Set(tokenHeader, secret)
	w := httptest.NewRecorder()
	handler(NewDesk(nil, nil), secret, here).ServeHTTP(w, late)
	if w.Code != http.StatusConflict {
		t.Errorf("stop without a run: %d", w.Code)
	}
}

// connect opens the events of a server.
func connect(t *testing.T, url string) *bufio.Reader {
	t.Helper()
	answer, err := http.Get(url + "events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	return bufio.NewReader(answer.Body)
}

// next reads the next message.
func next(t *testing.T, from *bufio.Reader) (m message) {
	t.Helper()
	line, err := from.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(strings.TrimPrefix(line, "data: ")), &m); err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	from.ReadString('\n')
	return m
}

// A watcher that stops reading neither delays the training nor another watcher, and Close ends the connections of both.
func TestSlowWatcher(t *testing.T) {
	d := running()
	server, err := Serve(d, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSuffix(strings.TrimPrefix(server.URL, "http://"), "/")
	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	io.WriteString(slow, "GET /events HTTP/1.1\r\nHost: "+address+"\r\n\r\n") // and reads nothing
	reader := connect(t, server.URL)
	next(t, reader)
	warning := strings.Repeat("x", 1<<16)
	began := time.Now()
	for step := 1; step <= 2000; step++ {
		d.Take(event.Warned{Text: warning})
		d.Take(event.Stepped{Step: step, Steps: 3000, Splats: 5, Loss: 1})
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("2000 events took %s", took)
	}
	var points int
	for m := (message{}); m.Step < 2000; points = m.From + len(m.Points) {
		m = next(t, reader)
	}
	if points < mostPoints/2 || points > mostPoints {
		t.Errorf("the page has %d points", points)
	}
	closed := time.Now()
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(closed); took > 5*time.Second {
		t.Errorf("Close took %s", took)
	}
	if m := next(t, reader); m.Phase != "ended" {
		t.Errorf("the last message says %q", m.Phase)
	}
	if _, err := reader.ReadByte(); err == nil {
		t.Error("the connection goes on")
	}
	if _, err := http.Get(server.URL); err == nil {
		t.Error("the server goes on")
	}
}

// A watcher in the middle of a run gets the whole curve, then only what is new; numbers that JSON has not are left out.
func TestMessages(t *testing.T) {
	d := running()
	d.Take(event.Stepped{Step: 1, Steps: 100, Loss: 0.5})
	e := event.Evaluated{Step: 2, TotalLoss: math.NaN()}
	e.PSNR = math.Inf(1)
	d.Take(e)
	var at place
	m, _, _ := d.since(&at)
	if _, err := json.Marshal(m); err != nil || len(m.Points) != 2 || len(m.Runs) != 1 || m.From != 0 {
		t.Errorf("%+v, %v", m, err)
	}
	d.Take(event.Stepped{Step: 3, Steps: 100, Loss: 0.4})
	if m, _, _ = d.since(&at); len(m.Points) != 1 || m.From != 2 || m.Runs != nil {
		t.Errorf("%+v", m)
	}
	d.Take(event.RunEnded{Run: "a", Status: "done", Step: 3})
	d.Take(event.RunStarted{Run: "b", Steps: 100})
	if m, _, _ = d.since(&at); len(m.Points) != 0 || m.From != 0 || len(m.Runs) != 2 || m.Runs[0].Status != "done" {
		t.Errorf("%+v", m)
	}
	for range mostWatchers {
		if !d.enter() {
			t.Fatal("no room")
		}
	}
	w := httptest.NewRecorder()
	if d.events(w, httptest.NewRequest("GET", "/events", nil)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("one watcher too many: %d", w.Code)
	}
}

// Splats are read when a page has taken the last ones, and not too often. Nobody watches: they are not read.
func TestDue(t *testing.T) {
	d, clock := running(), time.Unix(0, 0)
	d.now = func() time.Time { return clock }
	if d.Due(1) {
		t.Error("nobody watches")
	}
	d.enter()
	if !d.Due(1) {
		t.Error("a page waits")
	}
	read := func() {
		m, err := model()
		if err != nil {
			t.Fatal(err)
		}
		d.keep(1, m, 20*time.Millisecond)
	}
	read()
	clock = clock.Add(time.Hour)
	if d.Due(2) {
		t.Error("no page has taken the last splats")
	}
	read()
	d.shot()
	for after, want := range map[time.Duration]bool{0: false, shotEvery: false, 2*budget*20*time.Millisecond - 1: false, 2 * budget * 20 * time.Millisecond: true} {
		clock = time.Unix(3600, 0).Add(after)
		if d.Due(3) != want {
			t.Errorf("after %s: due is %t", after, !want)
		}
	}
	d.Take(event.RunStarted{Run: "b", Steps: 100})
	clock = time.Unix(3600, 0).Add(shotEvery)
	if d.Due(1) {
		t.Error("a new run has a budget of its own")
	}
	clock = time.Unix(7200, 0)
	d.leave()
	if d.Due(3) {
		t.Error("the page has gone")
	}
	if d.order(pause); !d.Due(3) {
		t.Error("a page wants a pause")
	}
}

// All that the pages cost stays within the budget, however fast the run is, however slow its splats are read and encoded, and with
// however many pages.
func TestBudget(t *testing.T) {
	for _, c := range []struct {
		pages         int
		read, message time.Duration
	}{{1, time.Millisecond, 20 * time.Microsecond}, {1, 300 * time.Millisecond, 100 * time.Microsecond}, {32, 5 * time.Millisecond, 50 * time.Microsecond}} {
		d, clock := running(), time.Unix(0, 0)
		d.now = func() time.Time { return clock }
		next := make([]time.Time, c.pages)
		for range next {
			d.enter()
		}
		var cost time.Duration
		shots := 0
		for clock.Before(time.Unix(1200, 0)) {
			if d.Due(5) {
				m, _ := model()
				d.keep(5, m, c.read)
				d.shot()
				d.charge(c.read) // encodes them as slowly
				cost += 3 * c.read
				shots++
			}
			for k := range next {
				if !clock.Before(next[k]) {
					next[k] = clock.Add(d.rest(c.message))
					cost += c.message
				}
			}
			clock = clock.Add(10 * time.Millisecond)
		}
		if share := cost.Seconds() / 1200; share > 1.1/budget || shots < 10 {
			t.Errorf("%+v: %.2f %% of the time, %d shots", c, 100*share, shots)
		} else {
			t.Logf("%+v: %.2f %% of the time, %d shots", c, 100*share, shots)
		}
	}
}

// A pause ends when a page continues the run or stops it, and when the context ends.
func TestPause(t *testing.T) {
	for _, c := range []struct {
		end  func(d *Desk, cancel func())
		stop bool
	}{
		{func(d *Desk, _ func()) { d.order(resume) }, false},
		{func(d *Desk, _ func()) { d.order(stop) }, true},
		{func(_ *Desk, cancel func()) { cancel() }, false},
		{func(d *Desk, _ func()) { d.End() }, false},
	} {
		d := running()
		told := make(chan string, 4)
		d.say = func(text string) { told <- text }
		ctx, cancel := context.WithCancel(context.Background())
		d.order(pause)
		stopped := make(chan bool)
		go func() {
			stop, _ := d.Look(ctx, 5, model)
			stopped <- stop
		}()
		if text := <-told; !strings.Contains(text, "pauses the run after step 5") {
			t.Error(text)
		}
		select {
		case <-stopped:
			t.Error("there was no pause")
		case <-time.After(10 * time.Millisecond):
		}
		c.end(d, cancel)
		if got := <-stopped; got != c.stop {
			t.Errorf("stop is %t", got)
		}
		cancel()
	}
}

// The last state reaches a page at once, also when the next message to it is not due.
func TestLastMessage(t *testing.T) {
	d, clock := running(), time.Unix(0, 0)
	d.now = func() time.Time { // each look takes a second, so messages are slow
		clock = clock.Add(time.Second)
		return clock
	}
	server, err := Serve(d, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	reader := connect(t, server.URL)
	next(t, reader)
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	if m := next(t, reader); m.Phase != "ended" {
		t.Errorf("the last message says %q", m.Phase)
	}
}
