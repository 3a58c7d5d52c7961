package shaders

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// pushBlocks maps every kernel with push constants to its Go struct.
var pushBlocks = map[string]any{
	"bin_count":           BinPush{},
	"bin_emit":            BinPush{},
	"bin_reduce":          BinReducePush{},
	"bin_scan":            BinScanPush{},
	"bin_sort":            BinSortPush{},
	"bin_merge":           BinSortPush{},
	"blur_error":          BlurErrorPush{},
	"blur_moments":        BlurMomentsPush{},
	"blur_ssim":           BlurSSIMPush{},
	"gather_cost":         GatherCostPush{},
	"gather_grad":         GatherGradPush{},
	"project_grad_frame":  ProjectGradFramePush{},
	"removal_cost":        RemovalCostPush{},
	"rasterize_curvature": RasterizeCurvaturePush{},
	"weigh_error":         WeighErrorPush{},
	"loss_grad":           LossGradPush{},
	"loss_ssim":           LossSSIMPush{},
	"rasterize_loss":      RasterizeLossPush{},
	"loss_part":           LossPartPush{},
	"loss_sum":            LossSumPush{},
	"project_grad":        ProjectGradPush{},
	"rasterize":           RasterizePush{},
	"rasterize_grad":      RasterizeGradPush{},
	"splat_project":       SplatProjectPush{},
	"frame_pack":          FramePackPush{},
	"quantize_range":      QuantizePush{},
	"quantize_round":      QuantizePush{},
}

// hostBlocks maps the storage blocks that the host reads or writes to their Go structs, by the GLSL name of their first
// member.
var hostBlocks = map[string]any{
	"step":    Step{},
	"steps":   Step{},
	"reports": Report{},
}

// TestLayouts compares every Go struct with the layout of the same memory in the SPIR-V.
func TestLayouts(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range Names() {
		blocks, err := layout(name)
		if err != nil {
			t.Fatal(err)
		}
		push, ok := pushBlocks[name]
		switch {
		case ok:
			compareLayout(t, name+" push", blocks.Push, push)
		case len(blocks.Push) > 0:
			t.Errorf("kernel %s has push constants, but pushBlocks has no Go struct for them", name)
		}
		for _, b := range blocks.Buffers {
			first := b.Members[0]
			host, ok := hostBlocks[first.Name]
			if !ok {
				continue
			}
			seen[first.Name] = true
			members := b.Members
			if len(members) == 1 && len(first.Fields) > 0 {
				members = first.Fields
			}
			compareLayout(t, name+" "+first.Name, members, host)
		}
	}
	for name := range pushBlocks {
		if _, err := Load(name); err != nil {
			t.Error(err)
		}
	}
	for name := range hostBlocks {
		if !seen[name] {
			t.Errorf("no kernel has a block that begins with %s", name)
		}
	}
}

// The engine allocates ErrorSumsBytes for each sum that a kernel of the loss writes.
func TestErrorSumsBytes(t *testing.T) {
	blocks, err := layout("loss_part")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks.Buffers {
		if m := b.Members[0]; m.Name == "partial_error" {
			if m.Stride != ErrorSumsBytes {
				t.Errorf("the sums take %d bytes, ErrorSumsBytes is %d", m.Stride, ErrorSumsBytes)
			}
			return
		}
	}
	t.Error("loss_part reads no partial_error")
}

func compareLayout(t *testing.T, what string, members []Member, v any) {
	t.Helper()
	s := reflect.TypeOf(v)
	if s.NumField() != len(members) {
		t.Errorf("%s: %d members in GLSL, %d fields in %T", what, len(members), s.NumField(), v)
		return
	}
	for i, m := range members {
		f := s.Field(i)
		if plainName(f.Name) != plainName(m.Name) || int(f.Offset) != m.Offset || int(f.Type.Size()) != m.Size {
			t.Errorf("%s: member %d is %s at %d, %d bytes; %T has %s at %d, %d bytes",
				what, i, m.Name, m.Offset, m.Size, v, f.Name, f.Offset, f.Type.Size())
		}
		if len(m.Fields) > 0 {
			compareLayout(t, what+" "+m.Name, m.Fields, reflect.Zero(f.Type).Interface())
		}
	}
}

// plainName maps InverseScale and inverse_scale to the same name.
func plainName(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// layout reads the blocks of a built-in kernel.
func layout(name string) (Blocks, error) {
	k, err := Load(name)
	if err != nil {
		return Blocks{}, err
	}
	l, err := k.Blocks()
	if err != nil {
		return Blocks{}, fmt.Errorf("kernel %s: %w", name, err)
	}
	return l, nil
}
