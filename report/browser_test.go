package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"igs/internal/browsertest"
	"igs/record"
)

// browser is a tab with a report.
type browser struct{ *browsertest.Tab }

// open shows a page in a real browser. Without a browser the test is skipped; with IGS_REQUIRE_BROWSER=1 it fails.
func open(t *testing.T, page string) *browser {
	t.Helper()
	b := &browser{browsertest.Open(t, 1280, 900, 30*time.Second)}
	b.Do(chromedp.Navigate("file://" + page))
	return b
}

// written writes the report of a new session. It returns its path.
func written(t *testing.T, specs ...spec) string {
	t.Helper()
	dir := newSession(t, specs...)
	must(t, writeFile(dir))
	return filepath.Join(dir, record.ReportFile)
}

// TestBrowser is all tests of the page of one sweep. No test changes its files.
func TestBrowser(t *testing.T) {
	page := written(t, sweep()...)
	for name, test := range map[string]func(t *testing.T, b *browser){
		"slider": slider, "touch": touch, "layers": layers, "sorting": sorting, "themes": themes, "curve readout": curveReadout, "phone": phone,
		"without script": withoutScript, "two runs": twoRuns, "curves": curvesOfAll,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t, page)) })
	}
	t.Run("moved", func(t *testing.T) { moved(t, page) })
}

func TestMain(m *testing.M) { browsertest.Main(m) }

// viewer is the place of the first viewer: left, top, width and height, px. The browser has drawn it there, so it takes
// the mouse.
func (b *browser) viewer() []float64 {
	b.T.Helper()
	script := `(async () => {
		const viewer = document.querySelector('#run-1 .viewer');
		viewer.scrollIntoView({behavior: 'instant', block: 'center'});
		await Promise.all([...viewer.querySelectorAll('img')].map(i => i.decode()));
		for (let i = 0; i < 2; i++) await new Promise(requestAnimationFrame);
		const r = viewer.getBoundingClientRect();
		return [r.left, r.top, r.width, r.height];
	})()`
	return browsertest.Value[[]float64](b.Tab, script)
}

func (b *browser) scheme(name string) {
	b.T.Helper()
	b.Do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

// quiet fails the test when the browser wrote a message or requested something.
func (b *browser) quiet() {
	b.T.Helper()
	if said := b.Said(); len(said) > 0 {
		b.T.Errorf("the browser says %q", said)
	}
	if urls := b.Requests(); len(urls) != 2 || !strings.HasSuffix(urls[0], record.ReportFile) || !strings.HasSuffix(urls[1], presenceFile) {
		b.T.Errorf("the browser fetched %q", urls)
	}
}

func slider(t *testing.T, b *browser) {
	const clip = "getComputedStyle(document.querySelector('#run-1 .target')).clipPath"
	b.Is(clip, "inset(0px 50% 0px 0px)")
	b.Do(chromedp.Focus("#run-1 input[type=range]"))
	for _, c := range [][2]string{{kb.ArrowRight, "49%"}, {kb.Home, "100%"}, {kb.End, "0%"}, {kb.ArrowLeft, "1%"}} {
		b.Do(chromedp.KeyEvent(c[0]))
		if got, want := browsertest.Value[string](b.Tab, clip), "inset(0px "+c[1]+" 0px 0px)"; got != want && !(c[1] == "0%" && got == "inset(0px)") {
			t.Errorf("%s after a key, want %s", got, want)
		}
	}
	// The mouse is a quarter of the width from the left.
	box := b.viewer()
	x, y := box[0]+box[2]/4, box[1]+box[3]/3
	b.Do(chromedp.MouseClickXY(x, y))
	b.Is("document.querySelector('#run-1 input[type=range]').value", "25")
	b.Is("Math.round(parseFloat(document.querySelector('#run-1 .viewer').style.getPropertyValue('--split')))", "25")
	b.Do(chromedp.MouseEvent(input.MousePressed, x, y, chromedp.ButtonLeft))
	b.Do(chromedp.MouseEvent(input.MouseMoved, box[0]+0.9*box[2], y, chromedp.ButtonLeft))
	b.Do(chromedp.MouseEvent(input.MouseReleased, box[0]+0.9*box[2], y, chromedp.ButtonLeft))
	b.Is("document.querySelector('#run-1 input[type=range]').value", "90")
	b.Do(chromedp.MouseEvent(input.MouseMoved, x, y))
	b.Is("document.querySelector('#run-1 input[type=range]').value", "90") // without a button, the divider does not move
	b.Is("document.querySelector('#run-2 input[type=range]').value", "50")
	b.quiet()
}

func touch(t *testing.T, b *browser) {
	b.Do(chromedp.EmulateViewport(390, 800, chromedp.EmulateMobile, chromedp.EmulateTouch))
	box := b.viewer()
	b.Do(input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: box[0] + 0.75*box[2], Y: box[1] + box[3]/3}}))
	b.Is("document.querySelector('#run-1 input[type=range]').value", "75")
	b.quiet()
}

