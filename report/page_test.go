package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"igs/imageio"
	"igs/internal/fault"
	"igs/internal/golden"
	"igs/internal/wholefile"
	"igs/metric"
	"igs/record"
)

func pageOf(t *testing.T, dir string) string {
	t.Helper()
	var out bytes.Buffer
	s, err := ReadSession(dir)
	must(t, err)
	must(t, Write(dir, s, &out))
	return out.String()
}

func writeFile(dir string) error {
	s, err := ReadSession(dir)
	if err != nil {
		return err
	}
	return WriteFile(dir, s)
}

func TestPageShowsEveryRun(t *testing.T) {
	dir := newSession(t, sweep()...)
	text := pageOf(t, dir)
	for _, want := range []string{
		"<h1>session_1</h1>", "4 March 2026, 15:16 UTC&#43;02:00", "1m30s", "7 runs, 4 done", "1.2.3 (0123456789)",
		">26.25 dB<", ">∞ dB<", "lost &lt;b&gt;device&lt;/b&gt;", "from step 17", "float16, stored", "2.0 MiB at the peak",
		"6 set" /* not there: one is */, "recipe igs, 1 set, 2 as by default", "abababababab", `"loss":[0.5,0.25,0.125,0.0625]`, "splats, drawn at 1.5 σ",
	} {
		if strings.Contains(text, want) == (want == "6 set") {
			t.Errorf("%q", want)
		}
	}
	for part, want := range map[string]int{
		"<article ": 7, `type="range"`: 5, `class="layer error"`: 4, "<image ": 3, `<div class="charts" data-run`: 5, // the first of each is that of two runs
		"<use ": 6, `aria-sort="none"`: 21, `class="chip state failed"`: 1, `<div class="viewer`: 7, "recipe igs": 1,
	} {
		if got := strings.Count(text, part); got != want {
			t.Errorf("%d of %q, want %d", got, part, want)
		}
	}
}

// TestNamesStayText: the names of the fixture are markup unless they are escaped.
func TestNamesStayText(t *testing.T) {
	dir := newSession(t, sweep()...)
	rewrite(t, filepath.Join(dir, "cat-10-40"), func(r *record.Run) {
		r.Settings[`<img src=x onerror="alert(1)">`] = record.Setting{Value: `"><svg onload=alert(1)>`, Origin: "</td><script>"}
		r.Files[`javascript:alert(1)`] = record.File{Sha256: `"<u>`}
		r.Files["../../secret"] = record.File{}
		r.Image.Notes = []string{"<u>note</u>"}
	})
	must(t, writeFile(dir))
	text, err := os.ReadFile(filepath.Join(dir, record.ReportFile))
	must(t, err)
	tree, err := html.Parse(bytes.NewReader(text))
	must(t, err)
	scripts := 0
	for n := range tree.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch n.Data {
		case "script":
			if attribute(n, "type") != "application/json" {
				scripts++
			}
		case "u", "i", "iframe", "object", "link", "base":
			if n.Data != "link" || attribute(n, "href") != "data:," {
				t.Errorf("an element %s %v", n.Data, n.Attr)
			}
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s has %s=%q", n.Data, a.Key, a.Val)
			}
			if local := strings.HasPrefix(a.Val, "#") || strings.HasPrefix(a.Val, "./") || strings.HasPrefix(a.Val, "data:"); (a.Key == "href" || a.Key == "src") && (!local || strings.Contains(a.Val, "..")) {
				t.Errorf("%s leads to %q", n.Data, a.Val)
			}
		}
	}
	if scripts != 1 {
		t.Errorf("%d scripts", scripts)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// TestManyRuns: the first runs have sections. All runs have a row, and a mark in the plot.
func TestManyRuns(t *testing.T) {
	var specs []spec
	for i := range mostSections + 5 {
		run := spec{name: fmt.Sprint("cat-", i), image: "cat.png", status: record.Done, splats: 3, psnr: 20 + float64(i)/100, bytes: 500 + int64(i)}
		if i%20 > 0 { // to save time
			run.without = []string{record.RenderFile, record.TargetFile, record.ErrorFile, record.ModelFile}
		}
		specs = append(specs, run)
	}
	text := pageOf(t, newSession(t, specs...))
	for part, want := range map[string]int{
		"<article ": mostSections, `<th scope="row" data-value="cat-`: mostSections, `<th scope="row" id="run-`: 5,
		`<path class="mark`: 2 * len(specs), "curves of the first 200 runs; those of": 1,
	} {
		if got := strings.Count(text, part); got != want {
			t.Errorf("%d of %q, want %d", got, part, want)
		}
	}
	meet(t, text)
}

func TestIDsAreUniqueAndMet(t *testing.T) { meet(t, pageOf(t, newSession(t, sweep()...))) }

// meet checks that every link inside the page has a target, and every picture a description.
func meet(t *testing.T, text string) {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(text))
	must(t, err)
	ids, wanted := map[string]int{}, map[string]bool{}
	for n := range tree.Descendants() {
		if id := attribute(n, "id"); id != "" {
			ids[id]++
		}
		for _, name := range []string{"href", "aria-labelledby"} {
			if v := attribute(n, name); name == "aria-labelledby" && v != "" {
				wanted[v] = true
			} else if strings.HasPrefix(v, "#") {
				wanted[v[1:]] = true
			}
		}
		bare := n.Data == "img" && attribute(n, "alt") == "" && attribute(n, "class") != "thumb" && attribute(n, "src") != "" // the script sets the others
		if bare || attribute(n, "role") == "img" && attribute(n, "aria-label") == "" {
			t.Errorf("%s without words", n.Data)
		}
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("%d times id %s", n, id)
		}
	}
	for id := range wanted {
		if ids[id] == 0 {
			t.Errorf("nothing has the id %s", id)
		}
	}
}

