package viewer

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"igs/imageio"
	"igs/internal/browsertest"
	"igs/splat"
)

// browser is a tab with the viewer.
type browser struct{ *browsertest.Tab }

// open opens a tab. Without a browser the test is skipped; with IGS_REQUIRE_BROWSER=1 it fails.
func open(t testing.TB) *browser {
	t.Helper()
	return &browser{browsertest.Open(t, 400, 500, 2*time.Minute)}
}

func TestMain(m *testing.M) { browsertest.Main(m) }

// click clicks the element of a CSS selector.
func (b *browser) click(selector string) {
	b.T.Helper()
	b.Do(chromedp.Click(selector, chromedp.ByQuery))
}

// until waits for an expression to be true.
func (b *browser) until(expression string) {
	b.T.Helper()
	err := chromedp.Run(b.Ctx, chromedp.Poll(expression, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(30*time.Second)))
	if err != nil {
		b.T.Fatalf("%s: %v; the browser says %q", expression, err, b.Said())
	}
}

// goes opens a page and waits for its model.
func (b *browser) goes(url string) {
	b.T.Helper()
	b.Do(chromedp.Navigate(url))
	b.until("document.getElementById('facts').textContent")
}

// quiet fails the test when the browser wrote a message. The one about ReadPixels comes because the test reads the
// canvas.
func (b *browser) quiet() {
	b.T.Helper()
	said := slices.DeleteFunc(b.Said(), func(text string) bool {
		return strings.HasPrefix(text, "log: ") && strings.Contains(text, "stall due to ReadPixels")
	})
	if len(said) > 0 {
		b.T.Errorf("the browser says %q", said)
	}
}

const zoom = "document.getElementById('zoom').value"

// stack is a model of two pictures, 96 × 64 px.
func stack(t *testing.T, seed uint64) (*splat.Model, []byte) {
	t.Helper()
	m := &splat.Model{
		Splats: splat.Random(rand.New(rand.NewPCG(seed, 1)), 300, 4), W: 96, H: 64, TopK: 10, Gamma: 0.4545,
		Layers: []imageio.Layer{{Name: "albedo", C: 3, Depth: 8, High: 1}, {Name: "depth", C: 1, Depth: 8, High: 1}},
		Bits:   splat.Bits{XY: 16, Scale: 12, Rot: 10, Feat: 12}, Recipe: "paper",
	}
	path := filepath.Join(t.TempDir(), "m.igsm")
	if err := splat.Save(path, m); err != nil {
		t.Fatal(err)
	}
	m, err := splat.Load(path) // in the order and with the rounding of the file
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return m, data
}

// session serves two models of a stack. The first has its targets, which are its own rendered pictures.
func session(t *testing.T) (*httptest.Server, *splat.Model, []byte) {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	m, data := stack(t, 1)
	_, other := stack(t, 2)
	items := []Item{
		{Name: "one </script>", Model: write("1.igsm", data), Targets: []string{write("1.png", encoded(t, rendered(m, 0, image.Rect(0, 0, 96, 64), 1))), write("2.png", encoded(t, rendered(m, 1, image.Rect(0, 0, 96, 64), 1)))}},
		{Name: "two", Model: write("2.igsm", other)},
	}
	mux := http.NewServeMux()
	mux.Handle("/", Handler(items, ""))
	mux.HandleFunc("/igsm.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "igsm.js") })
	mux.HandleFunc("/version2.igsm", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "testdata/version2.igsm") })
	mux.HandleFunc("/module", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<link rel="icon" href="data:,"><canvas id="canvas"></canvas><script type="module">import * as igsm from "/igsm.js"; window.igsm = igsm</script>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server, m, data
}