func layers(t *testing.T, b *browser) {
	seen := func(want string) {
		t.Helper()
		b.Is("[...document.querySelectorAll('#run-1 .layer')].filter(l => l.checkVisibility()).map(l => l.classList[1])", want)
	}
	seen("render,target")
	b.Do(chromedp.Click("#run-1 .controls label:nth-of-type(2)"))
	seen("error,target")
	b.Do(chromedp.Click("#run-1 .check"))
	seen("error,splats,target")
	b.Do(chromedp.Click("#run-1 .controls fieldset label:nth-of-type(3)"))
	seen("splats,target")
	b.Is("document.querySelectorAll('#run-1 ellipse').length > 5", "true")
	b.Is("[...document.images].every(i => i.complete && i.naturalWidth > 0)", "true")
	b.quiet()
}

func sorting(t *testing.T, b *browser) {
	names := "[...document.querySelectorAll('.runs tbody th')].map(h => h.textContent).join(' ')"
	initial := browsertest.Value[string](b.Tab, names)
	const head = ".runs thead th:nth-of-type(3)"
	b.Do(chromedp.Click(head + " button"))
	b.Is("document.querySelector('"+head+"').ariaSort", "descending")
	b.Is(names, "dog-10-40 cat-20-40 cat-30-40 cat-10-40 "+evil+" killed later")
	b.Do(chromedp.Focus(head + " button"))
	b.Do(chromedp.KeyEvent(kb.Enter))
	b.Is("document.querySelector('"+head+"').ariaSort", "ascending")
	b.Is(names, "cat-10-40 cat-30-40 cat-20-40 dog-10-40 "+evil+" killed later")
	b.Do(chromedp.Click(".runs thead th:first-of-type button"))
	b.Is("document.querySelector('"+head+"').ariaSort", "none")
	b.Is(names, initial[strings.Index(initial, evil):strings.Index(initial, " killed")]+" "+strings.TrimSuffix(initial[:strings.Index(initial, evil)], " ")+" killed later")
	b.quiet()
}

func themes(t *testing.T, b *browser) {
	const background = "getComputedStyle(document.body).backgroundColor"
	b.scheme("light")
	light := browsertest.Value[string](b.Tab, background)
	b.scheme("dark")
	dark := browsertest.Value[string](b.Tab, background)
	if light == dark {
		t.Errorf("light and dark are both %s", light)
	}
	b.Do(chromedp.Click("button#theme"))
	b.Is(background, light)
	b.Do(chromedp.Click("button#theme"))
	b.Is(background, dark)
	b.scheme("light") // the chosen theme stays
	b.Is(background, dark)
	b.quiet()
	b.Is("localStorage.clear()", "undefined") // tests share the browser
}

func curveReadout(t *testing.T, b *browser) {
	const output = "document.querySelector('#run-1 .chart output').textContent"
	b.Do(chromedp.ScrollIntoView("#run-1"))
	b.Do(chromedp.WaitReady("#run-1 .chart output"))
	b.Is(output, "26.25 dB")
	b.Do(chromedp.Focus("#run-1 .chart svg"))
	b.Do(chromedp.KeyEvent(kb.ArrowLeft))
	b.Is(output, "step 30: 22.50 dB") // the value of step 20 is no number
	b.Do(chromedp.KeyEvent(kb.Home))
	b.Is(output, "step 10: 12.50 dB")
	b.quiet()
}

func phone(t *testing.T, b *browser) {
	for _, width := range []int64{320, 360, 768} {
		b.Do(chromedp.EmulateViewport(width, 700))
		b.Is("document.documentElement.scrollWidth <= innerWidth", "true")
		b.Is("document.querySelectorAll('details').forEach(d => d.open = true) || document.documentElement.scrollWidth <= innerWidth", "true")
	}
	b.Do(chromedp.EmulateViewport(360, 700))
	b.Is("Math.max(...[...document.querySelectorAll('.runs tbody th')].map(h => h.offsetHeight)) < 120", "true") // names do not break after each letter
	// Marks are on the line.
	b.Is("(() => { const m = document.querySelector('.rate .mark').getBoundingClientRect(), l = document.querySelector('.rate polyline').getBoundingClientRect(); return Math.abs(m.x + m.width / 2 - l.x) < 3; })()", "true")
	// A target for a finger is 44 px high.
	b.Is("[...document.querySelectorAll('button, .controls label, summary')].filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)", "")
	b.quiet()
}

// withoutScript: pictures are side by side, and controls that need the script are hidden.
func withoutScript(_ *testing.T, b *browser) {
	b.Do(emulation.SetScriptExecutionDisabled(true))
	b.Do(chromedp.Reload())
	b.Is("[...document.querySelectorAll('#run-1 .layer')].filter(l => l.checkVisibility()).length", "4")
	b.Is("[...document.querySelectorAll('#theme, .controls, .handle, input[type=range]')].some(e => e.checkVisibility())", "false")
}

