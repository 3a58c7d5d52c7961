package shaders

import (
	"errors"
	"fmt"
	"sort"
)

// needs maps SPIR-V capabilities to device features. 4433 is StorageBuffer16BitAccess and 4434 is
// UniformAndStorageBuffer16BitAccess.
var needs = map[uint32]Capability{
	9: Float16, 10: Float64, 11: Int64, 22: Int16, 4433: Storage16, 4434: Storage16,
}

// kernel reads the interface of the only compute entry point of the module.
func (m *module) kernel() (Kernel, error) {
	var k Kernel
	if len(m.entries) != 1 || m.entries[0] != glComputeModel {
		return k, fmt.Errorf("%d entry points, want one compute entry point", len(m.entries))
	}
	found := map[uint32]*Binding{}
	for _, v := range m.variables {
		if err := m.addVariable(&k, found, v); err != nil {
			return k, err
		}
	}
	for _, b := range found {
		k.Bindings = append(k.Bindings, *b)
	}
	sort.Slice(k.Bindings, func(i, j int) bool { return k.Bindings[i].Index < k.Bindings[j].Index })
	m.setSize(&k)
	k.Constants = m.specialisation()
	seen := map[Capability]bool{}
	for _, c := range m.capabilities {
		if need, ok := needs[c]; ok && !seen[need] {
			seen[need] = true
			k.Needs = append(k.Needs, need)
		}
	}
	return k, nil
}

// addVariable adds one module-level variable to the push block or to the bindings.
func (m *module) addVariable(k *Kernel, found map[uint32]*Binding, v instruction) error {
	id, class := v.arg(1), v.arg(2)
	pointee := m.types[m.types[v.arg(0)].arg(2)]
	switch class {
	case classPushConstant:
		if pointee.op != opTypeStruct {
			return errors.New("the push constants are not a block")
		}
		_, end, err := m.fields(pointee.arg(0), new(int))
		if err != nil {
			return err
		}
		k.PushBytes = max(k.PushBytes, end)
		return nil
	case classStorageBuffer, classUniform, classUniformConstant:
		return m.addBinding(found, id, class, pointee)
	}
	return nil // inputs, workgroup memory and the like
}

func (m *module) addBinding(found map[uint32]*Binding, id, class uint32, pointee instruction) error {
	index, ok := m.decoration(id, noMember, decorBinding)
	set, okSet := m.decoration(id, noMember, decorDescriptorSet)
	if !ok || !okSet {
		return fmt.Errorf("resource %%%d %s has no set or binding", id, m.names[id])
	}
	if index > 255 {
		return fmt.Errorf("binding number %d is beyond 255", index)
	}
	storage := class == classStorageBuffer
	if class == classUniform {
		_, storage = m.decoration(pointee.arg(0), noMember, decorBufferBlock)
	}
	texel := class == classUniformConstant && m.isTexelBuffer(pointee)
	switch {
	case storage && pointee.op == opTypeStruct && set == 0:
	case texel && set == 1:
	default:
		return fmt.Errorf("binding %d in set %d is neither a storage buffer in set 0 nor a uniform texel buffer in set 1", index, set)
	}
	b := found[index]
	if b == nil {
		b = &Binding{Index: int(index)}
		found[index] = b
	}
	if texel {
		b.Texel = true
		return nil
	}
	access := m.access(id, pointee)
	if b.Storage && b.Access != access { // a second view of the same memory
		access = ReadWrite
	}
	b.Storage, b.Access = true, access
	return nil
}

func (m *module) isTexelBuffer(t instruction) bool {
	if t.op == opTypeSampledImage {
		t = m.types[t.arg(1)]
	}
	const sampled = 1
	return t.op == opTypeImage && t.arg(2) == dimBuffer && t.arg(6) == sampled
}

// access reads the decorations of readonly and writeonly. They are on the variable or on every member of its block.
func (m *module) access(id uint32, block instruction) Access {
	marked := func(decoration uint32) bool {
		if _, ok := m.decoration(id, noMember, decoration); ok {
			return true
		}
		for i := range max(len(block.args)-1, 0) {
			if _, ok := m.decoration(block.arg(0), uint32(i), decoration); !ok {
				return false
			}
		}
		return len(block.args) > 1
	}
	switch {
	case marked(decorNonWritable):
		return ReadOnly
	case marked(decorNonReadable):
		return WriteOnly
	}
	return ReadWrite
}

// setSize sets the workgroup size. The WorkgroupSize built-in overrides the execution mode.
func (m *module) setSize(k *Kernel) {
	for _, mode := range m.modes {
		for i := range k.LocalSize {
			switch {
			case mode.op == opExecutionMode && mode.arg(1) == modeLocalSize:
				k.LocalSize[i] = mode.arg(2 + i)
			case mode.op == opExecutionModeID && mode.arg(1) == modeLocalSizeID:
				k.LocalSize[i], k.sizeConstants[i] = m.fixed(mode.arg(2+i)), m.constant(mode.arg(2+i))
			}
		}
	}
	for id, c := range m.constants {
		if b, ok := m.decoration(id, noMember, decorBuiltIn); !ok || b != builtInWorkgroupSize {
			continue
		}
		for i := range k.LocalSize {
			k.LocalSize[i], k.sizeConstants[i] = m.fixed(c.arg(2+i)), m.constant(c.arg(2+i))
		}
	}
}

// fixed returns the value of a constant that no specialisation can change, else 0.
func (m *module) fixed(id uint32) uint32 {
	if c := m.constants[id]; c.op == opConstant {
		return c.arg(2)
	}
	return 0
}

// constant describes a specialisation constant. A constant without an id cannot be changed, so it gets an id that no
// list is long enough for.
func (m *module) constant(id uint32) Constant {
	c := m.constants[id]
	spec, ok := m.decoration(id, noMember, decorSpecID)
	if !ok {
		spec = ^uint32(0)
	}
	value := c.arg(2)
	if c.op == opSpecConstantTrue {
		value = 1
	}
	return Constant{ID: spec, Name: m.names[id], Default: value}
}

func (m *module) specialisation() []Constant {
	var list []Constant
	for id := range m.constants {
		if _, ok := m.decoration(id, noMember, decorSpecID); ok {
			list = append(list, m.constant(id))
		}
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].ID != list[j].ID {
			return list[i].ID < list[j].ID
		}
		return list[i].Name < list[j].Name
	})
	return list
}
