package shaders

import (
	"encoding/binary"
	"os"
	"reflect"
	"strings"
	"testing"
)

// probe is testdata/probe.comp, by glslc --target-env=vulkan1.1.
func probe(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/probe.spv")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReflection(t *testing.T) {
	k, err := Parse("probe", probe(t))
	if err != nil {
		t.Fatal(err)
	}
	bindings := []Binding{
		{Index: 0, Storage: true, Texel: true, Access: ReadOnly},
		{Index: 1, Storage: true, Access: WriteOnly},
		{Index: 2, Storage: true, Access: ReadWrite},
		{Index: 4, Texel: true, Access: ReadOnly},
		{Index: 5, Storage: true, Access: ReadWrite}, // read through one name, written through another
	}
	if !reflect.DeepEqual(k.Bindings, bindings) {
		t.Errorf("bindings %v, want %v", k.Bindings, bindings)
	}
	if k.PushBytes != 28 {
		t.Errorf("%d bytes of push constants, want 28", k.PushBytes)
	}
	if want := [3]uint32{0, 2, 1}; k.LocalSize != want {
		t.Errorf("local size %v, want %v", k.LocalSize, want)
	}
	if got, want := k.Size(), ([3]uint32{1, 2, 1}); got != want {
		t.Errorf("default size %v, want %v", got, want)
	}
	if got, want := k.Size(0, 0, 0, 0, 48), ([3]uint32{48, 2, 1}); got != want {
		t.Errorf("specialised size %v, want %v", got, want)
	}
	constants := map[uint32]uint32{0: 1, 4: 1, 7: 0x3fc00000}
	for _, c := range k.Constants {
		if want, ok := constants[c.ID]; !ok || c.Default != want {
			t.Errorf("constant %+v, want one of %v", c, constants)
		}
	}
	if len(k.Constants) != len(constants) {
		t.Errorf("%d constants, want %d", len(k.Constants), len(constants))
	}
	if want := []Capability{Storage16}; !reflect.DeepEqual(k.Needs, want) {
		t.Errorf("needs %v, want %v", k.Needs, want)
	}
}

func TestBlocks(t *testing.T) {
	k, err := Parse("probe", probe(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := k.Blocks()
	if err != nil {
		t.Fatal(err)
	}
	splat := []Member{{Name: "xy", Size: 8}, {Name: "rot", Offset: 8, Size: 4}}
	want := Blocks{
		Push: []Member{{Name: "count", Size: 4}, {Name: "shift", Offset: 8, Size: 8}, {Name: "first", Offset: 16, Size: 12, Fields: splat}},
		Buffers: []Buffer{
			{0, []Member{{Name: "a", Stride: 16, Fields: splat}}},
			{1, []Member{{Name: "b", Stride: 2}}},
			{2, []Member{{Name: "head", Size: 4}, {Name: "c", Offset: 4, Size: 20, Stride: 4}, {Name: "m", Offset: 32, Size: 32, Stride: 16}}},
			{5, []Member{{Name: "e4", Stride: 16}}},
			{5, []Member{{Name: "e1", Stride: 4}}},
		},
	}
	if !reflect.DeepEqual(got.Push, want.Push) {
		t.Errorf("push %+v\nwant %+v", got.Push, want.Push)
	}
	for i, b := range want.Buffers {
		found := false
		for _, g := range got.Buffers {
			found = found || reflect.DeepEqual(g, b)
		}
		if !found {
			t.Errorf("buffer %d: %+v is not among %+v", i, b, got.Buffers)
		}
	}
	if len(got.Buffers) != len(want.Buffers) {
		t.Errorf("%d buffers, want %d", len(got.Buffers), len(want.Buffers))
	}
}

// TestBuiltIn checks every committed kernel against the conventions of the package comment.
func TestBuiltIn(t *testing.T) {
	if len(Names()) == 0 {
		t.Fatal("no kernels are built in")
	}
	for _, name := range Names() {
		k, err := Load(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if len(k.Bindings) == 0 || k.PushBytes > 128 {
			t.Errorf("kernel %s: %d bindings, %d bytes of push constants (128 are guaranteed)", name, len(k.Bindings), k.PushBytes)
		}
		if s := k.Size(); s[0]*s[1]*s[2] == 0 {
			t.Errorf("kernel %s: workgroup of %v", name, s)
		}
	}
	if _, err := Load("no_such_kernel"); err == nil || !strings.Contains(err.Error(), "no_such_kernel") {
		t.Errorf("loading a missing kernel: %v", err)
	}
}

func TestRefused(t *testing.T) {
	whole := probe(t)
	swapped := make([]byte, len(whole))
	for i := 0; i < len(whole); i += 4 {
		binary.BigEndian.PutUint32(swapped[i:], binary.LittleEndian.Uint32(whole[i:]))
	}
	cases := map[string]struct {
		data []byte
		want string
	}{
		"empty":       {nil, "cut short"},
		"odd bytes":   {whole[:len(whole)-1], "whole words"},
		"header only": {whole[:20], "0 entry points"},
		"big-endian":  {swapped, "big-endian"},
		"text":        {[]byte("#version 450\n//3456789012"), "whole words"},
		"cut":         {whole[:40], "past the end"},
		"set 3":       {assemble(decorate(1, decorDescriptorSet, 3), decorate(1, decorBinding, 0), variable(1, classStorageBuffer)), "neither"},
		"no set":      {assemble(variable(1, classStorageBuffer)), "no set"},
		"binding":     {assemble(decorate(1, decorDescriptorSet, 0), decorate(1, decorBinding, 256), variable(1, classStorageBuffer)), "255"},
		"vertex":      {assemble([]uint32{opEntryPoint, 0, 1, 0}), "entry points"},
		"self": {assemble(
			[]uint32{opMemberDecorate, 5, 0, decorOffset, 0}, []uint32{opMemberDecorate, 5, 1, decorOffset, 0},
			[]uint32{opTypeStruct, 5, 5, 5}, []uint32{opTypePointer, 6, classPushConstant, 5},
			[]uint32{opVariable, 6, 7, classPushConstant}), "members"},
	}
	for name, c := range cases {
		if _, err := Parse(name, c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}

// assemble writes SPIR-V with one compute entry point and the given instructions.
func assemble(instructions ...[]uint32) []byte {
	code := []uint32{spirvMagic, 0x10300, 0, 100, 0}
	for _, in := range append([][]uint32{{opEntryPoint, glComputeModel, 90, 0}}, instructions...) {
		code = append(code, uint32(len(in))<<16|in[0])
		code = append(code, in[1:]...)
	}
	var data []byte
	for _, w := range code {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	return data
}

func decorate(id, decoration, value uint32) []uint32 {
	return []uint32{opDecorate, id, decoration, value}
}

func variable(id, class uint32) []uint32 { return []uint32{opVariable, 50, id, class} }

// FuzzParse checks that no binary causes a panic, a hang or a large allocation.
func FuzzParse(f *testing.F) {
	f.Add(probe(f))
	for _, name := range Names() {
		data, err := compiled.ReadFile("spv/" + name + ".spv")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := Parse("fuzz", data)
		if err != nil {
			return
		}
		if k.PushBytes < 0 {
			t.Errorf("%d bytes of push constants", k.PushBytes)
		}
		k.Size(1, 2, 3)
		k.Blocks()
		if plain, err := k.Plain(1, 2, 3); err == nil && len(plain.Constants) > 0 {
			t.Error("constants are left to choose")
		}
	})
}