func encoded(t testing.TB, m image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// rendered is an area of a layer at a zoom, from the formulas of docs/format.md in float64.
func rendered(m *splat.Model, layer int, area image.Rectangle, zoom float64) *image.RGBA {
	out, p := image.NewRGBA(image.Rect(0, 0, area.Dx(), area.Dy())), m.Splats
	for y := range area.Dy() {
		for x := range area.Dx() {
			near := make([]int, 0, m.TopK+1) // splats
			least := make([]float64, 0, m.TopK+1)
			for i := range p.N {
				s := exponent(m, i, (float64(area.Min.X+x)+0.5)/zoom, (float64(area.Min.Y+y)+0.5)/zoom)
				if s > 18 {
					continue
				}
				at := len(least)
				for at > 0 && least[at-1] > s {
					at--
				}
				near, least = append(near[:at], append([]int{i}, near[at:]...)...), append(least[:at], append([]float64{s}, least[at:]...)...)
				near, least = near[:min(len(near), m.TopK)], least[:min(len(least), m.TopK)]
			}
			var sum [3]float64
			weight := 1e-4
			for k, i := range near {
				alpha := math.Exp(-least[k])
				weight += alpha
				for c := range sum {
					channel := c
					if layer == 1 {
						channel = 3
					}
					sum[c] += alpha * float64(p.Feat[i*p.C+channel])
				}
			}
			show := func(v float64) uint8 {
				return uint8(math.Round(255 * math.Pow(min(max(v/weight, 0), 1), 1/m.Gamma)))
			}
			out.SetRGBA(x, y, color.RGBA{show(sum[0]), show(sum[1]), show(sum[2]), 255})
		}
	}
	return out
}

// exponent is s of splat i at (x, y), px of the training.
func exponent(m *splat.Model, i int, x, y float64) float64 {
	p := m.Splats
	sin, cos := math.Sincos(float64(p.Rot[i]))
	dx, dy := x-float64(p.XY[2*i])*float64(m.W), y-float64(p.XY[2*i+1])*float64(m.H)
	u, v := float64(p.Scale[2*i])*(dx*cos+dy*sin), float64(p.Scale[2*i+1])*(dy*cos-dx*sin)
	return (u*u + v*v) / 2
}

func psnr(a, b image.Image) float64 {
	var sum float64
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r0, g0, b0, _ := a.At(x, y).RGBA()
			r1, g1, b1, _ := b.At(x, y).RGBA()
			for _, d := range []float64{float64(r0) - float64(r1), float64(g0) - float64(g1), float64(b0) - float64(b1)} {
				sum += d * d / (65535 * 65535)
			}
		}
	}
	return -10 * math.Log10(sum/float64(3*a.Bounds().Dx()*a.Bounds().Dy()))
}

// TestBrowser goes through the module and the page in one browser, because a browser takes long to start.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	b := open(t)
	server, m, data := session(t)
	run := func(name string, part func(b *browser)) {
		t.Run(name, func(t *testing.T) {
			b.T = t
			part(b)
			b.quiet()
		})
		b.T = t
	}
	run("module", func(b *browser) { pictures(b, server.URL, m, data) })
	run("alpha", transparent)
	run("engine", func(b *browser) { engine(b, m) })
	b.goes(server.URL)
	run("zoom", zooming)
	run("touch", touch)
	run("compare", compare)
	run("layers", layers)
	run("broken files", func(b *browser) { brokenFiles(b, data) })
	run("phone and themes", phone)
	run("save", save)
	run("lost context", lostContext)
	run("axe", axe)
	run("one file", func(b *browser) { oneFile(b, data) })
	run("shared page", func(b *browser) { shared(b, m, data) })
	run("no WebGL", func(b *browser) { noGL(b, server.URL) })
}

// pictures draws with the module for other pages, and compares with the formulas of the format.
func pictures(b *browser, url string, m *splat.Model, data []byte) {
	b.Do(chromedp.Navigate(url + "/module"))
	b.until("window.igsm")
	b.Is(fmt.Sprintf("(window.model = igsm.decode(Uint8Array.from(atob(%q), c => c.charCodeAt(0)))).count", base64.StdEncoding.EncodeToString(data)), "300")
	sameParameters(b, "model", m)
	newer, err := splat.Load("testdata/version2.igsm")
	if err != nil {
		b.T.Fatal(err)
	}
	browsertest.Value[int](b.Tab, "fetch('/version2.igsm').then(r => r.arrayBuffer()).then(d => (window.version2 = igsm.decode(d)).count)")
	sameParameters(b, "version2", newer)
	near := func(model string, m *splat.Model, zoom float64, layer int, area image.Rectangle) {
		b.T.Helper()
		shown := browsertest.Value[string](b.Tab, fmt.Sprintf(`(() => {
			const c = document.getElementById('canvas'), w = %d, h = %d, z = %g;
			c.width = w + 30; c.height = h + 20;
			igsm.draw(c, %s, {x: (%d + w / 2) / z, y: (%d + h / 2) / z, zoom: z, plane: %d, rect: [30, 20, w, h]});
			return c.toDataURL();
		})()`, area.Dx(), area.Dy(), zoom, model, area.Min.X, area.Min.Y, layer))
		got := decoded(b.T, shown).(*image.NRGBA).SubImage(image.Rect(30, 20, 30+area.Dx(), 20+area.Dy()))
		if db := psnr(rendered(m, layer, area, zoom), shifted{got, 30, 20}); db < 50 {
			b.T.Errorf("at %g×, top %d: %.1f dB", zoom, m.TopK, db)
		} else {
			b.T.Logf("at %g×, top %d: %.1f dB", zoom, m.TopK, db)
		}
	}
	near("model", m, 1, 0, image.Rect(0, 0, 96, 64))
	near("model", m, 4, 1, image.Rect(101, 51, 197, 118))
	near("model", m, 64, 0, image.Rect(3000, 1500, 3075, 1550))
	for _, k := range []int{1, 3, 13} { // fewer than a texel of a list has, and more than are read at once
		other := *m
		other.TopK = k
		data, err := splat.Encode(&other)
		if err != nil {
			b.T.Fatal(err)
		}
		b.Is(fmt.Sprintf("(window.other = igsm.decode(Uint8Array.from(atob(%q), c => c.charCodeAt(0)))).topK", base64.StdEncoding.EncodeToString(data)), fmt.Sprint(k))
		near("other", &other, 2, 0, image.Rect(30, 40, 94, 80))
	}
}