func TestPageIsTheSameEachTime(t *testing.T) {
	dir := newSession(t, sweep()...)
	first := pageOf(t, dir)
	for range 5 {
		if pageOf(t, dir) != first {
			t.Fatal("two pages of the same files differ")
		}
	}
}

// TestDamagedFilesAreTold: the page is written whatever the files of a run contain.
func TestDamagedFilesAreTold(t *testing.T) {
	dir := newSession(t, sweep()...)
	for _, name := range []string{record.RenderFile, record.ModelFile, record.MetricsFile, record.ErrorFile} {
		must(t, os.WriteFile(filepath.Join(dir, "cat-10-40", name), []byte("rubbish"), 0o666))
	}
	must(t, os.WriteFile(filepath.Join(dir, "cat-20-40", record.RunFile), []byte("{"), 0o666))
	must(t, os.RemoveAll(filepath.Join(dir, "dog-10-40")))
	text := pageOf(t, dir)
	if n := strings.Count(text, `<p class="problem">not shown: `); n != 4 {
		t.Errorf("%d complaints", n)
	}
	if n := strings.Count(text, `<p class="problem">`); n != 6 { // also the run.json, and the failed run
		t.Errorf("%d problems", n)
	}
}

func TestReportRefuses(t *testing.T) {
	dir := newSession(t, sweep()...)
	for bad, hint := range map[string]string{
		filepath.Join(dir, "cat-10-40"): "igs report " + dir, filepath.Dir(dir): "igs report " + dir,
		t.TempDir(): "give the folder", filepath.Join(dir, "none"): "give the folder",
	} {
		err := writeFile(bad)
		if fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), hint) {
			t.Errorf("%s: %v (hint: %s)", bad, err, fault.Hint(err))
		}
		if wholefile.Exists(filepath.Join(bad, record.ReportFile)) {
			t.Errorf("%s has a report", bad)
		}
	}
	none := newSession(t)
	if text := pageOf(t, none); !strings.Contains(text, "The session has no runs.") {
		t.Error(text)
	}
}

