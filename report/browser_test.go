package report

import (
	"context"
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

	"igs/record"
)

// browser is a tab with a report, and the messages of the browser about it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string
	gone []string // URLs that were requested
}

// open shows the report of a session in a real browser. Without a browser the test is skipped;
// with IGS_REQUIRE_BROWSER=1 it fails.
func open(t *testing.T, session string) *browser {
	t.Helper()
	must(t, writeFile(session))
	ctx, cancel := chromedp.NewContext(chromium(t))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 30*time.Second)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx}
	b.do(chromedp.EmulateViewport(1280, 900))
	chromedp.ListenTarget(ctx, b.listen)
	b.do(log.Enable())
	b.do(runtime.Enable())
	b.do(network.Enable())
	b.do(chromedp.Navigate("file://" + filepath.Join(session, record.ReportFile)))
	return b
}

// The browser that all tests share, each with a tab of its own, until closeBrowser ends it.
var (
	shared       context.Context
	closeBrowser = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	closeBrowser()
	os.Exit(code)
}

// chromium starts the shared browser.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if shared != nil {
		return shared
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil && program == "" {
			program = path
		}
	}
	if program == "" {
		if os.Getenv("IGS_REQUIRE_BROWSER") == "1" {
			t.Fatal("no chromium, and IGS_REQUIRE_BROWSER is 1")
		}
		t.Skip("no chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium with a sandbox does not run as root
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	first, _ := chromedp.NewContext(allocator)
	closeBrowser = end
	must(t, chromedp.Run(first))
	shared = first
	return shared
}

func (b *browser) listen(e any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := e.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "exception: "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.said = append(b.said, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "data:") {
			b.gone = append(b.gone, url)
		}
	}
}

func (b *browser) do(step chromedp.Action) {
	b.t.Helper()
	must(b.t, chromedp.Run(b.ctx, step))
}

func value[T any](b *browser, expression string) T {
	b.t.Helper()
	var v T
	if err := chromedp.Run(b.ctx, chromedp.Evaluate(expression, &v)); err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (b *browser) is(expression, want string) {
	b.t.Helper()
	if got := value[string](b, "String("+expression+")"); got != want {
		b.t.Errorf("%s is %q, want %q", expression, got, want)
	}
}

// viewer is the place of the first viewer: left, top, width and height, px. The browser has drawn it there, so it takes
// the mouse.
func (b *browser) viewer() (box []float64) {
	b.t.Helper()
	script := `(async () => {
		const viewer = document.querySelector('#run-1 .viewer');
		viewer.scrollIntoView({behavior: 'instant', block: 'center'});
		await Promise.all([...viewer.querySelectorAll('img')].map(i => i.decode()));
		for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
		const r = viewer.getBoundingClientRect();
		return [r.left, r.top, r.width, r.height];
	})()`
	b.do(chromedp.Evaluate(script, &box, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	return box
}

func (b *browser) scheme(name string) {
	b.t.Helper()
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

// quiet fails the test when the browser wrote a message or requested something.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.said) > 0 {
		b.t.Errorf("the browser says %q", b.said)
	}
	if len(b.gone) != 1 || !strings.HasSuffix(b.gone[0], record.ReportFile) {
		b.t.Errorf("the browser fetched %q", b.gone)
	}
}

func TestBrowserSlider(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	const clip = "getComputedStyle(document.querySelector('#run-1 .target')).clipPath"
	b.is(clip, "inset(0px 50% 0px 0px)")
	b.do(chromedp.Focus("#run-1 input[type=range]"))
	for _, c := range [][2]string{{kb.ArrowRight, "49%"}, {kb.Home, "100%"}, {kb.End, "0%"}, {kb.ArrowLeft, "1%"}} {
		b.do(chromedp.KeyEvent(c[0]))
		if got, want := value[string](b, clip), "inset(0px "+c[1]+" 0px 0px)"; got != want && !(c[1] == "0%" && got == "inset(0px)") {
			t.Errorf("%s after a key, want %s", got, want)
		}
	}
	// The mouse is a quarter of the width from the left.
	box := b.viewer()
	x, y := box[0]+box[2]/4, box[1]+box[3]/3
	b.do(chromedp.MouseClickXY(x, y))
	b.is("document.querySelector('#run-1 input[type=range]').value", "25")
	b.is("Math.round(parseFloat(document.querySelector('#run-1 .viewer').style.getPropertyValue('--split')))", "25")
	b.do(chromedp.MouseEvent(input.MousePressed, x, y, chromedp.ButtonLeft))
	b.do(chromedp.MouseEvent(input.MouseMoved, box[0]+0.9*box[2], y, chromedp.ButtonLeft))
	b.do(chromedp.MouseEvent(input.MouseReleased, box[0]+0.9*box[2], y, chromedp.ButtonLeft))
	b.is("document.querySelector('#run-1 input[type=range]').value", "90")
	b.do(chromedp.MouseEvent(input.MouseMoved, x, y))
	b.is("document.querySelector('#run-1 input[type=range]').value", "90") // without a button, the divider does not move
	b.is("document.querySelector('#run-2 input[type=range]').value", "50")
	b.quiet()
}

func TestBrowserTouch(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	b.do(chromedp.EmulateViewport(390, 800, chromedp.EmulateMobile, chromedp.EmulateTouch))
	box := b.viewer()
	b.do(input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: box[0] + 0.75*box[2], Y: box[1] + box[3]/3}}))
	b.is("document.querySelector('#run-1 input[type=range]').value", "75")
	b.quiet()
}