// transparent draws a picture with alpha: over a checkerboard, and its error against itself, which has no error.
func transparent(b *browser) {
	m := &splat.Model{
		Splats: splat.Random(rand.New(rand.NewPCG(5, 1)), 300, 4), W: 96, H: 64, TopK: 10, Gamma: 1,
		Layers: []imageio.Layer{{Name: "picture", C: 4, Depth: 8, High: 1, Alpha: true}}, Bits: splat.Lossless,
	}
	path := filepath.Join(b.T.TempDir(), "m.igsm")
	if err := splat.Save(path, m); err != nil {
		b.T.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		b.T.Fatal(err)
	}
	b.Is(fmt.Sprintf("(window.clear = igsm.decode(Uint8Array.from(atob(%q), c => c.charCodeAt(0)))).layers[0].alpha", base64.StdEncoding.EncodeToString(data)), "true")
	b.Is("igsm.planes(clear).map(p => p.channels + '+' + p.alpha).join()", "3+3")
	area := image.Rect(0, 0, 96, 64)
	colours, alphas := rendered(m, 0, area, 1), rendered(m, 1, area, 1)
	target, want := image.NewNRGBA(area), image.NewRGBA(area)
	row := imageio.NewRow(4, 1)
	for y := range 64 {
		for x := range 96 {
			over := float32(0.6)
			if (x/8+y/8)%2 == 1 {
				over = 0.8
			}
			c := colours.RGBAAt(x, y)
			for k, v := range []uint8{c.R, c.G, c.B, alphas.RGBAAt(x, y).R} {
				row[k][0] = float32(v) / 255
			}
			shown := imageio.NewRow(3, 1)
			imageio.Matte(row, over, shown)
			eight := func(v float32) uint8 { return uint8(math.Round(255 * float64(v))) }
			want.SetRGBA(x, y, color.RGBA{eight(shown[0][0]), eight(shown[1][0]), eight(shown[2][0]), 255})
			imageio.Unmix(row)
			target.SetNRGBA(x, y, color.NRGBA{eight(row[0][0]), eight(row[1][0]), eight(row[2][0]), eight(row[3][0])})
		}
	}
	drawn := func(show string) image.Image {
		return decoded(b.T, browsertest.Value[string](b.Tab, fmt.Sprintf(`(async () => {
			const c = document.getElementById('canvas');
			c.width = 96;
			c.height = 64;
			const target = await createImageBitmap(await (await fetch(%q)).blob(), {premultiplyAlpha: 'premultiply'});
			igsm.draw(c, clear, {x: 48, y: 32, zoom: 1, show: %q, target});
			return c.toDataURL();
		})()`, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(encoded(b.T, target)), show)))
	}
	for _, show := range []string{"picture", "target"} {
		if db := psnr(want, drawn(show)); db < 45 {
			b.T.Errorf("%s: %.1f dB", show, db)
		}
	}
	if db := psnr(image.NewRGBA(area), drawn("error")); db < 35 { // of 8 bits, four times
		b.T.Errorf("the error has %.1f dB: %v", db, drawn("error").At(40, 30))
	}
}

