package report

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// RequireBrowser is the environment variable that turns a missing browser from a skip into a failure.
const RequireBrowser = "IGS_REQUIRE_BROWSER"

// tab is a page in a headless browser, and all that it said and asked for.
type tab struct {
	context.Context
	mu       sync.Mutex
	said     []string
	requests []string
}

// open shows a file. It skips the test where there is no Chromium.
func open(t *testing.T, path string) *tab {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		if os.Getenv(RequireBrowser) != "" {
			t.Fatal("no Chromium")
		}
		t.Skip("no Chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))
	allocator, endBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(endBrowser)
	ctx, endTab := chromedp.NewContext(allocator)
	t.Cleanup(endTab)
	ctx, endTime := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(endTime)
	page := &tab{Context: ctx}
	chromedp.ListenTarget(ctx, func(e any) {
		page.mu.Lock()
		defer page.mu.Unlock()
		switch e := e.(type) {
		case *runtime.EventConsoleAPICalled:
			page.said = append(page.said, string(e.Type))
		case *runtime.EventExceptionThrown:
			page.said = append(page.said, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			page.said = append(page.said, e.Entry.Text)
		case *network.EventRequestWillBeSent:
			page.requests = append(page.requests, e.Request.URL)
		}
	})
	address := url.URL{Scheme: "file", Path: path}
	page.do(t, network.Enable(), log.Enable(), runtime.Enable(), chromedp.Navigate(address.String()))
	return page
}

func (p *tab) do(t *testing.T, actions ...chromedp.Action) {
	t.Helper()
	if err := chromedp.Run(p, actions...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates JavaScript.
func ask[T any](t *testing.T, p *tab, script string) T {
	t.Helper()
	var v T
	p.do(t, chromedp.Evaluate(script, &v))
	return v
}

func (p *tab) silent(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.said) > 0 {
		t.Errorf("the console says %q", p.said)
	}
	for i, request := range p.requests {
		if i > 0 && !strings.HasPrefix(request, "data:") {
			t.Errorf("the page asked for %.80s", request)
		}
	}
}

func reportOf(t *testing.T) string {
	t.Helper()
	dir := sample(t)
	path := filepath.Join(dir, "report.html")
	if err := Write(dir, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// edge is where the target ends, as a share of the picture, and the value that the slider has.
const edge = `(() => {
	const stage = document.querySelector("#run-1 .stage"), box = stage.getBoundingClientRect(), bar = stage.querySelector(".bar").getBoundingClientRect();
	return [(bar.left + bar.width / 2 - box.left) / box.width, Number(stage.querySelector(".slider").value) / 100];
})()`

func TestSliderMovesByKeysAndMouse(t *testing.T) {
	p := open(t, reportOf(t))
	at := func(want float64, how string) {
		t.Helper()
		got := ask[[]float64](t, p, edge)
		for _, x := range got {
			if x < want-0.011 || x > want+0.011 {
				t.Errorf("%s: bar and slider at %v, want %v", how, got, want)
				return
			}
		}
	}
	at(0.5, "at first")
	p.do(t, chromedp.Focus("#run-1 .slider", chromedp.ByQuery), chromedp.KeyEvent(kb.Home))
	at(0, "Home")
	p.do(t, chromedp.KeyEvent(kb.End))
	at(1, "End")
	p.do(t, chromedp.KeyEvent(kb.ArrowLeft), chromedp.KeyEvent(kb.ArrowLeft))
	at(0.99, "two to the left")
	box := ask[[]float64](t, p, `(() => { const s = document.querySelector("#run-1 .stage"); s.scrollIntoView({block: "center"}); const b = s.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()`)
	x, y := box[0]+0.25*box[2], box[1]+box[3]/2
	p.do(t, chromedp.MouseClickXY(x, y))
	at(0.25, "a click")
	p.do(t, input.DispatchMouseEvent(input.MousePressed, x, y).WithButton(input.Left).WithClickCount(1),
		input.DispatchMouseEvent(input.MouseMoved, box[0]+0.8*box[2], y).WithButton(input.Left),
		input.DispatchMouseEvent(input.MouseReleased, box[0]+0.8*box[2], y).WithButton(input.Left).WithClickCount(1))
	at(0.8, "a drag")
	if clip := ask[string](t, p, `getComputedStyle(document.querySelector("#run-1 .target")).clipPath`); !strings.HasPrefix(clip, "inset(0px calc(20") && !strings.HasPrefix(clip, "inset(0px 20") && !strings.HasPrefix(clip, "inset(0px calc(100%") {
		t.Errorf("the target is clipped to %s", clip)
	}
	p.silent(t)
}

func TestLayersAreSwitched(t *testing.T) {
	p := open(t, reportOf(t))
	shown := func(layer string) bool {
		t.Helper()
		return ask[bool](t, p, `(() => { const s = getComputedStyle(document.querySelector("#run-1 .`+layer+`")); return s.display !== "none" && s.visibility !== "hidden"; })()`)
	}
	if !shown("render") || !shown("target") || shown("error") || shown("splats") {
		t.Error("at first other layers are shown than target and render")
	}
	p.do(t, chromedp.Click(`#run-1 input[value="splats"]`, chromedp.ByQuery), chromedp.Click(`#run-1 input[value="error"]`, chromedp.ByQuery))
	if shown("render") || shown("target") || !shown("error") || !shown("splats") {
		t.Error("the error and the splats are not what is shown")
	}
	if loaded := ask[bool](t, p, `[...document.images].every(i => i.complete && i.naturalWidth === 60)`); !loaded {
		t.Error("a picture did not load")
	}
	p.silent(t)
}

func TestTableSorts(t *testing.T) {
	p := open(t, reportOf(t))
	order := func() string {
		t.Helper()
		return strings.Join(ask[[]string](t, p, `[...document.querySelectorAll("#table tbody tr")].slice(0, 4).map(r => r.cells[0].querySelector("a").textContent)`), " ")
	}
	p.do(t, chromedp.Focus("#table th:nth-child(3) button", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter))
	if got := order(); got != "cat-3 cat-1 cat-2 cat-0" || ask[string](t, p, `document.querySelector("#table th:nth-child(3)").ariaSort`) != "descending" {
		t.Errorf("by PSNR: %s", got)
	}
	p.do(t, chromedp.Click("#table th:nth-child(7) button", chromedp.ByQuery), chromedp.Click("#table th:nth-child(7) button", chromedp.ByQuery))
	if got := order(); !strings.HasSuffix(got, "cat-0 cat-1") && !strings.HasPrefix(got, "cat-0 cat-1 cat-2") {
		t.Errorf("by bytes: %s", got)
	}
	p.silent(t)
}

func TestThemesAndPhone(t *testing.T) {
	p := open(t, reportOf(t))
	paper := func() string {
		t.Helper()
		return ask[string](t, p, `getComputedStyle(document.body).backgroundColor`)
	}
	theme := func(name string) chromedp.Action {
		return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}})
	}
	p.do(t, theme("light"))
	light := paper()
	p.do(t, theme("dark"))
	dark := paper()
	p.do(t, chromedp.Click("#theme", chromedp.ByQuery))
	if asked := paper(); light == dark || asked != light {
		t.Errorf("light %s, dark %s, asked for light in the dark %s", light, dark, asked)
	}
	p.do(t, emulation.SetDeviceMetricsOverride(360, 800, 2, true))
	if wide := ask[int](t, p, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("the page is %d px wide on a phone of 360", wide)
	}
	p.silent(t)
}
