package vk_test

import (
	"slices"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/vk"
)

func TestChoose(t *testing.T) {
	const gib = 1 << 30
	cpu := vk.Info{Index: 0, Name: "llvmpipe (LLVM 15)", Kind: vk.CPU, LocalBytes: 64 * gib}
	igpu := vk.Info{Index: 1, Name: "Intel UHD 630", Kind: vk.Integrated, LocalBytes: 32 * gib}
	small := vk.Info{Index: 2, Name: "NVIDIA GeForce GTX 1050", Kind: vk.Discrete, LocalBytes: 2 * gib}
	large := vk.Info{Index: 3, Name: "NVIDIA GeForce RTX 4090", Kind: vk.Discrete, LocalBytes: 24 * gib}
	twin := vk.Info{Index: 4, Name: "NVIDIA GeForce RTX 4090", Kind: vk.Discrete, LocalBytes: 24 * gib}
	virtual := vk.Info{Index: 5, Name: "Virtio-GPU Venus", Kind: vk.Virtual, LocalBytes: 8 * gib}
	old := vk.Info{Index: 6, Name: "Old Discrete", Kind: vk.Discrete, LocalBytes: 48 * gib, Missing: "Vulkan 1.1"}
	strange := vk.Info{Index: 7, Name: "Strange", Kind: vk.Other, LocalBytes: 99 * gib}

	cases := []struct {
		name   string
		infos  []vk.Info
		sel    string
		want   int // index, -1 = refused
		code   int
		reason string // or a piece of the error or its hint
	}{
		{"only one", []vk.Info{cpu}, "auto", 0, 0, "only usable"},
		{"empty means auto", []vk.Info{cpu}, "", 0, 0, "only usable"},
		{"case", []vk.Info{cpu, igpu}, "AUTO", 1, 0, "integrated"},
		{"discrete first", []vk.Info{cpu, igpu, small, virtual}, "auto", 2, 0, "discrete"},
		{"integrated before virtual", []vk.Info{virtual, igpu, cpu}, "auto", 1, 0, "integrated"},
		{"virtual before CPU", []vk.Info{cpu, virtual}, "auto", 5, 0, "virtual"},
		{"CPU before other", []vk.Info{strange, cpu}, "auto", 0, 0, "CPU"},
		{"more memory", []vk.Info{small, large}, "auto", 3, 0, "memory"},
		{"first of twins", []vk.Info{cpu, large, twin}, "auto", 3, 0, "memory"},
		{"unusable passed over", []vk.Info{old, cpu}, "auto", 0, 0, "only usable"},
		{"all unusable", []vk.Info{old}, "auto", -1, fault.NoVulkan, "Vulkan 1.1"},
		{"none", nil, "auto", -1, fault.NoVulkan, "no Vulkan device"},
		{"index", []vk.Info{cpu, igpu, small}, "0", 0, 0, "index 0"},
		{"index of nothing", []vk.Info{cpu, igpu}, "7", -1, fault.BadInput, "1 = Intel UHD 630"},
		{"negative", []vk.Info{cpu}, "-1", -1, fault.BadInput, "-1"},
		{"index of unusable", []vk.Info{cpu, old}, "6", -1, fault.NoVulkan, "Vulkan 1.1"},
		{"name", []vk.Info{cpu, igpu, small}, "intel", 1, 0, `"intel"`},
		{"name of two", []vk.Info{cpu, small, large}, "GeForce", 3, 0, `"GeForce"`},
		{"number in a name", []vk.Info{small, large}, "1050", 2, 0, `"1050"`},
		{"name of nothing", []vk.Info{cpu}, "radeon", -1, fault.BadInput, "0 = llvmpipe"},
		{"name of unusable", []vk.Info{cpu, old}, "old", -1, fault.NoVulkan, "Vulkan 1.1"},
	}
	for _, c := range cases {
		info, reason, err := vk.Choose(c.infos, c.sel)
		switch {
		case c.want < 0 && err == nil:
			t.Errorf("%s: chose %s, want an error", c.name, info.Name)
		case c.want < 0:
			text := err.Error() + "\n" + fault.Hint(err)
			if fault.Code(err) != c.code || !strings.Contains(text, c.reason) {
				t.Errorf("%s: code %d, %s; want code %d and %q", c.name, fault.Code(err), text, c.code, c.reason)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case info.Index != c.want || !strings.Contains(reason, c.reason):
			t.Errorf("%s: device %d because %q; want %d because of %q", c.name, info.Index, reason, c.want, c.reason)
		}
	}
}

// A list names devices one by one, and all are those that compute, without processors where there is a GPU.
func TestChooseSeveral(t *testing.T) {
	cpu := vk.Info{Index: 0, Name: "llvmpipe (LLVM 15.0.6, 256 bits)", Kind: vk.CPU}
	soft := vk.Info{Index: 1, Name: "SwiftShader", Kind: vk.CPU}
	card := vk.Info{Index: 2, Name: "NVIDIA H100", Kind: vk.Discrete}
	twin := vk.Info{Index: 3, Name: "NVIDIA H100", Kind: vk.Discrete}
	old := vk.Info{Index: 4, Name: "Old", Kind: vk.Discrete, Missing: "Vulkan 1.1"}
	for _, c := range []struct {
		infos []vk.Info
		sel   string
		want  []int
		fault string
	}{
		{[]vk.Info{cpu, card, twin, old}, "all", []int{2, 3}, ""},
		{[]vk.Info{cpu, soft, old}, " ALL ", []int{0, 1}, ""},
		{[]vk.Info{old}, "all", nil, "Vulkan 1.1"},
		{[]vk.Info{cpu, card, twin}, "3, 0", []int{3, 0}, ""},
		{[]vk.Info{cpu, soft}, "llvmpipe (LLVM 15.0.6, 256 bits)", []int{0}, ""},
		{[]vk.Info{cpu, soft}, "swift,llvm", []int{1, 0}, ""},
		{[]vk.Info{cpu, soft}, "0,llvm", nil, "is twice in"},
		{[]vk.Info{cpu, soft}, "0,9", nil, `"9"`},
		{[]vk.Info{cpu, card, old}, "2,4", nil, "Vulkan 1.1"},
	} {
		found, err := vk.ChooseSeveral(c.infos, c.sel)
		var got []int
		for _, i := range found {
			got = append(got, i.Index)
		}
		if !slices.Equal(got, c.want) || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%q: %v, %v; want %v", c.sel, got, err, c.want)
		}
	}
	if _, _, err := vk.Choose([]vk.Info{cpu, soft}, "0,1"); err == nil || !strings.Contains(err.Error(), "works with one") {
		t.Error(err)
	}
}