// sameParameters compares the parameters of a decoded model, which is a variable of the page, bit for bit.
func sameParameters(b *browser, name string, m *splat.Model) {
	b.T.Helper()
	words := browsertest.Value[[][]uint32](b.Tab, fmt.Sprintf("[%[1]s.x, %[1]s.y, %[1]s.t1, %[1]s.t2, %[1]s.angle, ...%[1]s.features].map(p => [...new Uint32Array(p.buffer)])", name))
	p := m.Splats
	for i := range p.N {
		for k, want := range append([]float32{p.XY[2*i], p.XY[2*i+1], p.Scale[2*i], p.Scale[2*i+1], p.Rot[i]}, p.Feat[p.C*i:p.C*i+p.C]...) {
			if got := words[k][i]; got != math.Float32bits(want) {
				b.T.Fatalf("%s: parameter %d of splat %d is %g, want %g", name, k, i, math.Float32frombits(got), want)
			}
		}
	}
}

// engine draws with the function of docs/engines.md, with one list of all splats.
func engine(b *browser, m *splat.Model) {
	text, err := os.ReadFile("../docs/engines.md")
	if err != nil {
		b.T.Fatal(err)
	}
	_, code, _ := strings.Cut(string(text), "```glsl\n")
	code, _, _ = strings.Cut(code, "```")
	const zoom = 2
	data, list := []float64{}, []int{}
	for i := range m.Splats.N {
		p := m.Splats
		sin, cos := math.Sincos(float64(p.Rot[i]))
		t1, t2 := math.Pow(float64(p.Scale[2*i])/zoom, 2), math.Pow(float64(p.Scale[2*i+1])/zoom, 2)
		data = append(data, float64(p.XY[2*i])*float64(m.W)*zoom, float64(p.XY[2*i+1])*float64(m.H)*zoom, (t1*cos*cos+t2*sin*sin)/2, (t1-t2)*cos*sin,
			(t1*sin*sin+t2*cos*cos)/2, float64(p.Feat[4*i]), float64(p.Feat[4*i+1]), float64(p.Feat[4*i+2]))
		list = append(list, i)
	}
	numbers, err := json.Marshal(map[string]any{"data": data, "list": list, "code": code, "gamma": m.Gamma})
	if err != nil {
		b.T.Fatal(err)
	}
	shown := browsertest.Value[string](b.Tab, `(({data, list, code, gamma}) => {
		const c = document.createElement('canvas'), gl = c.getContext('webgl2');
		c.width = 64; c.height = 32;
		const p = gl.createProgram();
		for (const [kind, text] of [[gl.VERTEX_SHADER, 'void main() { gl_Position = vec4(vec2(gl_VertexID << 1 & 2, gl_VertexID & 2) * 2.0 - 1.0, 0.0, 1.0); }'], [gl.FRAGMENT_SHADER,
			'precision highp float; precision highp int; precision highp sampler2D;\n' + code + 'out vec4 c; void main() { c = vec4(splatColour(vec2(gl_FragCoord.x, 32.0 - gl_FragCoord.y) + vec2(20.0, 10.0), 0u, ' + list.length + 'u, ' + gamma + '), 1.0); }']]) {
			const s = gl.createShader(kind);
			gl.shaderSource(s, '#version 300 es\n' + text);
			gl.compileShader(s);
			if (!gl.getShaderParameter(s, gl.COMPILE_STATUS)) return gl.getShaderInfoLog(s);
			gl.attachShader(p, s);
		}
		gl.linkProgram(p);
		gl.useProgram(p);
		const texture = (unit, name, internal, format, type, values) => {
			gl.activeTexture(gl.TEXTURE0 + unit);
			gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
			gl.texStorage2D(gl.TEXTURE_2D, 1, internal, 2048, 1);
			gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
			gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
			gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, list.length * (name === 'splats' ? 2 : 1), 1, format, type, values);
			gl.uniform1i(gl.getUniformLocation(p, name), unit);
		};
		texture(0, 'splats', gl.RGBA32F, gl.RGBA, gl.FLOAT, new Float32Array(data));
		texture(1, 'list', gl.R32UI, gl.RED_INTEGER, gl.UNSIGNED_INT, new Uint32Array(list));
		gl.viewport(0, 0, 64, 32);
		gl.drawArrays(gl.TRIANGLES, 0, 3);
		return c.toDataURL();
	})(`+string(numbers)+")")
	if !strings.HasPrefix(shown, "data:") {
		b.T.Fatal(shown)
	}
	if db := psnr(rendered(m, 0, image.Rect(20, 10, 84, 42), zoom), decoded(b.T, shown)); db < 50 {
		b.T.Errorf("%.1f dB", db)
	}
}

