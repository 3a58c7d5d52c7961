package session

import (
	"os"
	"path/filepath"
	"testing"

	"igs/vk"
)

// A kept tuning is found again for the most similar work. A folder that cannot be written to gives an error.
func TestTuningsAreKept(t *testing.T) {
	dir := t.TempDir()
	kept := &Tunings{Dir: filepath.Join(dir, "igs")}
	info := vk.Info{Name: "a card", Driver: "1", VendorID: 1, DeviceID: 2, MaxInvocations: 1024, SharedBytes: 48 << 10, MaxTexelElements: 1 << 27}
	known, err := kept.read(info)
	if _, ok := known.nearest(1000, false); err != nil || ok {
		t.Fatalf("found in an empty cache: %+v, %v", known, err)
	}
	for _, f := range []FoundTuning{{1000, false, "pixels=1", 2, 1}, {100_000, false, "pixels=2", 2, 1}, {1000, true, "pixels=4", 2, 1}, {1000, false, "pixels=8", 2, 1}} {
		if err := kept.Keep(info, f); err != nil {
			t.Fatal(err)
		}
	}
	if known, err = kept.read(info); err != nil || len(known.Found) != 3 {
		t.Fatalf("%+v, %v", known, err)
	}
	for _, test := range []struct {
		samples int
		windows bool
		want    string
	}{{1, false, "pixels=8"}, {9000, false, "pixels=8"}, {11_000, false, "pixels=2"}, {1 << 40, false, "pixels=2"}, {1 << 40, true, "pixels=4"}} {
		if f, ok := known.nearest(test.samples, test.windows); !ok || f.Tuning != test.want {
			t.Errorf("%+v: %+v, %v", test, f, ok)
		}
	}
	weaker := info
	weaker.MaxInvocations = 16 // it was found on another one then
	if none, err := kept.read(weaker); err == nil || len(none.Found) > 0 {
		t.Errorf("a device that cannot run it: %+v, %v", none, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "igs")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	kept.Dir = filepath.Join(file, "igs")
	if err := kept.Keep(info, FoundTuning{Samples: 1, Tuning: "pixels=1"}); err == nil {
		t.Error("kept in a folder that is a file")
	}
	if none, err := kept.read(info); err == nil || len(none.Found) > 0 {
		t.Errorf("a folder that is a file: %+v, %v", none, err)
	}
}
