package imageio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func sha(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// The hash is that of the whole file, in every format, also with bytes after the picture. No byte is hashed twice,
// although some decoders read bytes twice.
func TestReadingGivesTheHashOfTheFile(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	paint(img, 0xffff)
	for name, data := range map[string][]byte{
		"a.png":  pngBytes(t, img),
		"b.jpg":  jpegBytes(t, img, 80),
		"c.tiff": testdata(t, "tiles.tiff"),
		"d.webp": testdata(t, "lossy.webp"),
		"e.exr":  testdata(t, "../exr/testdata/piz_half.exr"),
		"f.png":  append(pngBytes(t, img), make([]byte, 100_000)...),
	} {
		path := filepath.Join(folder(t, map[string][]byte{name: data}), name)
		want := File{int64(len(data)), sha(data)}
		s, err := ReadSamples(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if s.Source != want {
			t.Errorf("%s: %+v, want %+v", name, s.Source, want)
		}
		if got, err := Hash(path); err != nil || got != want {
			t.Errorf("%s: Hash gave %+v, %v", name, got, err)
		}
	}
}

// The hash does not depend on the order of reads, or on bytes that are read twice or not at all.
func TestHashedReads(t *testing.T) {
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	for name, reads := range map[string][][2]int64{
		"nothing":            {},
		"all":                {{0, 1000}},
		"headers first":      {{0, 16}, {900, 50}, {0, 600}, {600, 400}},
		"overlaps":           {{0, 300}, {100, 300}, {100, 100}, {399, 2}},
		"backwards":          {{800, 200}, {400, 400}, {0, 400}},
		"beyond the end":     {{0, 400}, {400, 5000}},
		"nothing at the end": {{0, 1000}, {1000, 10}},
	} {
		h := newHashed(bytes.NewReader(data), int64(len(data)))
		for _, r := range reads {
			b := make([]byte, r[1])
			n, _ := h.ReadAt(b, r[0])
			if !bytes.Equal(b[:n], data[r[0]:r[0]+int64(n)]) {
				t.Fatalf("%s: other bytes", name)
			}
		}
		if got, err := h.file(); err != nil || got != (File{1000, sha(data)}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// countingReader counts the bytes that are read.
type countingReader struct {
	io.ReaderAt
	bytes int64
}

func (c *countingReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.ReaderAt.ReadAt(b, at)
	c.bytes += int64(n)
	return n, err
}

// A decoder and the hash together read a file once, except for its headers.
func TestAFileIsReadOnce(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 900, 700))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i >> 3)
	}
	for name, data := range map[string][]byte{"png": pngBytes(t, img), "jpeg": jpegBytes(t, img, 95)} {
		counted := &countingReader{ReaderAt: bytes.NewReader(data)}
		h := newHashed(counted, int64(len(data)))
		s, err := newSource(h, int64(len(data)))
		if err == nil {
			_, err = s.samples(Alpha{Drop: true})
		}
		if err == nil {
			_, err = h.file()
		}
		if err != nil {
			t.Fatal(err)
		}
		if most := int64(len(data)) + 16<<10; counted.bytes > most {
			t.Errorf("%s: %d bytes read of a file of %d", name, counted.bytes, len(data))
		}
	}
}

// A file that gets shorter while it is read is an error.
func TestHashOfAFileThatIsCut(t *testing.T) {
	if _, err := newHashed(bytes.NewReader(make([]byte, 10)), 20).file(); err == nil {
		t.Error("half a file has a hash")
	}
}

// The hash of a stack depends on the content, the name and the order of its pictures, and on no other file of the
// folder.
func TestHashOfAStack(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	grey := pngBytes(t, img)
	img.Pix[0] = 1
	other := pngBytes(t, img)
	hash := func(files map[string][]byte) File {
		t.Helper()
		dir := folder(t, files)
		f, err := Hash(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := ReadSamples(dir)
		if err != nil || s.Source != f {
			t.Errorf("read as %+v, hashed as %+v: %v", s.Source, f, err)
		}
		return f
	}
	before := hash(map[string][]byte{"a.png": grey, "b.png": other})
	lines := fmt.Sprintf("%q %s\n%q %s\n", "a.png", sha(grey), "b.png", sha(other))
	if want := (File{int64(len(grey) + len(other)), sha([]byte(lines))}); before != want {
		t.Errorf("%+v, want %+v", before, want)
	}
	if hash(map[string][]byte{"a.png": grey, "b.png": other, "notes.txt": nil}) != before {
		t.Error("another file counts")
	}
	for what, files := range map[string]map[string][]byte{
		"order": {"a.png": other, "b.png": grey}, "name": {"a.png": grey, "c.png": other}, "content": {"a.png": grey, "b.png": grey},
	} {
		if hash(files) == before {
			t.Errorf("the %s does not count", what)
		}
	}
}

func TestHashOfNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := Hash(filepath.Join(dir, "none.png")); err == nil {
		t.Error("a missing file has a hash")
	}
	if _, err := Hash(dir); err == nil {
		t.Error("an empty folder has a hash")
	}
	if err := os.WriteFile(filepath.Join(dir, "a.png"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Hash(dir); err != nil || got != (File{0, sha(nil)}) {
		t.Errorf("an empty file: %+v, %v", got, err)
	}
}

// Hash is the File that ReadTarget must give for a path. It decodes nothing.
func Hash(path string) (File, error) {
	paths, err := Pictures(path)
	if err != nil {
		return File{}, err
	}
	files := make([]File, len(paths))
	for i, path := range paths {
		f, size, err := open(path)
		if err != nil {
			return File{}, err
		}
		files[i], err = newHashed(f, size).file()
		f.Close()
		if err != nil {
			return File{}, named(path, err)
		}
	}
	return together(paths, files), nil
}

// Pictures are the files of a path: those of a stack, or the file itself.
func Pictures(path string) ([]string, error) {
	files, _, err := filesOf(path)
	return files, err
}