// twoRuns: any two runs are compared, and a link names them.
func twoRuns(t *testing.T, b *browser) {
	const shown = "[...document.querySelectorAll('#ab figcaption')].map(c => c.textContent)"
	const row = "[...document.querySelectorAll('.figures-of-two tbody tr')].map(r => [...r.cells].map(c => c.textContent).join(' '))"
	b.Is(shown, "B: cat-20-40,A: cat-10-40")
	b.Is(row+"[0]", "PSNR, dB 26.25 31.50 +5.25 ▲")
	b.Is(row+"[5]", "bytes 500 900 +400 (+80 %) ▼")
	b.Is("[...document.querySelectorAll('#ab img')].every(i => i.src.startsWith('data:image') && i.alt.startsWith('Render of cat'))", "true")
	b.Do(chromedp.Click("#ab-swap"))
	b.Is(shown, "B: cat-10-40,A: cat-20-40")
	b.Is(row+"[0]", "PSNR, dB 31.50 26.25 −5.25 ▼")
	b.Is("document.getElementById('ab-explore').getAttribute('href')", "./report_files/explore.html#a=1&b=0")
	b.Is("document.querySelector('[name=ab-arrange][value=side]').click()", "undefined")
	b.Is("(() => { const [x, y] = [...document.querySelectorAll('#ab .layer')].map(l => l.getBoundingClientRect()); return [x.left >= y.right - 1, x.top === y.top, x.height > 100]; })()", "true,true,true")
	b.Is("(location.hash = '#compare=run-1,run-4')", "#compare=run-1,run-4")
	browsertest.Value[bool](b.Tab, "new Promise(done => setTimeout(() => done(true), 100))")
	b.Is(shown, "B: dog-10-40,A: cat-10-40")
	b.Is(row+"[0]", "PSNR, dB 26.25 ∞ –")
	b.Is("document.getElementById('ab-other').checkVisibility()", "true")
	b.Do(chromedp.SetValue("#ab-b", "4")) // a failed run, whose name is markup
	b.Is("document.getElementById('ab-b').dispatchEvent(new Event('change'))", "true")
	b.Is("document.getElementById('ab-none').textContent", "There is no such picture of "+evil+".")
	b.quiet()
}

// curvesOfAll: the chart of all runs is read by keys, and small charts have its scales.
func curvesOfAll(t *testing.T, b *browser) {
	const output = "document.getElementById('curve-output').textContent"
	b.Is("document.querySelectorAll('.overlay polyline').length", "5")
	b.Do(chromedp.Focus(".overlay"))
	b.Is(output, "cat-10-40, step 40: 26.25 dB")
	b.Do(chromedp.KeyEvent(kb.ArrowUp))
	b.Do(chromedp.KeyEvent(kb.ArrowLeft))
	b.Is(output, "cat-20-40, step 30: 22.50 dB")
	b.Is("document.querySelector('[name=curve-x][value=splats]').click()", "undefined")
	b.Do(chromedp.Focus(".overlay"))
	b.Is(output, "cat-10-40, splats 10: 26.25 dB")
	b.Is("document.querySelector('[name=curve-arrange][value=each]').click()", "undefined")
	const ticks = "new Set([...document.querySelectorAll('#curve-chart .chart')].map(c => [...c.querySelectorAll('.ticks text')].map(t => t.textContent).join(' ')))"
	b.Is("[document.querySelectorAll('#curve-chart .chart').length, "+ticks+".size]", "5,1")
	b.quiet()
}

// TestBrowserAccessible: a tool finds no serious barrier in the page.
func TestBrowserAccessible(t *testing.T) {
	all := sweep()
	few := []spec{all[0], all[1], all[4], all[5], {name: "cat-20-90", image: "cat.png", status: record.Done, splats: 20, psnr: 32, bytes: 950}}
	b := open(t, written(t, few...))
	b.Is("document.querySelectorAll('details').forEach(d => { d.open = true; })", "undefined")
	b.Accessible("../viewer/node_modules")
	b.quiet()
}

// moved: a page that was moved away from its files says so, and has no links to them.
func moved(t *testing.T, page string) {
	data, err := os.ReadFile(page)
	must(t, err)
	elsewhere := filepath.Join(t.TempDir(), "mail.html")
	must(t, os.WriteFile(elsewhere, data, 0o600))
	b := open(t, elsewhere)
	b.Do(chromedp.WaitVisible("#moved"))
	b.Is("[...document.querySelectorAll('.explore')].some(e => e.checkVisibility())", "false")
	b.Is("document.querySelector('#run-1 img').naturalWidth", "60")
}