// shifted is a part of an image, with its first pixel at (0, 0).
type shifted struct {
	image.Image
	x, y int
}

func (s shifted) At(x, y int) color.Color { return s.Image.At(x+s.x, y+s.y) }

func decoded(t testing.TB, url string) image.Image {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(url, "data:image/png;base64,"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const stage = "(() => { const c = document.getElementById('canvas'); c.scrollIntoView(); const r = c.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()"

// zooming: the picture of 96 px fits into 400 px at 417 %.
func zooming(b *browser) {
	b.Is("document.getElementById('name').textContent", "one </script>")
	b.Is("document.getElementById('facts').textContent", "96 × 64 px, 300 splats, 4 channels")
	b.until(zoom + " === '417 %'")
	key := func(name, want string) {
		b.T.Helper()
		b.Do(chromedp.KeyEvent(name))
		b.until(zoom + " === '" + want + "'")
	}
	key("-", "333 %")
	key("0", "100 %")
	key("-", "100 %") // not less
	key("f", "417 %")
	key("+", "521 %")
	picture := browsertest.Value[string](b.Tab, picturesData)
	b.Do(chromedp.KeyEvent(kb.ArrowRight))
	b.until(picturesData + " !== " + fmt.Sprintf("%q", picture))
	key("f", "417 %")
	b.click("#in")
	b.until(zoom + " === '521 %'")
	b.Do(chromedp.Evaluate("for (let i = 0; i < 20; i++) document.getElementById('in').click()", nil))
	b.until(zoom + " === '20000 %'")
	b.click("#fit")
	b.until(zoom + " === '417 %'")
	box := browsertest.Value[[]float64](b.Tab, stage)
	wheel := input.DispatchMouseEvent(input.MouseWheel, box[0]+box[2]/2, box[1]+box[3]/2).WithDeltaX(0).WithDeltaY(-400)
	b.Do(wheel)
	b.until("parseFloat(" + zoom + ") > 800")
	picture = browsertest.Value[string](b.Tab, picturesData)
	b.Do(chromedp.Tasks{
		chromedp.MouseEvent(input.MousePressed, box[0]+box[2]/2, box[1]+box[3]/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseMoved, box[0]+box[2]/2-60, box[1]+box[3]/2, held),
		chromedp.MouseEvent(input.MouseReleased, box[0]+box[2]/2-60, box[1]+box[3]/2, chromedp.ButtonLeft),
	})
	b.until(picturesData + " !== " + fmt.Sprintf("%q", picture))
	b.click("#loupe")
	b.until("!document.getElementById('lens').hidden")
	b.Do(chromedp.KeyEvent("l"))
	b.until("document.getElementById('lens').hidden")
	b.click("#fit")
}

const picturesData = "document.getElementById('canvas').toDataURL()"

// touch: two fingers that move apart zoom, and one moves the picture.
func touch(b *browser) {
	box := browsertest.Value[[]float64](b.Tab, stage)
	x, y := box[0]+box[2]/2, box[1]+box[3]/2
	fingers := func(apart float64) []*input.TouchPoint {
		return []*input.TouchPoint{{X: x - apart, Y: y, ID: 1}, {X: x + apart, Y: y, ID: 2}}
	}
	b.until(zoom + " === '417 %'")
	b.Do(chromedp.Tasks{
		emulation.SetTouchEmulationEnabled(true).WithMaxTouchPoints(2),
		input.DispatchTouchEvent(input.TouchStart, fingers(40)),
		input.DispatchTouchEvent(input.TouchMove, fingers(80)),
		input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}),
	})
	b.until("Math.abs(parseFloat(" + zoom + ") - 833) < 2")
	b.settled()
	picture := browsertest.Value[string](b.Tab, picturesData)
	b.Do(chromedp.Tasks{
		input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: x, Y: y, ID: 1}}),
		input.DispatchTouchEvent(input.TouchMove, []*input.TouchPoint{{X: x - 50, Y: y + 30, ID: 1}}),
		input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}),
		emulation.SetTouchEmulationEnabled(false),
	})
	b.until(picturesData + " !== " + fmt.Sprintf("%q", picture))
	b.Is("Math.abs(parseFloat("+zoom+") - 833) < 2", "true")
	b.click("#fit")
	b.until(zoom + " === '417 %'")
}

