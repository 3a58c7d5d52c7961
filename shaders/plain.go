package shaders

import (
	"errors"
	"fmt"
	"slices"
)

// Plain returns the kernel with its specialisation constants replaced by plain constants: constant i is spec[i], or its
// default when spec is shorter. Constants that are computed from them are folded, and blocks that no invocation can reach
// are left out. MoltenVK needs plain constants: in its Metal source a specialisation constant that sizes an array silently
// keeps its default, and an array length that depends on the workgroup size does not compile.
func (k Kernel) Plain(spec ...uint32) (Kernel, error) {
	m, err := readModule(k.Code)
	if err != nil {
		return k, err
	}
	f := specializer{module: m, spec: spec, size: k.Size(spec...), values: map[uint32]uint32{}}
	code := append(make([]uint32, 0, len(k.Code)), k.Code[:spirvHeader]...)
	at := spirvHeader
	for at < len(k.Code) {
		n := int(k.Code[at] >> 16) // readModule has checked the length
		in := instruction{op: k.Code[at] & 0xffff, args: k.Code[at+1 : at+n]}
		if in.op == opFunction {
			break
		}
		out, keep, err := f.plain(in)
		if err != nil {
			return k, err
		}
		if keep {
			code = append(code, uint32(len(out.args)+1)<<16|out.op)
			code = append(code, out.args...)
		}
		at += n
	}
	k.Code = reached(append(code, k.Code[at:]...), f.values)
	k.Constants, k.LocalSize, k.sizeConstants = nil, f.size, [3]Constant{}
	return k, nil
}

// specializer rewrites the declarations of a module.
type specializer struct {
	*module
	spec   []uint32
	size   [3]uint32
	values map[uint32]uint32 // of scalar constants, by id; true is 1
}

// plain returns the rewritten instruction, and whether it is kept.
func (f *specializer) plain(in instruction) (out instruction, keep bool, err error) {
	id := in.arg(1)
	switch in.op {
	case opDecorate:
		return in, id != decorSpecID, nil
	case opExecutionMode, opExecutionModeID:
		if mode := in.arg(1); mode == modeLocalSize || mode == modeLocalSizeID {
			return instruction{opExecutionMode, append([]uint32{in.arg(0), modeLocalSize}, f.size[:]...)}, true, nil
		}
	case opConstant:
		if len(in.args) == 3 {
			f.values[id] = in.arg(2)
		}
	case opConstantTrue, opConstantFalse, opConstantNull:
		f.values[id] = 0
		if in.op == opConstantTrue {
			f.values[id] = 1
		}
	case opSpecConstant, opSpecConstantTrue, opSpecConstantFalse:
		if in.op == opSpecConstant && len(in.args) != 3 {
			return in, false, errors.New("a specialisation constant does not have 32 bits")
		}
		out, err := f.scalar(in.arg(0), id, f.chosen(id, in))
		return out, true, err
	case opSpecConstantComposite:
		return instruction{opConstantComposite, in.args}, true, nil
	case opSpecConstantOp:
		value, err := f.fold(in)
		if err != nil {
			return in, false, fmt.Errorf("specialisation constant %%%d: %w", id, err)
		}
		out, err := f.scalar(in.arg(0), id, value)
		return out, true, err
	}
	return in, true, nil
}

// chosen returns the value of a specialisation constant.
func (f *specializer) chosen(id uint32, in instruction) uint32 {
	if number, ok := f.decoration(id, noMember, decorSpecID); ok && uint64(number) < uint64(len(f.spec)) {
		return f.spec[number]
	}
	if in.op == opSpecConstant {
		return in.arg(2)
	}
	return truth(in.op == opSpecConstantTrue)
}

// scalar declares a constant: a bool or a number of 32 bits.
func (f *specializer) scalar(kind, id, value uint32) (instruction, error) {
	t := f.types[kind]
	switch {
	case t.op == opTypeBool:
		value = truth(value != 0)
		f.values[id] = value
		if value != 0 {
			return instruction{opConstantTrue, []uint32{kind, id}}, nil
		}
		return instruction{opConstantFalse, []uint32{kind, id}}, nil
	case (t.op == opTypeInt || t.op == opTypeFloat) && t.arg(1) == 32:
		f.values[id] = value
		return instruction{opConstant, []uint32{kind, id, value}}, nil
	}
	return instruction{}, fmt.Errorf("specialisation constant %%%d is neither a bool nor a number of 32 bits", id)
}

// fold evaluates an OpSpecConstantOp.
func (f *specializer) fold(in instruction) (uint32, error) {
	op := in.arg(2)
	if op == opCompositeExtract && len(in.args) == 5 {
		whole := f.constants[in.arg(3)]
		if at := in.arg(4); uint64(at) < uint64(max(len(whole.args)-2, 0)) {
			if v, ok := f.values[whole.args[2+at]]; ok {
				return v, nil
			}
		}
		return 0, errors.New("OpCompositeExtract of something other than a composite of known constants")
	}
	var v []uint32
	for _, id := range in.args[min(3, len(in.args)):] {
		known, ok := f.values[id]
		if !ok {
			return 0, fmt.Errorf("%%%d is not a constant declared before it", id)
		}
		v = append(v, known)
	}
	want := 2
	switch {
	case op == opSelect:
		want = 3
	case slices.Contains([]uint32{opLogicalNot, opNot, opSNegate}, op):
		want = 1
	}
	if len(v) != want {
		return 0, fmt.Errorf("operation %d on %d constants", op, len(v))
	}
	return evaluate(op, append(v, 0, 0))
}

// evaluate computes an operation of SPIR-V on bools and numbers of 32 bits. An undefined result is 0.
func evaluate(op uint32, v []uint32) (uint32, error) {
	a, b := v[0], v[1]
	switch op {
	case opIAdd:
		return a + b, nil
	case opISub:
		return a - b, nil
	case opIMul:
		return a * b, nil
	case opUDiv:
		if b == 0 {
			return 0, nil
		}
		return a / b, nil
	case opUMod:
		if b == 0 {
			return 0, nil
		}
		return a % b, nil
	case opSNegate:
		return -a, nil
	case opNot:
		return ^a, nil
	case opShiftRightLogical:
		return a >> b, nil
	case opShiftLeftLogical:
		return a << b, nil
	case opBitwiseOr:
		return a | b, nil
	case opBitwiseXor:
		return a ^ b, nil
	case opBitwiseAnd:
		return a & b, nil
	case opSelect:
		if a != 0 {
			return b, nil
		}
		return v[2], nil
	}
	holds, ok := map[uint32]bool{
		opLogicalEqual: a == b, opLogicalNotEqual: a != b, opLogicalOr: a|b != 0, opLogicalAnd: a&b != 0, opLogicalNot: a == 0,
		opIEqual: a == b, opINotEqual: a != b,
		opUGreaterThan: a > b, opUGreaterThanEqual: a >= b, opULessThan: a < b, opULessThanEqual: a <= b,
		opSGreaterThan: int32(a) > int32(b), opSGreaterThanEqual: int32(a) >= int32(b),
		opSLessThan: int32(a) < int32(b), opSLessThanEqual: int32(a) <= int32(b),
	}[op]
	if !ok {
		return 0, fmt.Errorf("operation %d is not known", op)
	}
	return truth(holds), nil
}

func truth(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}
