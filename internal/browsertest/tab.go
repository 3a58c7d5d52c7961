// Package browsertest shows pages in a real browser for tests. The tests of a package share one browser and its one tab, because
// each takes long to start.
package browsertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The tab that the tests of a package share, until closeBrowser ends its browser.
var (
	shared       context.Context
	closeBrowser = func() {}
)

// Main runs the tests of a package, and then closes their browser.
func Main(m *testing.M) {
	code := m.Run()
	closeBrowser()
	os.Exit(code)
}

// Tab is a tab of the browser, and the messages of the browser about it.
type Tab struct {
	T   testing.TB
	Ctx context.Context

	mu   sync.Mutex
	said []string
	gone []string
}

// Open empties the tab, and gives it w × h px and the settings of a new one. The test has it until it ends, or for the given time.
// Without a browser the test is skipped; with IGS_REQUIRE_BROWSER=1 it fails.
func Open(t testing.TB, w, h int64, most time.Duration) *Tab {
	t.Helper()
	ctx, cancel := context.WithTimeout(chromium(t), most)
	t.Cleanup(cancel)
	b := &Tab{T: t, Ctx: ctx}
	b.Do(chromedp.Tasks{
		chromedp.Navigate("about:blank"), emulation.SetScriptExecutionDisabled(false), emulation.SetEmulatedMedia(), chromedp.EmulateViewport(w, h),
		emulation.SetFocusEmulationEnabled(true), // else a page has events of the focus only while its window has it
		log.Enable(), log.Clear(), runtime.Enable(), network.Enable(),
	})
	chromedp.ListenTarget(ctx, b.listen)
	return b
}

// chromium starts the shared browser with its tab.
func chromium(t testing.TB) context.Context {
	t.Helper()
	if shared != nil {
		return shared
	}
	program := ""
	// A headless shell has no windows around the page. It takes a quarter of the time to start, and two thirds of the time for a page.
	for _, name := range []string{"chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
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
	// WebGL is drawn by the CPU. Without animations of scrolling a place in a page stays where a test has measured it: Chromium adds
	// what is left of an animation to the next scroll.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program),
		chromedp.Flag("enable-unsafe-swiftshader", true), chromedp.Flag("force-prefers-reduced-motion", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium with a sandbox does not run as root
	}
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	first, _ := chromedp.NewContext(allocator)
	closeBrowser = func() {
		_ = chromedp.Cancel(first) // asks the browser to end: its children would write into its folder after it is killed
		end()
	}
	if err := chromedp.Run(first); err != nil {
		t.Fatal(err)
	}
	shared = first
	return shared
}

func (b *Tab) listen(e any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := e.(type) {
	case *runtime.EventConsoleAPICalled:
		b.said = append(b.said, "console: "+string(e.Type))
	case *runtime.EventExceptionThrown:
		b.said = append(b.said, "exception: "+e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		b.said = append(b.said, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; !strings.HasPrefix(url, "data:") {
			b.gone = append(b.gone, url)
		}
	}
}

// Said returns what the browser has written about the tab since the last call: the console, exceptions, its log.
func (b *Tab) Said() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	said := b.said
	b.said = nil
	return said
}

// Requests returns the URLs that the tab has requested since the last call, without those that hold their data.
func (b *Tab) Requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	gone := b.gone
	b.gone = nil
	return gone
}

// Do does something in the tab. A failure ends the test.
func (b *Tab) Do(step chromedp.Action) {
	b.T.Helper()
	if err := chromedp.Run(b.Ctx, step); err != nil {
		b.T.Fatal(err)
	}
}

// Value evaluates an expression of JavaScript. It waits for a promise.
func Value[T any](b *Tab, expression string) T {
	b.T.Helper()
	var v T
	wait := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	if err := chromedp.Run(b.Ctx, chromedp.Evaluate(expression, &v, wait)); err != nil {
		b.T.Fatalf("%s: %v", expression, err)
	}
	return v
}

// Is tests that an expression, as text, is as wanted.
func (b *Tab) Is(expression, want string) {
	b.T.Helper()
	if got := Value[string](b, "String("+expression+")"); got != want {
		b.T.Errorf("%s is %q, want %q", expression, got, want)
	}
}

// Accessible fails the test when axe-core finds a serious barrier in the page, in either theme. modules is the folder node_modules
// of the viewer. Without axe-core in it the test is skipped.
func (b *Tab) Accessible(modules string) {
	b.T.Helper()
	script, err := os.ReadFile(filepath.Join(modules, "axe-core/axe.min.js"))
	if err != nil {
		b.T.Skip("no axe-core: npm ci in viewer installs it")
	}
	b.Do(chromedp.Evaluate(string(script), nil))
	for _, theme := range []string{"dark", "light"} {
		rules := ""
		if theme == "light" { // only colours differ
			rules = ", runOnly: ['color-contrast']"
		}
		b.Do(chromedp.Evaluate(fmt.Sprintf("document.documentElement.dataset.theme = %q", theme), nil))
		found := Value[[]string](b, "axe.run({resultTypes: ['violations']"+rules+"}).then(r => r.violations.filter(v => ['serious', 'critical'].includes(v.impact)).map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' ')))")
		for _, f := range found {
			b.T.Errorf("%s: %s", theme, f)
		}
	}
}