// held is the left button while the mouse moves.
func held(p *input.DispatchMouseEventParams) *input.DispatchMouseEventParams {
	return p.WithButton(input.Left).WithButtons(1)
}

func (b *browser) chooses(id, value string) {
	b.T.Helper()
	b.Do(chromedp.Evaluate(fmt.Sprintf("(() => { const s = document.getElementById(%q); s.value = %q; s.dispatchEvent(new Event('change', {bubbles: true})); })()", id, value), nil))
}

// centre is the colour of a pixel of the canvas at a share of its width, in the middle of its height.
func (b *browser) centre(share float64) color.NRGBA {
	b.T.Helper()
	m := decoded(b.T, browsertest.Value[string](b.Tab, picturesData))
	return color.NRGBAModel.Convert(m.At(int(share*float64(m.Bounds().Dx())), m.Bounds().Dy()/2)).(color.NRGBA)
}

func compare(b *browser) {
	divider := "document.getElementById('divider')"
	b.Is(divider+".hidden", "true")
	b.chooses("b", "target")
	b.until("!" + divider + ".hidden")
	b.Is("document.getElementById('facts').textContent", "96 × 64 px, 300 splats, 4 channels · right: its target")
	b.click("[value=error]")
	// The target is the picture of the model itself. So at 1:1 the error is black on the left, and the right is the target.
	if int(browsertest.Value[[]float64](b.Tab, stage)[3])%2 == 1 {
		b.Do(chromedp.EmulateViewport(400, 501)) // else the middle of the picture would be between pixels
	}
	b.click("#one")
	b.until(zoom + " === '100 %'")
	b.until("document.querySelector('[value=error]').checked")
	b.shows("the error", 0.45, black)
	b.shows("the target", 0.57, func(c color.NRGBA) bool { return !black(c) })
	b.Do(chromedp.Focus("#split", chromedp.ByQuery))
	b.Do(chromedp.KeyEvent(kb.ArrowRight))
	b.until("document.getElementById('split').value === '51'")
	box := browsertest.Value[[]float64](b.Tab, stage)
	at := browsertest.Value[float64](b.Tab, divider+".getBoundingClientRect().left + 22")
	b.Do(chromedp.Tasks{
		chromedp.MouseEvent(input.MousePressed, at, box[1]+20, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseMoved, box[0]+0.55*box[2], box[1]+20, held),
		chromedp.MouseEvent(input.MouseReleased, box[0]+0.55*box[2], box[1]+20, chromedp.ButtonLeft),
	})
	b.until("document.getElementById('split').value === '55'")
	b.shows("the error under the moved divider", 0.53, black)
	b.click("#fit")
	b.click("[value=picture]")
	b.chooses("b", "1")
	b.click("[value=side]")
	b.until(divider + ".hidden && " + zoom + " === '208 %'") // each has half of the width
	b.chooses("b", "none")
	b.until(zoom + " === '417 %'")
}

// settled waits until nothing more is drawn for three frames of the browser. The page notices a new size of its canvas after one.
func (b *browser) settled() {
	b.T.Helper()
	browsertest.Value[bool](b.Tab, `(async () => {
		for (let calm = 0; calm < 3; calm++) {
			await new Promise(requestAnimationFrame);
			if (document.getElementById('canvas').ariaBusy !== 'false') calm = -1;
		}
		return true;
	})()`)
}

// shows waits until the colour at a share of the width, in the middle of the height, is right: the page may still load a target.
func (b *browser) shows(what string, share float64, right func(c color.NRGBA) bool) {
	b.T.Helper()
	for end := time.Now().Add(10 * time.Second); ; {
		b.settled()
		c := b.centre(share)
		if right(c) {
			return
		}
		if time.Now().After(end) {
			b.T.Errorf("%s is %v", what, c)
			return
		}
	}
}

// black is the colour of no error.
func black(c color.NRGBA) bool { return max(c.R, c.G, c.B) <= 12 && c.A == 255 }

func opaque(c color.NRGBA) bool { return c.A == 255 }