// TestLinksOnlyBesideTheFiles: a page outside of the folder of the session has no links.
func TestLinksOnlyBesideTheFiles(t *testing.T) {
	dir := newSession(t, sweep()...)
	must(t, writeFile(dir))
	text, err := os.ReadFile(filepath.Join(dir, record.ReportFile))
	must(t, err)
	if want := `href="./cat-10-40/render.png"`; !strings.Contains(string(text), want) || strings.Contains(pageOf(t, dir), want) {
		t.Error("links")
	}
}

// TestCopierKeepsThePageSmall: with more pictures, each gets smaller, and the last ones are left out.
func TestCopierKeepsThePageSmall(t *testing.T) {
	dir := t.TempDir()
	must(t, golden.WritePNG(filepath.Join(dir, "x.png"), imageio.New(1500, 1000, 3), 8))
	few, many := newCopier(3), newCopier(3000)
	a, err := few.copyOf(dir, "x.png", record.File{})
	must(t, err)
	b, err := many.copyOf(dir, "x.png", record.File{})
	must(t, err)
	if a.Shown != record.ThumbnailWidth || b.Shown != narrowest || a.W != 1500 || !strings.HasPrefix(string(a.URL), "data:image/jpeg;base64,") || !strings.HasPrefix(string(b.URL), "data:image/png;base64,") {
		t.Errorf("%d and %d px", a.Shown, b.Shown)
	}
	few.spent = room
	if c, err := few.copyOf(dir, "x.png", record.File{}); c != nil || err != nil {
		t.Error(c, err)
	}
	words := strings.Join(few.words(), "\n")
	for _, want := range []string{"1 picture is scaled down, the smallest to a width of 1200 px", "1 picture is shown as JPEG", "1 picture is left out"} {
		if !strings.Contains(words, want) {
			t.Errorf("%q says nothing of %q", words, want)
		}
	}
	if w := newCopier(3).width(1000, 20000); w > 400 || w < narrowest {
		t.Errorf("a tall picture is %d px wide", w)
	}
}

// A small picture is in the page as the run wrote it. A file that has changed since, or has 16 bits a sample, is decoded.
func TestSmallPicturesAreCopied(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name  string
		depth int
		end   string // appended to the file after the run
		same  bool
	}{{"a.png", 8, "", true}, {"b.png", 8, "more", false}, {"c.png", 16, "", false}} {
		path := filepath.Join(dir, c.name)
		must(t, golden.WritePNG(path, imageio.New(40, 30, 3), c.depth))
		made, err := record.Hash(path)
		must(t, err)
		file, err := os.ReadFile(path)
		must(t, err)
		file = append(file, c.end...)
		must(t, os.WriteFile(path, file, 0o666))
		p, err := newCopier(1).copyOf(dir, c.name, made)
		must(t, err)
		if same := strings.Contains(string(p.URL), base64.StdEncoding.EncodeToString(file)); same != c.same || p.Shown != 40 {
			t.Errorf("%s: copied as it is: %v, want %v", c.name, same, c.same)
		}
	}
}

// The page takes the thumbnail that a run left as it is, unless the picture is younger, or the page has no room for it.
func TestThumbnailsSaveDecoding(t *testing.T) {
	dir := t.TempDir()
	const w = 2 * record.ThumbnailWidth
	whole, small := filepath.Join(dir, "x.png"), filepath.Join(dir, record.ThumbnailOf("x.png", 3))
	must(t, os.MkdirAll(filepath.Dir(small), 0o777))
	must(t, golden.WritePNG(whole, imageio.New(w, 20, 3), 8))
	must(t, wholefile.Write(small, func(to io.Writer) error {
		return jpeg.Encode(to, image.NewGray(image.Rect(0, 0, record.WidthOfThumbnail(w, 20), 10)), nil)
	}))
	left, err := os.ReadFile(small)
	must(t, err)
	asLeft := func(c *copier) bool {
		t.Helper()
		p, err := c.copyOf(dir, "x.png", record.File{})
		must(t, err)
		if p.W != w || p.H != 20 || p.Shown > record.ThumbnailWidth {
			t.Errorf("%d x %d px, shown %d px wide", p.W, p.H, p.Shown)
		}
		return string(p.URL) == "data:image/jpeg;base64,"+base64.StdEncoding.EncodeToString(left)
	}
	if !asLeft(newCopier(1)) {
		t.Error("the thumbnail is not taken as it is")
	}
	if asLeft(&copier{budget: textSize(len(left)) - 1}) {
		t.Error("a thumbnail is taken that is too large")
	}
	later := time.Now().Add(time.Minute)
	must(t, os.Chtimes(whole, later, later))
	if asLeft(newCopier(1)) {
		t.Error("the thumbnail of an older picture is shown")
	}
}

