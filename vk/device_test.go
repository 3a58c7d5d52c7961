package vk_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/vk"
	"igs/vk/vktest"
)

func TestFacts(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	infos, err := vk.List()
	if err != nil {
		t.Fatal(err)
	}
	info := d.Info()
	t.Logf("%+v", info)
	if d.Reason() == "" || infos[info.Index].Name != info.Name {
		t.Errorf("device %d %q chosen because %q; listed as %q", info.Index, info.Name, d.Reason(), infos[info.Index].Name)
	}
	// The limits that Vulkan guarantees. Wrongly read facts fail here.
	least := map[string][2]int64{
		"MaxStorageRange":  {info.MaxStorageRange, 1 << 27},
		"MaxTexelElements": {info.MaxTexelElements, 1 << 16},
		"MaxAllocation":    {info.MaxAllocation, 1 << 28},
		"LocalBytes":       {info.LocalBytes, info.MaxAllocation},
		"MaxPushBytes":     {int64(info.MaxPushBytes), 128},
		"MaxInvocations":   {int64(info.MaxInvocations), 128},
		"SharedBytes":      {int64(info.SharedBytes), 16384},
		"SubgroupSize":     {int64(info.SubgroupSize), 1},
		"MaxGroups":        {int64(info.MaxGroups[2]), 65535},
		"MaxLocalSize":     {int64(info.MaxLocalSize[2]), 64},
		"StorageAlign":     {256 / info.StorageAlign, 1},
		"TexelAlign":       {256 / info.TexelAlign, 1},
	}
	for what, v := range least {
		if v[0] < v[1] {
			t.Errorf("%s is %d, at least %d is guaranteed", what, v[0], v[1])
		}
	}
	for f := vk.R32F; f <= vk.R8; f++ {
		if !info.HasTexel(f) { // required of every device; R16 is not
			t.Errorf("no %s texels", f)
		}
	}
	if info.Name == "" || info.Driver == "" || !strings.HasPrefix(info.API, "1.") {
		t.Errorf("name %q, driver %q, API %q", info.Name, info.Driver, info.API)
	}
}

func TestSelect(t *testing.T) {
	d := vktest.OpenWith(t, vk.Options{})
	_, err := vk.Open(vk.Options{Select: "no such device"})
	if fault.Code(err) != fault.BadInput || !strings.Contains(fault.Hint(err), d.Info().Name) {
		t.Errorf("%v, code %d, hint %q", err, fault.Code(err), fault.Hint(err))
	}
}

// TestCloseFreesWhatIsLeft closes a device while a sequence is in flight. The validation layer reports everything that
// is not freed.
func TestCloseFreesWhatIsLeft(t *testing.T) {
	d, err := vk.Open(vk.Options{Validation: true})
	if err != nil {
		t.Skipf("no validation: %v", err)
	}
	r, _, _ := chain(t, d, 3)
	s := finish(t, r)
	if err := s.Submit(); err != nil {
		t.Fatal(err)
	}
	d.Close() // in flight
	d.Close()
	if said := d.Messages(); len(said) != 0 {
		t.Errorf("%q", said)
	}
	if now := d.Usage().Now; now != 0 {
		t.Errorf("%d bytes held after Close", now)
	}
}

func TestPipelineCacheOnDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	build := func() {
		d, err := vk.Open(vk.Options{CacheDir: dir})
		if err != nil {
			t.Skip(err)
		}
		defer d.Close()
		for spec := range uint32(3) {
			kernel(t, d, "saxpy", 32<<spec)
		}
		r, out, want := chain(t, d, 2)
		run(t, finish(t, r))
		if got := readWords(t, d, out); got[5] != want[5] {
			t.Errorf("element 5 is %d, want %d", got[5], want[5])
		}
	}
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	vktest.OpenWith(t, vk.Options{}) // skips or fails if there is no device
	build()
	if len(files()) != 1 || !strings.HasSuffix(files()[0], ".pipelines") {
		t.Fatalf("the folder holds %v, want one cache", files())
	}
	path := files()[0]
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes for 4 pipelines", len(first))
	build()
	// A damaged file is ignored and written again.
	for name, bad := range map[string][]byte{"empty": {}, "cut": first[:len(first)/2], "text": []byte("not a cache")} {
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		build()
		mended, err := os.ReadFile(path)
		if err != nil || len(mended) < 32 {
			t.Errorf("%s: the file was not written again: %d bytes, %v", name, len(mended), err)
		}
	}
	if len(files()) != 1 {
		t.Errorf("left behind: %v", files())
	}
	// With a folder that cannot be written there is only no cache.
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	dir = blocked
	build()
}