// layers: the second layer is grey; splats and density are other pictures.
func layers(b *browser) {
	b.chooses("plane", "1")
	b.shows("the layer of depth", 0.4, func(c color.NRGBA) bool { return c.R == c.G && c.G == c.B })
	seen := map[string]bool{browsertest.Value[string](b.Tab, picturesData): true}
	for _, show := range []string{"splats", "density"} {
		b.click("[value=" + show + "]")
		b.settled()
		seen[browsertest.Value[string](b.Tab, picturesData)] = true
	}
	if len(seen) != 3 {
		b.T.Errorf("%d different pictures of 3 kinds", len(seen))
	}
	b.click("[value=picture]")
	b.chooses("plane", "0")
	b.settled()
}

// brokenFiles drops files that are no models of this version. Each gives one sentence.
func brokenFiles(b *browser, data []byte) {
	damaged, newer := bytes.Clone(data), bytes.Clone(data)
	damaged[len(data)/2] ^= 1
	newer[4] = 99
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"damaged.igsm": {damaged, "The model is damaged or cut short: its checksum does not match."},
		"short.igsm":   {data[:len(data)/2], "The model is damaged or cut short: its checksum does not match."},
		"head.igsm":    {data[:7], "The model is cut short."},
		"newer.igsm":   {newer, "The model has format version 99, and this page reads versions up to"},
		"empty.igsm":   {nil, "This file is not a model of igs."},
		"text.igsm":    {[]byte("hello, this is a text"), "This file is not a model of igs."},
	} {
		b.drops(name, "", c.data)
		b.until(fmt.Sprintf("document.getElementById('message').textContent.startsWith(%q)", name+": "+c.says))
		b.Is("document.getElementById('message').textContent.split(/[.] /).length", "1")
	}
	b.drops("noise.png", "image/png", []byte("no picture"))
	b.until("document.getElementById('message').textContent.endsWith('a PNG or a JPEG works.')")
	b.drops("third.igsm", "", data)
	b.until("document.getElementById('name').textContent === 'third' && !document.getElementById('message').textContent")
	b.Is("document.querySelectorAll('#a option').length", "3")
}

func (b *browser) drops(name, kind string, data []byte) {
	b.T.Helper()
	b.Do(chromedp.Evaluate(fmt.Sprintf(`(() => {
		const t = new DataTransfer();
		t.items.add(new File([Uint8Array.from(atob(%q), c => c.charCodeAt(0))], %q, {type: %q}));
		document.body.dispatchEvent(new DragEvent('drop', {dataTransfer: t, bubbles: true, cancelable: true}));
	})()`, base64.StdEncoding.EncodeToString(data), name, kind), nil))
}

// phone: a phone scrolls in no direction but down, and controls are as large as a finger. Both themes differ.
func phone(b *browser) {
	background := "getComputedStyle(document.body).backgroundColor"
	scheme := func(name string) {
		b.Do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
	}
	scheme("light")
	light := browsertest.Value[string](b.Tab, background)
	scheme("dark")
	if dark := browsertest.Value[string](b.Tab, background); light == dark {
		b.T.Errorf("light and dark are both %s", light)
	}
	b.click("#theme")
	b.Is(background, light)
	b.click("#theme")
	b.chooses("b", "0") // shows all controls
	for _, width := range []int64{320, 390} {
		b.Do(chromedp.EmulateViewport(width, 700))
		b.Is("document.documentElement.scrollWidth <= innerWidth", "true")
	}
	b.Is("[...document.querySelectorAll('button, select, .button, fieldset label:not(.pick)')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)", "")
	b.Is("document.getElementById('stage').getBoundingClientRect().height > 250", "true")
	b.Do(chromedp.EmulateViewport(400, 500))
}

// save: the PNG has the pixels of the canvas.
func save(b *browser) {
	b.Do(chromedp.Evaluate("window.saved = null; HTMLAnchorElement.prototype.click = function () { saved = this; }", nil))
	b.click("#save")
	b.until("saved")
	b.Is("saved.download", "third-view.png")
	// The page may not fetch blobs, but it may show them.
	same := browsertest.Value[bool](b.Tab, `new Promise(done => {
		const m = new Image(), flat = source => {
			const c = new OffscreenCanvas(source.width, source.height), d = c.getContext('2d');
			d.drawImage(source, 0, 0);
			return d.getImageData(0, 0, c.width, c.height).data.join();
		};
		m.onload = () => done(flat(m) === flat(document.getElementById('canvas')));
		m.onerror = () => done(false);
		m.src = saved.href;
	})`)
	if !same {
		b.T.Error("the PNG is not what the canvas shows")
	}
}

