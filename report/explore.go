package report

import (
	"fmt"
	"os"
	"path"
	"path/filepath"

	"igs/internal/wholefile"
	"igs/record"
	"igs/viewer"
)

// Limits of the files in scripts, which take a third more there.
const (
	scriptBytes = 256 << 10 // of a script, unless a single file is larger
	targetBytes = 4 << 20   // of a target
	allTargets  = 24 << 20  // of all targets; models whose target has no room are shown without it
)

// presence is a picture of one pixel. When a page cannot load it, the page was moved away from its files.
const presence = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`

// explore writes the page of the viewer with the models of runs, into the folder of files beside the report. It returns the
// place of each run in that page, by the index of the run; a run without a model has none.
func explore(dir string, runs []Run) (places map[int]int, err error) {
	e := newExplorer(filepath.Join(dir, record.ReportFolder))
	places = map[int]int{}
	for i := range runs[:min(len(runs), mostChoices)] {
		if runs[i].Model == "" {
			continue
		}
		model, err := os.ReadFile(runs[i].Model)
		if err != nil {
			continue // it has not come so far
		}
		places[i] = len(e.items)
		if err := e.add(runs[i].Entry.Name, model, &runs[i]); err != nil {
			return nil, err
		}
	}
	if len(places) == 0 {
		return places, nil
	}
	return places, e.end()
}

// explorer collects models and their targets in scripts. A page on a disk may load scripts, but no other files.
type explorer struct {
	folder   string
	items    []viewer.Item
	models   pack
	pictures pack
	targets  map[string]string // URLs by the hash of the file
	spent    int64             // bytes of the targets
}

// pack is the files of the next script of a kind, and how many scripts of it are written.
type pack struct {
	kind    string
	files   map[string][]byte
	held    int // their bytes
	scripts int
}

func newExplorer(folder string) *explorer {
	return &explorer{folder: folder, models: newPack("models"), pictures: newPack("targets"), targets: map[string]string{}}
}

func newPack(kind string) pack { return pack{kind: kind, files: map[string][]byte{}} }

func (p *pack) script(n int) string { return fmt.Sprintf("%s-%d.js", p.kind, n) }

// put puts a file into a script of a kind, and returns its URL.
func (e *explorer) put(p *pack, id string, file []byte) (url string, err error) {
	if p.held > 0 && p.held+len(file) > scriptBytes {
		err = e.flush(p)
	}
	p.files[id], p.held = file, p.held+len(file)
	return "./" + p.script(p.scripts+1) + "#" + id, err
}

func (e *explorer) flush(p *pack) error {
	if len(p.files) == 0 {
		return nil
	}
	p.scripts++
	text := viewer.ScriptOf(p.files)
	p.files, p.held = map[string][]byte{}, 0
	return e.write(p.script(p.scripts), text)
}

// add adds the model of a run with its target.
func (e *explorer) add(name string, model []byte, run *Run) error {
	url, err := e.put(&e.models, fmt.Sprint("model", len(e.items)), model)
	if err != nil {
		return err
	}
	target, err := e.target(run)
	item := viewer.Item{Name: name, Model: url}
	if target != "" {
		item.Targets = []string{target}
	}
	e.items = append(e.items, item)
	return err
}

// target is the URL of the target of a run; "" when there is none, when it is a stack, or when it has no room. Runs of one picture share it.
func (e *explorer) target(run *Run) (url string, err error) {
	if run.Record == nil {
		return "", nil
	}
	made, there := run.Record.Files[record.TargetFile]
	if url, known := e.targets[made.Sha256]; known || !there {
		return url, nil
	}
	if made.Bytes > targetBytes || e.spent+made.Bytes > allTargets {
		return "", nil
	}
	file, err := os.ReadFile(filepath.Join(run.Dir, filepath.FromSlash(record.TargetFile)))
	if err != nil || int64(len(file)) > targetBytes {
		return "", nil // it was moved away, or another file is there
	}
	e.spent += made.Bytes
	url, err = e.put(&e.pictures, fmt.Sprint("target", len(e.targets)), file)
	e.targets[made.Sha256] = url
	return url, err
}

func (e *explorer) write(name string, text []byte) error {
	if err := os.MkdirAll(e.folder, 0o777); err != nil {
		return err
	}
	return wholefile.WriteBytes(filepath.Join(e.folder, name), text)
}

// end writes the last scripts and the page, and removes scripts of an earlier report that had more.
func (e *explorer) end() error {
	for _, p := range []*pack{&e.models, &e.pictures} {
		if err := e.flush(p); err != nil {
			return err
		}
		for n := p.scripts + 1; os.Remove(filepath.Join(e.folder, p.script(n))) == nil; n++ {
		}
	}
	if err := e.write(path.Base(presenceFile), []byte(presence)); err != nil {
		return err
	}
	return e.write(record.ExploreFile, viewer.SharedPage(e.items))
}

const presenceFile = record.ReportFolder + "/here.svg"

// exploreLink is the URL of the model of a run in the page that explores models; "" when it is not there.
func (p *page) exploreLink(i int) string {
	place, there := p.places[i]
	if !there {
		return ""
	}
	return fmt.Sprintf("./%s/%s#a=%d", record.ReportFolder, record.ExploreFile, place)
}