func TestBrowserLayers(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	seen := func(want string) {
		t.Helper()
		b.is("[...document.querySelectorAll('#run-1 .layer')].filter(l => l.checkVisibility()).map(l => l.classList[1])", want)
	}
	seen("render,target")
	b.do(chromedp.Click("#run-1 .controls label:nth-of-type(2)"))
	seen("error,target")
	b.do(chromedp.Click("#run-1 .check"))
	seen("error,splats,target")
	b.do(chromedp.Click("#run-1 .controls fieldset label:nth-of-type(3)"))
	seen("splats,target")
	b.is("document.querySelectorAll('#run-1 ellipse').length > 5", "true")
	b.is("[...document.images].every(i => i.complete && i.naturalWidth > 0)", "true")
	b.quiet()
}

func TestBrowserSorting(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	names := "[...document.querySelectorAll('.runs tbody th')].map(h => h.textContent).join(' ')"
	initial := value[string](b, names)
	const head = ".runs thead th:nth-of-type(3)"
	b.do(chromedp.Click(head + " button"))
	b.is("document.querySelector('"+head+"').ariaSort", "descending")
	b.is(names, "dog-10-40 cat-20-40 cat-30-40 cat-10-40 "+evil+" killed later")
	b.do(chromedp.Focus(head + " button"))
	b.do(chromedp.KeyEvent(kb.Enter))
	b.is("document.querySelector('"+head+"').ariaSort", "ascending")
	b.is(names, "cat-10-40 cat-30-40 cat-20-40 dog-10-40 "+evil+" killed later")
	b.do(chromedp.Click(".runs thead th:first-of-type button"))
	b.is("document.querySelector('"+head+"').ariaSort", "none")
	b.is(names, initial[strings.Index(initial, evil):strings.Index(initial, " killed")]+" "+strings.TrimSuffix(initial[:strings.Index(initial, evil)], " ")+" killed later")
	b.quiet()
}

func TestBrowserThemes(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	const background = "getComputedStyle(document.body).backgroundColor"
	b.scheme("light")
	light := value[string](b, background)
	b.scheme("dark")
	dark := value[string](b, background)
	if light == dark {
		t.Errorf("light and dark are both %s", light)
	}
	b.do(chromedp.Click("button#theme"))
	b.is(background, light)
	b.do(chromedp.Click("button#theme"))
	b.is(background, dark)
	b.scheme("light") // the chosen theme stays
	b.is(background, dark)
	b.quiet()
	b.is("localStorage.clear()", "undefined") // tests share the browser
}

func TestBrowserCurveReadout(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	const output = "document.querySelector('#run-1 .chart output').textContent"
	b.is(output, "0.0625")
	b.do(chromedp.Focus("#run-1 .chart svg"))
	b.do(chromedp.KeyEvent(kb.ArrowLeft))
	b.is(output, "step 30: 0.1250")
	b.do(chromedp.KeyEvent(kb.Home))
	b.is(output, "step 10: 0.5000")
	b.quiet()
}

func TestBrowserPhone(t *testing.T) {
	b := open(t, newSession(t, sweep()...))
	for _, width := range []int64{320, 360, 768} {
		b.do(chromedp.EmulateViewport(width, 700))
		b.is("document.documentElement.scrollWidth <= innerWidth", "true")
		b.is("document.querySelectorAll('details').forEach(d => d.open = true) || document.documentElement.scrollWidth <= innerWidth", "true")
	}
	b.do(chromedp.EmulateViewport(360, 700))
	b.is("Math.max(...[...document.querySelectorAll('.runs tbody th')].map(h => h.offsetHeight)) < 120", "true") // names do not break after each letter
	// Marks are on the line.
	b.is("(() => { const m = document.querySelector('.rate .mark').getBoundingClientRect(), l = document.querySelector('.rate polyline').getBoundingClientRect(); return Math.abs(m.x + m.width / 2 - l.x) < 3; })()", "true")
	// A target for a finger is 44 px high.
	b.is("[...document.querySelectorAll('button, .controls label, summary')].filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)", "")
	b.quiet()
}

// TestBrowserWithoutScript: pictures are side by side, and controls that need the script are hidden.
func TestBrowserWithoutScript(t *testing.T) {
	dir := newSession(t, sweep()...)
	b := open(t, dir)
	b.do(emulation.SetScriptExecutionDisabled(true))
	b.do(chromedp.Reload())
	b.is("[...document.querySelectorAll('#run-1 .layer')].filter(l => l.checkVisibility()).length", "4")
	b.is("[...document.querySelectorAll('#theme, .controls, .handle, input[type=range]')].some(e => e.checkVisibility())", "false")
}
