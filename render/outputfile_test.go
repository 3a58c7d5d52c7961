package render

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"igs/imageio"
)

// Every layer gets a file of its own in the folder of the output, even when its name contains a path.
func TestLayerFiles(t *testing.T) {
	layer := func(name string, c int) imageio.Layer { return imageio.Layer{Name: name, C: c, Depth: 8, High: 1} }
	for _, k := range []struct {
		layers []imageio.Layer
		paths  []string
		first  []int
	}{
		{[]imageio.Layer{layer("albedo", 3), layer("höhe 2", 1), layer("n.x", 3)}, []string{"d/a-albedo.png", "d/a-höhe 2.png", "d/a-n.x.png"}, []int{0, 3, 4}},
		{[]imageio.Layer{layer("../../etc/passwd", 1), layer(`C:\x`, 1), layer("\x1b[2J\xff", 1)}, []string{"d/a-.._.._etc_passwd.png", "d/a-C__x.png", "d/a-__2J_.png"}, []int{0, 1, 2}},
		{[]imageio.Layer{layer("a", 3), layer("A", 1)}, []string{"d/a-1.png", "d/a-2.png"}, []int{0, 3}},
		{[]imageio.Layer{layer("a/b", 1), layer("a_b", 1)}, []string{"d/a-1.png", "d/a-2.png"}, []int{0, 1}},
		{[]imageio.Layer{layer("", 3), layer("b", 1)}, []string{"d/a-1.png", "d/a-2.png"}, []int{0, 3}},
		{[]imageio.Layer{layer("rgba", 4), layer("b", 3)}, []string{"d/a-rgba-channel1.png", "d/a-rgba-channel2.png", "d/a-rgba-channel3.png", "d/a-rgba-channel4.png", "d/a-b.png"}, []int{0, 1, 2, 3, 4}},
	} {
		var paths []string
		var first []int
		channels := 0
		for _, s := range LayerFiles(k.layers, "d/a.png") {
			paths, first = append(paths, s.Path), append(first, s.First)
			channels += s.Spec.C
			if s.Spec.C != 1 && s.Spec.C != 3 {
				t.Errorf("%s has %d channels", s.Path, s.Spec.C)
			}
		}
		all := 0
		for _, l := range k.layers {
			all += l.C
		}
		if !slices.Equal(paths, k.paths) || !slices.Equal(first, k.first) || channels != all {
			t.Errorf("files %q from channels %v, want %q from %v", paths, first, k.paths, k.first)
		}
	}
}

// A long name of a layer is cut between two letters, so the file can be written.
func TestLayerFilesOfLongNames(t *testing.T) {
	long := strings.Repeat("ä", 125)
	for _, layers := range [][]imageio.Layer{
		{{Name: long + "1", C: 3}, {Name: "b", C: 1}},
		{{Name: long + "1", C: 3}, {Name: long + "2", C: 4}}, // equal after the cut: numbers instead
	} {
		seen := map[string]bool{}
		for _, f := range LayerFiles(layers, "render.png") {
			if len(f.Path) > 255 || !utf8.ValidString(f.Path) || seen[f.Path] {
				t.Errorf("%d bytes: %s", len(f.Path), f.Path)
			}
			seen[f.Path] = true
		}
	}
}

// Rows may be rounded to bytes only where the file rounds them to bytes as they are.
func TestRoundToBytes(t *testing.T) {
	plain := OutputFile{Spec: imageio.Spec{C: 3, Depth: 8}, High: 1}
	for _, change := range []func(*OutputFile){
		func(f *OutputFile) { f.Spec.Depth = 16 }, func(f *OutputFile) { f.Spec.C = 4 }, func(f *OutputFile) { f.Low = 0.5 },
		func(f *OutputFile) { f.High = 2 }, func(f *OutputFile) { f.Thumbnail = "small.jpg" },
	} {
		other := plain
		if change(&other); !RoundToBytes([]OutputFile{plain}) || RoundToBytes([]OutputFile{plain, other}) {
			t.Errorf("%+v", other)
		}
	}
}
