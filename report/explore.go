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

// scriptBytes is the most bytes of the models in a script, unless a single one is larger.
const scriptBytes = 256 << 10

// presence is a picture of one pixel. When a page cannot load it, the page was moved away from its files.
const presence = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`

// explore writes the page of the viewer with the models of runs, into the folder of files beside the report. It returns the
// place of each run in that page, by the index of the run; a run without a model has none.
func explore(dir string, runs []Run) (places map[int]int, err error) {
	e := explorer{folder: filepath.Join(dir, record.ReportFolder), models: map[string][]byte{}}
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
		if err := e.add(runs[i].Entry.Name, model); err != nil {
			return nil, err
		}
	}
	if len(places) == 0 {
		return places, nil
	}
	return places, e.end()
}

// explorer collects models in scripts. A page on a disk may load scripts, but no other files.
type explorer struct {
	folder  string
	items   []viewer.Item
	models  map[string][]byte // of the next script
	held    int               // their bytes
	scripts int
}

func scriptName(n int) string { return fmt.Sprintf("models-%d.js", n) }

func (e *explorer) add(name string, model []byte) error {
	if e.held > 0 && e.held+len(model) > scriptBytes {
		if err := e.flush(); err != nil {
			return err
		}
	}
	id := fmt.Sprint(len(e.items))
	e.models[id], e.held = model, e.held+len(model)
	e.items = append(e.items, viewer.Item{Name: name, Model: id, Script: "./" + scriptName(e.scripts+1)})
	return nil
}

func (e *explorer) flush() error {
	e.scripts++
	text := viewer.ScriptOf(e.models)
	e.models, e.held = map[string][]byte{}, 0
	return e.write(scriptName(e.scripts), text)
}

func (e *explorer) write(name string, text []byte) error {
	if err := os.MkdirAll(e.folder, 0o777); err != nil {
		return err
	}
	return wholefile.WriteBytes(filepath.Join(e.folder, name), text)
}

// end writes the last script and the page, and removes scripts of an earlier report that had more.
func (e *explorer) end() error {
	if err := e.flush(); err != nil {
		return err
	}
	for n := e.scripts + 1; os.Remove(filepath.Join(e.folder, scriptName(n))) == nil; n++ {
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
