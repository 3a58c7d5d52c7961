package vk

import (
	"os"
	"testing"

	"igs/shaders"
)

// Kernels share a pipeline if the constants that they have are equal, and only then.
func TestPipelineKey(t *testing.T) {
	data, err := os.ReadFile("testdata/saxpy.spv")
	if err != nil {
		t.Fatal(err)
	}
	k, err := shaders.Parse("saxpy", data)
	if err != nil || len(k.Constants) != 1 || k.Constants[0].Default != 1 {
		t.Fatal(k.Constants, err)
	}
	key := keyOf(k, []uint32{64})
	if key == keyOf(k, []uint32{32}) || key == keyOf(k, nil) {
		t.Error("kernels with other constants share a pipeline")
	}
	if key != keyOf(k, []uint32{64, 7}) || keyOf(k, nil) != keyOf(k, []uint32{1}) {
		t.Error("a constant that the kernel does not have, or its default, makes another pipeline")
	}
	other := k
	other.Code = append([]uint32{}, k.Code...)
	other.Code[len(other.Code)-1]++
	if key == keyOf(other, []uint32{64}) {
		t.Error("kernels of other code share a pipeline")
	}
}
