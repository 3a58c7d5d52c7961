package imageio

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"igs/internal/fault"
	"igs/internal/limits"
	"igs/internal/oneline"
	"igs/internal/picturefiles"
	"igs/internal/wholefile"
)

// pictureFile is an open file of a stack.
type pictureFile struct {
	source
	path string
	c    int // channels of the samples
	file *os.File
	hash *hashed // the source reads the file through it

	opened time.Time // when the file was changed before it was opened
}

// stack is the pictures of a folder, or a single file, in the order of their channels. The headers have been read.
type stack struct {
	Size
	path     string
	pictures []pictureFile
	notes    []string // about the folder
}

func openStack(path string) (*stack, error) {
	k := &stack{path: path}
	files, notes, err := filesOf(path)
	if err != nil {
		return nil, err
	}
	k.notes = notes
	for _, file := range files {
		p, err := openPicture(file)
		if err != nil {
			k.close()
			return nil, err
		}
		k.pictures = append(k.pictures, p)
	}
	if err := k.fit(); err != nil {
		k.close()
		return nil, err
	}
	return k, nil
}

func (k *stack) close() {
	for _, p := range k.pictures {
		p.file.Close()
	}
}

func openPicture(path string) (pictureFile, error) {
	f, size, err := open(path)
	if err != nil {
		return pictureFile{}, err
	}
	opened := changedAt(f)
	h := newHashed(f, size)
	s, err := newSource(h, size)
	if err != nil {
		f.Close()
		return pictureFile{}, named(path, err)
	}
	return pictureFile{s, path, s.head.c, f, h, opened}, nil
}

// changedAt is the time of the last change of a file.
func changedAt(f *os.File) (at time.Time) {
	if info, err := f.Stat(); err == nil {
		at = info.ModTime()
	}
	return at
}

// unchanged is the error of a file that was changed since it was opened.
func (k *stack) unchanged() error {
	for _, p := range k.pictures {
		if now, err := p.file.Stat(); err == nil && (now.Size() != p.size || !now.ModTime().Equal(p.opened)) {
			return fault.New(fault.BadInput, "wait until the program that writes it is done", "%s: was changed while it was read", oneline.Path(p.path))
		}
	}
	return nil
}

// source identifies the files that were read. It reads their remaining bytes, and refuses files that were changed since
// they were opened.
func (k *stack) source() (File, error) {
	var paths []string
	var files []File
	for _, p := range k.pictures {
		f, err := p.hash.file()
		if err != nil {
			return File{}, named(p.path, err)
		}
		paths, files = append(paths, p.path), append(files, f)
	}
	return together(paths, files), k.unchanged()
}

// named is a layer with the name of the file, without its ending.
func (p pictureFile) named(l Layer) Layer {
	base := filepath.Base(p.path)
	l.Name = strings.TrimSuffix(base, filepath.Ext(base))
	return l
}

func filesOf(path string) (files, notes []string, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return picturesOf(path)
	}
	return []string{path}, nil, nil
}

// picturesOf lists the pictures of a folder in alphabetical order, without regard to upper and lower case.
func picturesOf(folder string) (files, notes []string, err error) {
	files, others, err := picturefiles.In(folder)
	if err != nil {
		return nil, nil, fault.New(fault.BadInput, "check that the folder may be read", "%s: %w", oneline.Path(folder), wholefile.Unnamed(err))
	}
	switch {
	case len(files) == 0:
		return nil, nil, fault.New(fault.BadInput, kindsHint, "%s: is a folder without pictures", oneline.Path(folder))
	case len(files) > limits.Channels: // each has at least one channel
		var names []string
		for _, file := range files {
			names = append(names, filepath.Base(file))
		}
		return nil, nil, tooMany(folder, fmt.Sprintf("%d pictures", len(files)), names)
	}
	if len(others) > 0 {
		notes = []string{"files of the folder that are not read: " + few(others)}
	}
	return files, notes, nil
}

// fit refuses pictures of different sizes.
func (k *stack) fit() error {
	first := k.pictures[0]
	k.W, k.H = first.sides()
	k.Depth = 8
	for _, p := range k.pictures {
		if w, h := p.sides(); w != k.W || h != k.H {
			return fault.New(fault.BadInput, "give all pictures of a stack the same size, or name the files one by one to train each alone", "%s: %s has %d x %d px, but %s %d x %d",
				oneline.Path(k.path), oneline.Path(filepath.Base(first.path)), k.W, k.H, oneline.Path(filepath.Base(p.path)), w, h)
		}
		k.Depth = max(k.Depth, p.head.depth)
	}
	return k.count()
}

// count sums the channels.
func (k *stack) count() error {
	k.C = 0
	var names []string
	for _, p := range k.pictures {
		k.C += p.c
		names = append(names, filepath.Base(p.path))
	}
	if k.C > limits.Channels {
		return tooMany(k.path, fmt.Sprintf("%d channels", k.C), names)
	}
	return nil
}

// resolve looks into the pictures that may have alpha, and counts the channels anew.
func (k *stack) resolve(how Alpha) (err error) {
	for i := range k.pictures {
		p := &k.pictures[i]
		if p.c, err = p.channels(how); err != nil {
			return named(p.path, err)
		}
	}
	return k.count()
}

func tooMany(folder, what string, names []string) error {
	return fault.New(fault.BadInput, "remove some of them, or name the files one by one to train each alone",
		"%s: %s, but a stack has at most %d channels: %s", oneline.Path(folder), what, limits.Channels, few(names))
}

// few lists at most twelve names in one line.
func few(names []string) string {
	const most = 12
	var out []string
	for _, name := range names[:min(len(names), most)] {
		out = append(out, oneline.Path(name))
	}
	text := strings.Join(out, ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}

// read gives the rows of all channels to put, layer by layer.
func (k *stack) read(o Options, put func(c, y int, row []float32)) ([]Layer, []string, error) {
	notes := slices.Clone(k.notes)
	var layers []Layer
	wide := false
	size, at := k.size(o), 0
	for _, p := range k.pictures {
		visit := raised(o.Gamma, func(y int, row [][]float32) error {
			for c := range row {
				put(at+c, y, row[c])
			}
			return nil
		})
		if o.Downsample > 1 {
			visit = newShrinker(Size{W: k.W, H: k.H, C: p.c}, size, visit).visit
		}
		layer, said, err := p.rows(o.Alpha, visit)
		if err != nil {
			return nil, nil, named(p.path, err)
		}
		for _, note := range said {
			if len(k.pictures) > 1 {
				note = oneline.Path(filepath.Base(p.path)) + ": " + note
			}
			notes = append(notes, note)
		}
		layers = append(layers, p.named(layer))
		wide = wide || layer.High > 1
		at += layer.C
	}
	if wide && o.Gamma == 1 {
		notes = append(notes, "with input.gamma = 0.4545, dark values keep more precision")
	}
	return layers, notes, nil
}
