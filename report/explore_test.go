package report

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"igs/internal/wholefile"
	"igs/record"
)

// many is a session whose pictures are too many for its page.
func many(t *testing.T) string {
	t.Helper()
	var specs []spec
	for i := range mostInside + 1 {
		specs = append(specs, spec{name: fmt.Sprintf("cat #%d?-40", i), image: "cat.png", status: record.Done, splats: 3 + i, psnr: 20 + float64(i), bytes: 500 + int64(i)})
	}
	specs[1].without = []string{record.RenderFile, record.ModelFile}
	return newSession(t, specs...)
}

// The pictures of many runs stay in their files: every link of the page leads to a file, and no picture is inside the page.
func TestPicturesBesideThePage(t *testing.T) {
	dir := many(t)
	must(t, writeFile(dir))
	text, err := os.ReadFile(filepath.Join(dir, record.ReportFile))
	must(t, err)
	tree, err := html.Parse(bytes.NewReader(text))
	must(t, err)
	pictures := 0
	for n := range tree.Descendants() {
		for _, name := range []string{"src", "href"} {
			link := attribute(n, name)
			if !strings.HasPrefix(link, "./") {
				continue
			}
			path, _, _ := strings.Cut(link, "#")
			file, err := url.PathUnescape(path)
			must(t, err)
			if !wholefile.Exists(filepath.Join(dir, filepath.FromSlash(file))) {
				t.Errorf("%s leads to no file", link)
			}
		}
		if n.Data == "img" && attribute(n, "src") != "" {
			if pictures++; attribute(n, "loading") != "lazy" {
				t.Errorf("the page loads %s at once", attribute(n, "src"))
			}
		}
	}
	if want := 4*(mostInside+1) - 1; pictures != want { // also in the table, where a run without a render has its target
		t.Errorf("%d pictures, want %d", pictures, want)
	}
	if n := bytes.Count(text, []byte("data:image")); n != 0 {
		t.Errorf("%d pictures inside the page", n)
	}
	if inside := pageOf(t, dir); strings.Contains(inside, `loading="lazy" src`) || strings.Count(inside, "data:image") < 2*mostInside || strings.Contains(inside, "explore.html") {
		t.Error("a page elsewhere has links to files, or lacks pictures")
	}
}

// Models lie in scripts beside the page that explores them. A report that is written again leaves no script that it does not need.
func TestModelsToExplore(t *testing.T) {
	dir := many(t)
	s, err := ReadSession(dir)
	must(t, err)
	old := filepath.Join(dir, record.ReportFolder, "models-2.js")
	must(t, os.MkdirAll(filepath.Dir(old), 0o777))
	must(t, os.WriteFile(old, nil, 0o666))
	for i, e := range s.Runs {
		rewrite(t, filepath.Join(dir, e.Name), func(r *record.Run) {
			r.Files[record.TargetFile] = record.File{Bytes: 3000, Sha256: fmt.Sprint(i / 4)}
			if i == 12 {
				r.Files[record.TargetFile] = record.File{Bytes: targetBytes + 1}
			}
		})
	}
	must(t, WriteFile(dir, s))
	if wholefile.Exists(old) {
		t.Error("the script of an earlier report is still there")
	}
	page, err := os.ReadFile(filepath.Join(dir, record.ReportFolder, record.ExploreFile))
	must(t, err)
	for _, want := range []string{
		`{"name":"cat #2?-40","model":"./models-1.js#model1","targets":["./targets-1.js#target0"]}`, // the run before has no model
		`{"name":"cat #11?-40","model":"./models-1.js#model10","targets":["./targets-1.js#target2"]}`, `{"name":"cat #12?-40","model":"./models-1.js#model11"}`,
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	report, err := os.ReadFile(filepath.Join(dir, record.ReportFile))
	must(t, err)
	if n := strings.Count(string(report), `href="./report_files/explore.html#a=11"`); n != 2 || strings.Contains(string(report), "#a=12\"") {
		t.Errorf("%d links to the last model", n)
	}

	e := newExplorer(t.TempDir())
	for range 3 {
		must(t, e.add("x", make([]byte, scriptBytes/2), new(Run)))
	}
	must(t, e.end())
	if e.models.scripts != 2 || e.items[1].Model != "./models-1.js#model1" || e.items[2].Model != "./models-2.js#model2" {
		t.Errorf("%d scripts: %+v", e.models.scripts, e.items)
	}
	if places, err := explore(newSession(t), nil); err != nil || len(places) != 0 {
		t.Error(places, err)
	}
}
