// Package convert converts models between the model file of igs and other formats: safetensors, which Python reads,
// checkpoints of the research code of Image-GS, SVG, and a page that shows the model. No device is needed.
//
// Every error about a file is one line that names it, with fault.BadInput and a hint. A reader never executes the
// contents of a file, and allocates at most a small multiple of its size.
package convert

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"igs/internal/fault"
	"igs/internal/oneline"
	"igs/internal/wholefile"
	"igs/splat"
	"igs/viewer"
)

// Endings of the files that Write makes.
var Endings = []string{".igsm", ".safetensors", ".svg", ".html"}

// Checkpoint reads a checkpoint of igs: its splats, the size of its picture, and what else is known about its run. The
// caller gives it, because package optim owns the format.
type Checkpoint func(data []byte) (p *splat.Splats, known ModelHints, err error)

// Read reads a model from any file that igs can convert; it looks at the content, not at the name. Notes tell the user
// what was assumed and what was changed. The error is a fault.BadInput of one line.
func Read(path string, given ModelHints, checkpoint Checkpoint) (m *splat.Model, notes []string, err error) {
	if m, notes, err = readFile(path, given, checkpoint); err != nil {
		return nil, nil, plainError{err}
	}
	return m, notes, nil
}

// ReadSplats reads the splats of a file that Read reads, to go on training with them. known is the size of the picture,
// and the gamma of the training if it is known. It needs less than Read: a checkpoint of a stack may be in any folder.
func ReadSplats(path string, checkpoint Checkpoint) (p *splat.Splats, known ModelHints, err error) {
	m, _, err := readFile(path, ModelHints{}, func(data []byte) (*splat.Splats, ModelHints, error) {
		var err error
		p, known, err = checkpoint(data)
		return p, known, err
	})
	switch {
	case p != nil:
		return p, known, nil
	case err != nil && strings.Contains(fault.Hint(err), "given."):
		return nil, known, fault.WithHint(plainError{err}, "convert it first, with what it does not contain: igs convert IN model.igsm --size WxH")
	case err != nil:
		return nil, known, plainError{err}
	}
	return m.Splats, ModelHints{W: m.W, H: m.H, Gamma: m.Gamma}, nil
}

func readFile(path string, given ModelHints, checkpoint Checkpoint) (m *splat.Model, notes []string, err error) {
	f, size, err := open(path)
	if err != nil {
		return nil, nil, fault.New(fault.BadInput, "check the path", "%s: %w", oneline.Path(path), wholefile.Unnamed(err))
	}
	defer f.Close()
	if isModel(f) {
		if given.something() {
			return nil, nil, fault.New(fault.BadInput, tellsItself, "%s is a model of igs", oneline.Path(path))
		}
		m, err = splat.Load(path)
		return m, nil, err
	}
	if m, notes, err = read(f, size, path, given, checkpoint); err == nil {
		return m, notes, nil
	}
	hint := fault.Hint(err)
	if hint == "" {
		hint = "igs reads models (.igsm), checkpoints of igs, .safetensors with xy, scale, rot and feat, and checkpoints of Image-GS (.pt)"
	}
	return nil, nil, fault.New(fault.BadInput, hint, "%s: %w", oneline.Path(path), err)
}

func isModel(r io.ReaderAt) bool {
	magic := make([]byte, 4)
	_, err := r.ReadAt(magic, 0)
	return err == nil && string(magic) == "IGSM"
}

// read reads a file of another program. What it does not contain may be in the folder of path.
func read(r io.ReaderAt, size int64, path string, given ModelHints, checkpoint Checkpoint) (*splat.Model, []string, error) {
	first := make([]byte, 16)
	n, _ := r.ReadAt(first, 0)
	first = first[:n]
	switch {
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return readResearch(r, size, path, given)
	case bytes.HasPrefix(first, []byte("\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19")):
		return nil, nil, fault.New(fault.BadInput, "load it with torch.load and save it again with torch.save of PyTorch 1.6 or later", "the format of PyTorch before 1.6")
	case isPLY(first):
		return nil, nil, errPLY()
	case isSafetensors(first, size):
		return decodeSafetensors(r, size, given, checkpoint)
	}
	return nil, nil, errors.New("not a file that igs converts")
}

const tellsItself = "the file contains size, layers and gamma: leave out given.size, given.image, given.layers, given.gamma, given.topk and given.sigma"

// open opens a regular file only, because opening a pipe would wait for a writer.
func open(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	return f, info.Size(), err
}

// isSafetensors looks at the first bytes, which are the length of a JSON object and its brace.
func isSafetensors(first []byte, size int64) bool {
	return len(first) > 8 && first[8] == '{' && binary.LittleEndian.Uint64(first) <= uint64(size-8)
}

// Reads reports whether a file has an ending of the other files that hold models.
func Reads(path string) bool {
	ending := strings.ToLower(filepath.Ext(path))
	return ending == ".safetensors" || ending == ".pt" || ending == ".ckpt" || ending == ".pth"
}

// CanWrite gives an error when the ending of path is not one of Endings.
func CanWrite(path string) error {
	ending := strings.ToLower(filepath.Ext(path))
	for _, e := range Endings {
		if ending == e {
			return nil
		}
	}
	if err := noScene(path, ending); err != nil {
		return err
	}
	return fault.New(fault.BadInput, "end the name of the second file in "+strings.Join(Endings, ", "), "%s: igs does not write such files", oneline.Path(path))
}

// Write writes m in the format of the ending of path. The file appears whole or not at all.
func Write(path string, m *splat.Model) error {
	if err := CanWrite(path); err != nil {
		return err
	}
	var data []byte
	var err error
	switch strings.ToLower(filepath.Ext(path)) {
	case ".igsm":
		return splat.Save(path, m)
	case ".svg":
		data, err = encodeSVG(m)
	case ".html":
		if data, err = splat.Encode(m); err == nil {
			data = viewer.OneFile(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), data)
		}
	default:
		sorted := *m // every format has the order of a model file
		sorted.Splats = m.Splats.Clone()
		sorted.Splats.Sort()
		data, err = encodeSafetensors(&sorted)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", oneline.Path(path), err)
	}
	if err := wholefile.WriteBytes(path, data); err != nil {
		return fmt.Errorf("writing %s: %w", oneline.Path(path), err)
	}
	return nil
}