// lostContext: the picture comes back when the browser took the context of the canvas away.
func lostContext(b *browser) {
	b.click("#fit")
	b.settled()
	before := b.centre(0.5)
	browsertest.Value[bool](b.Tab, `new Promise(done => {
		const canvas = document.getElementById('canvas'), lose = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');
		canvas.addEventListener('webglcontextrestored', () => done(true), { once: true });
		const restore = () => canvas.ariaBusy === 'false' ? lose.restoreContext() : requestAnimationFrame(restore);
		canvas.addEventListener('webglcontextlost', () => requestAnimationFrame(restore), { once: true });
		lose.loseContext();
		document.getElementById('fit').click(); // asks for a frame, which draws nothing
	})`)
	b.shows("the middle", 0.5, func(c color.NRGBA) bool { return c == before && opaque(c) })
}

// axe finds nothing serious in the page, in both themes.
func axe(b *browser) { b.Accessible("node_modules") }

// oneFile: a page of one file shows its model from the disk, in one frame, and fetches nothing.
func oneFile(b *browser, data []byte) {
	path := filepath.Join(b.T.TempDir(), "page.html")
	if err := os.WriteFile(path, OneFile("inside <!--", data), 0o600); err != nil {
		b.T.Fatal(err)
	}
	b.Do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(`{
			const fence = WebGL2RenderingContext.prototype.fenceSync; // once a frame
			window.drawnFrames = 0;
			WebGL2RenderingContext.prototype.fenceSync = function (...a) { drawnFrames++; return fence.apply(this, a); };
		}`).Do(ctx)
		return err
	}))
	b.Requests()
	b.goes("file://" + path)
	b.Is("document.getElementById('name').textContent", "inside <!--")
	b.until(zoom + " === '417 %'")
	b.settled()
	b.Is("drawnFrames", "1")
	b.shows("the middle of the picture", 0.5, opaque)
	urls := slices.DeleteFunc(b.Requests(), func(url string) bool { return strings.HasPrefix(url, "blob:") })
	if len(urls) != 1 {
		b.T.Errorf("the browser fetched %q", urls)
	}
}

// shared: a page on a disk reads the models that its anchor asks for, and their targets, from scripts beside it, each once. One that is
// missing gets a sentence.
func shared(b *browser, m *splat.Model, data []byte) {
	dir := b.T.TempDir()
	items := []Item{{Name: "first", Model: "./a.js#0"}, {Name: "second", Model: "./a.js#</script>", Targets: []string{"./t.js#t"}}, {Name: "gone", Model: "./b.js#2"}}
	target := encoded(b.T.(*testing.T), rendered(m, 0, image.Rect(0, 0, 96, 64), 1))
	for name, text := range map[string][]byte{
		"page.html": SharedPage(items), "a.js": ScriptOf(map[string][]byte{"0": data, "</script>": data}), "t.js": ScriptOf(map[string][]byte{"t": target}),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			b.T.Fatal(err)
		}
	}
	b.Requests()
	b.goes("file://" + dir + "/page.html#a=1&b=0")
	b.Is("document.getElementById('name').textContent", "second")
	b.Is("document.getElementById('b').selectedOptions[0].textContent", "first")
	b.shows("the middle of the picture", 0.5, opaque)
	b.Is("document.querySelector('[value=error]').disabled", "false")
	b.click("[value=error]")
	b.click("#one")
	b.until("document.querySelector('[value=error]').checked && " + zoom + " === '100 %'")
	b.shows("the error", 0.45, black) // the target is the render
	if urls := slices.DeleteFunc(b.Requests(), func(url string) bool { return strings.HasPrefix(url, "blob:") }); len(urls) != 3 {
		b.T.Errorf("the browser fetched %q", urls)
	}
	b.quiet()
	b.Do(chromedp.Evaluate("location.hash = '#a=2'", nil))
	b.until("document.getElementById('message').textContent === 'The file ./b.js is missing: igs report makes it again.'")
	b.Said() // the browser says that the file is missing, too
}

// noGL: a browser without WebGL 2 gets a sentence.
func noGL(b *browser, url string) {
	b.Do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument("HTMLCanvasElement.prototype.getContext = () => null").Do(ctx)
		return err
	}))
	b.goes(url)
	b.until("document.getElementById('message').textContent === 'This browser has no WebGL 2, which is needed to draw a model.'")
}
