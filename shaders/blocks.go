package shaders

import (
	"errors"
	"fmt"
	"sort"
)

// Blocks is the layout of the memory that a kernel and Go share. The layout test compares it with the Go structs.
type Blocks struct {
	Push    []Member
	Buffers []Buffer // storage buffers, by binding
}

// Buffer is the block behind one storage binding.
type Buffer struct {
	Binding int
	Members []Member
}

// Member is one field of a block. All numbers are bytes.
type Member struct {
	Name   string // "" when the compiler dropped the names
	Offset int
	Size   int      // 0 for a runtime array
	Stride int      // from element to element; 0 when the member is not an array
	Fields []Member // of a struct, or of the elements of an array of structs
}

// maxMembers bounds the members that a malformed module can expand to. The kernels of igs have dozens.
const maxMembers = 4096

// Blocks reads the blocks from the kernel's code.
func (k Kernel) Blocks() (Blocks, error) {
	var l Blocks
	m, err := readModule(k.Code)
	if err != nil {
		return l, err
	}
	unfolded := 0
	for _, v := range m.variables {
		class := v.arg(2)
		block := m.types[m.types[v.arg(0)].arg(2)]
		if block.op != opTypeStruct || (class != classPushConstant && class != classStorageBuffer && class != classUniform) {
			continue
		}
		members, _, err := m.fields(block.arg(0), &unfolded)
		if err != nil {
			return l, err
		}
		if class == classPushConstant {
			l.Push = members
			continue
		}
		index, _ := m.decoration(v.arg(1), noMember, decorBinding)
		l.Buffers = append(l.Buffers, Buffer{Binding: int(index), Members: members})
	}
	sort.SliceStable(l.Buffers, func(i, j int) bool { return l.Buffers[i].Binding < l.Buffers[j].Binding })
	return l, nil
}

// fields returns the members of a struct type and the offset of the byte after the last one.
func (m *module) fields(id uint32, unfolded *int) (list []Member, end int, err error) {
	t := m.types[id]
	for i, member := range t.args[min(1, len(t.args)):] {
		if *unfolded++; *unfolded > maxMembers {
			return nil, 0, fmt.Errorf("more than %d members in its blocks", maxMembers)
		}
		offset, ok := m.decoration(id, uint32(i), decorOffset)
		if !ok || offset > 1<<30 {
			return nil, 0, fmt.Errorf("member %d of %%%d has no usable offset", i, id)
		}
		f := Member{Name: m.memberNames[memberKey{id, uint32(i)}], Offset: int(offset)}
		if err := m.measure(&f, memberKey{id, uint32(i)}, member, unfolded); err != nil {
			return nil, 0, err
		}
		end = max(end, f.Offset+f.Size)
		list = append(list, f)
	}
	return list, end, nil
}

// measure sets the size, the stride and the fields of a member of the given type.
func (m *module) measure(f *Member, at memberKey, id uint32, unfolded *int) error {
	t, ok := m.types[id]
	if !ok {
		return fmt.Errorf("type %%%d is not declared", id)
	}
	switch t.op {
	case opTypeStruct:
		fields, end, err := m.fields(id, unfolded)
		f.Fields, f.Size = fields, end
		return err
	case opTypeRuntimeArray, opTypeArray:
		return m.measureArray(f, t, unfolded)
	case opTypeMatrix:
		stride, ok := m.decoration(at.ID, at.Member, decorMatrixStride)
		if !ok || stride > 1<<16 || t.arg(2) > 4 {
			return fmt.Errorf("matrix %%%d has no usable stride", id)
		}
		f.Size, f.Stride = int(stride*t.arg(2)), int(stride)
		return nil
	}
	size, err := m.scalarBytes(t)
	f.Size = size
	return err
}

func (m *module) measureArray(f *Member, t instruction, unfolded *int) error {
	stride, ok := m.decoration(t.arg(0), noMember, decorArrayStride)
	if !ok || stride > 1<<30 {
		return fmt.Errorf("array %%%d has no usable stride", t.arg(0))
	}
	f.Stride = int(stride)
	element, ok := m.types[t.arg(1)]
	if !ok {
		return fmt.Errorf("type %%%d is not declared", t.arg(1))
	}
	if element.op == opTypeStruct {
		fields, _, err := m.fields(t.arg(1), unfolded)
		if err != nil {
			return err
		}
		f.Fields = fields
	}
	if t.op == opTypeArray {
		length := m.fixed(t.arg(2))
		if uint64(length)*uint64(stride) > 1<<30 {
			return errors.New("an array in a block is longer than 1 GiB")
		}
		f.Size = int(length * stride)
	}
	return nil
}

// scalarBytes is the size of a number or a vector of numbers.
func (m *module) scalarBytes(t instruction) (int, error) {
	count := uint32(1)
	if t.op == opTypeVector {
		count = t.arg(2)
		t = m.types[t.arg(1)]
	}
	if (t.op != opTypeInt && t.op != opTypeFloat) || t.arg(1) > 64 || count > 4 {
		return 0, fmt.Errorf("type %%%d has no size in memory", t.arg(0))
	}
	return int(count * t.arg(1) / 8), nil
}
