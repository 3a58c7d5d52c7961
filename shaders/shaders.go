// Package shaders owns the GPU programs of igs: the GLSL in glsl/, and the SPIR-V compiled from it in spv/, which is
// committed so that building igs needs no shader compiler. The package reads from the SPIR-V: bindings, access, push
// constants, workgroup size, memory layouts. It does not use the Vulkan API.
//
// Conventions of every kernel: binding i is argument i of a dispatch. Descriptor set 0 holds storage buffers, and set 1
// uniform texel buffers (samplerBuffer, usamplerBuffer) over the same memory. A kernel declares binding i in either set
// or in both. All offsets, sizes and strides are bytes.
//
// scripts/shaders.sh compiles the sources. manifest.txt holds their hashes, so that go test fails when SPIR-V is older
// than its source.
package shaders

import (
	"embed"
	"encoding/binary"
	"fmt"
	"sync"
)

// The prefix all: accepts a folder that holds nothing but a dot file.
//
//go:embed all:spv
var compiled embed.FS

// Access says what a kernel does to the memory behind a binding.
type Access int

const (
	ReadOnly Access = iota
	WriteOnly
	ReadWrite
)

func (a Access) String() string {
	return [...]string{"read", "write", "read and write"}[a]
}

// Reads and Writes are used by the recorder to find hazards.
func (a Access) Reads() bool  { return a != WriteOnly }
func (a Access) Writes() bool { return a != ReadOnly }

// Binding is one argument of a kernel.
type Binding struct {
	Index   int
	Storage bool   // declared in set 0 as a storage buffer
	Texel   bool   // declared in set 1 as a uniform texel buffer
	Access  Access // of the storage buffer; ReadOnly when there is only the texel view
}

// Kernel is one compute program, ready to become a pipeline.
type Kernel struct {
	Name      string
	Code      []uint32
	Bindings  []Binding // ordered by Index; numbers may be skipped
	PushBytes int       // 0: the kernel has no push constants
	LocalSize [3]uint32 // workgroup size; 0 where a specialisation constant sets it
	Constants []Constant
	Needs     []Capability // beyond the features of every Vulkan 1.1 device

	sizeConstants [3]Constant // the constants that set the size, where LocalSize is 0
}

// Size returns the workgroup size when specialisation constant i is spec[i], or its default when spec is shorter.
func (k Kernel) Size(spec ...uint32) [3]uint32 {
	size := k.LocalSize
	for i, c := range k.sizeConstants {
		switch {
		case size[i] != 0:
		case uint64(c.ID) < uint64(len(spec)):
			size[i] = spec[c.ID]
		default:
			size[i] = c.Default
		}
	}
	return size
}

// Constant is one specialisation constant.
type Constant struct {
	ID      uint32
	Name    string // "" when the compiler dropped the names
	Default uint32 // bits
}

// Capability names an optional device feature that a kernel was compiled for.
type Capability string

const (
	Storage16 Capability = "16-bit storage"
	Float16   Capability = "float16 arithmetic"
	Float64   Capability = "float64 arithmetic"
	Int64     Capability = "int64 arithmetic"
	Int16     Capability = "int16 arithmetic"
)

// parsed has the kernels that Load has returned, by name. Every run of a session makes the same few dozen kernels.
var parsed sync.Map

// Load returns the kernel compiled from glsl/name.comp. Its slices are shared by all callers, which only read them.
func Load(name string) (Kernel, error) {
	if k, ok := parsed.Load(name); ok {
		return k.(Kernel), nil
	}
	data, err := compiled.ReadFile("spv/" + name + ".spv")
	if err != nil {
		return Kernel{}, fmt.Errorf("no kernel named %q is built in", name)
	}
	k, err := Parse(name, data)
	if err == nil {
		parsed.Store(name, k)
	}
	return k, err
}

// Parse makes a kernel from a SPIR-V binary that is not built in.
func Parse(name string, data []byte) (Kernel, error) {
	code, err := words(data)
	if err != nil {
		return Kernel{}, fmt.Errorf("kernel %s: %w", name, err)
	}
	m, err := readModule(code)
	if err != nil {
		return Kernel{}, fmt.Errorf("kernel %s: %w", name, err)
	}
	k, err := m.kernel()
	if err != nil {
		return Kernel{}, fmt.Errorf("kernel %s: %w", name, err)
	}
	k.Name, k.Code = name, code
	return k, nil
}

func words(data []byte) ([]uint32, error) {
	if len(data)%4 != 0 {
		return nil, fmt.Errorf("SPIR-V of %d bytes is not whole words", len(data))
	}
	code := make([]uint32, len(data)/4)
	for i := range code {
		code[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	return code, nil
}