// Thumbnails have at most the pixels of a square one; small pictures have none.
func TestWidthOfThumbnail(t *testing.T) {
	for _, c := range [][3]int{{399, 399, 0}, {400, 1, 400}, {768, 512, 768}, {8000, 4000, 1200}, {1000, 20_000, 268}, {20_000, 1000, 1200}, {1, 4000, 1}} {
		if got := record.WidthOfThumbnail(c[0], c[1]); got != c[2] {
			t.Errorf("%d × %d px: %d, want %d", c[0], c[1], got, c[2])
		}
	}
	if jpg, png := record.ThumbnailOf("other/target-a.b.png", 3), record.ThumbnailOf("render.png", 4); jpg != "other/thumbnails/target-a.b.jpg" || png != "other/thumbnails/render.png" {
		t.Error(jpg, png)
	}
}

// The page shows the first picture of a stack, and the scores of each.
func TestStackShowsItsPictures(t *testing.T) {
	ms := 0.75
	r := &record.Run{Files: map[string]record.File{"render-b.png": {}, "render-a.png": {}, "other/error-a.png": {}, "model.igsm": {}}}
	run := &Run{Record: r}
	for name, want := range map[string]string{record.RenderFile: "render-a.png", record.ErrorFile: "other/error-a.png", record.TargetFile: record.TargetFile} {
		if got := fileOf(run, name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	layers := layersOf(&record.Result{
		Layers: []record.LayerScores{{Name: "a", Scores: metric.Scores{PSNR: 30, SSIM: 0.5, MSSSIM: &ms}}},
		Full:   &record.FullScores{W: 8, H: 6, Scores: metric.Scores{PSNR: 20, SSIM: 0.25}},
	})
	want := []layer{{"a", "30.00 dB", "0.5000", "0.7500", absent}, {"at 8 × 6 px", "20.00 dB", "0.2500", absent, absent}}
	if !slices.Equal(layers, want) {
		t.Errorf("%v", layers)
	}
}

// A copy of a picture with alpha keeps it in a PNG, and lies over white in a JPEG.
func TestCopiesOfAlpha(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 16))
	for i := range 64 * 16 {
		copy(img.Pix[4*i:], []byte{200, 10, 10, uint8(255 * (i % 64 / 32))}) // the left half is invisible
	}
	path := filepath.Join(t.TempDir(), "render.png")
	must(t, wholefile.Write(path, func(to io.Writer) error { return png.Encode(to, img) }))
	picture, err := newCopier(1).copyOf(filepath.Dir(path), "render.png", record.File{})
	if err != nil || !strings.Contains(string(picture.URL), "image/png") {
		t.Fatal(err)
	}
	s, err := imageio.ReadSamples(path)
	must(t, err)
	kind, file, err := (&copier{}).encode(s.Thumbnail(64)) // no room for a PNG
	must(t, err)
	shown, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil || kind != "jpeg" {
		t.Fatal(kind, err)
	}
	if r, g, b, _ := shown.At(8, 8).RGBA(); min(r, g, b) < 0xf000 {
		t.Errorf("an invisible pixel is %x %x %x", r, g, b)
	}
}
