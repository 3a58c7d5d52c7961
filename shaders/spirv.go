package shaders

import (
	"errors"
	"fmt"
)

// Numbers of the SPIR-V specification.
const (
	spirvMagic     = 0x07230203
	spirvSwapped   = 0x03022307
	spirvHeader    = 5 // words
	noMember       = ^uint32(0)
	glComputeModel = 5
)

const (
	opName                  = 5
	opMemberName            = 6
	opEntryPoint            = 15
	opExecutionMode         = 16
	opCapability            = 17
	opTypeBool              = 20
	opTypeInt               = 21
	opTypeFloat             = 22
	opTypeVector            = 23
	opTypeMatrix            = 24
	opTypeImage             = 25
	opTypeSampledImage      = 27
	opTypeArray             = 28
	opTypeRuntimeArray      = 29
	opTypeStruct            = 30
	opTypePointer           = 32
	opConstantTrue          = 41
	opConstantFalse         = 42
	opConstant              = 43
	opConstantComposite     = 44
	opConstantNull          = 46
	opSpecConstantTrue      = 48
	opSpecConstantFalse     = 49
	opSpecConstant          = 50
	opSpecConstantComposite = 51
	opSpecConstantOp        = 52
	opFunction              = 54
	opVariable              = 59
	opDecorate              = 71
	opMemberDecorate        = 72
	opExecutionModeID       = 331
)

// Operations of functions: those that end or shape blocks, and those without a result.
const (
	opNop               = 0
	opLine              = 8
	opFunctionEnd       = 56
	opStore             = 62
	opCopyMemory        = 63
	opCopyMemorySized   = 64
	opImageWrite        = 99
	opControlBarrier    = 224
	opMemoryBarrier     = 225
	opAtomicStore       = 228
	opPhi               = 245
	opLoopMerge         = 246
	opSelectionMerge    = 247
	opLabel             = 248
	opBranch            = 249
	opBranchConditional = 250
	opSwitch            = 251
	opKill              = 252
	opReturn            = 253
	opReturnValue       = 254
	opUnreachable       = 255
	opNoLine            = 317
)

// Operations of OpSpecConstantOp.
const (
	opCompositeExtract  = 81
	opSNegate           = 126
	opIAdd              = 128
	opISub              = 130
	opIMul              = 132
	opUDiv              = 134
	opUMod              = 137
	opLogicalEqual      = 164
	opLogicalNotEqual   = 165
	opLogicalOr         = 166
	opLogicalAnd        = 167
	opLogicalNot        = 168
	opSelect            = 169
	opIEqual            = 170
	opINotEqual         = 171
	opUGreaterThan      = 172
	opSGreaterThan      = 173
	opUGreaterThanEqual = 174
	opSGreaterThanEqual = 175
	opULessThan         = 176
	opSLessThan         = 177
	opULessThanEqual    = 178
	opSLessThanEqual    = 179
	opShiftRightLogical = 194
	opShiftLeftLogical  = 196
	opBitwiseOr         = 197
	opBitwiseXor        = 198
	opBitwiseAnd        = 199
	opNot               = 200
)

const (
	decorSpecID        = 1
	decorBlock         = 2
	decorBufferBlock   = 3
	decorArrayStride   = 6
	decorMatrixStride  = 7
	decorBuiltIn       = 11
	decorNonWritable   = 24
	decorNonReadable   = 25
	decorBinding       = 33
	decorDescriptorSet = 34
	decorOffset        = 35

	builtInWorkgroupSize = 25

	classUniformConstant = 0
	classUniform         = 2
	classPushConstant    = 9
	classStorageBuffer   = 12

	modeLocalSize   = 17
	modeLocalSizeID = 38

	dimBuffer = 5
)

// module holds what one pass over the instructions collects, by result id. It uses maps, because a malformed file can
// claim any id bound in its header.
type module struct {
	names        map[uint32]string
	memberNames  map[memberKey]string
	decorations  map[memberKey]map[uint32]uint32 // decoration -> first operand
	types        map[uint32]instruction
	constants    map[uint32]instruction
	variables    []instruction // in file order, without function-local ones
	entries      []uint32
	modes        []instruction
	capabilities []uint32
}

// memberKey names an id (Member == noMember) or one member of a struct type.
type memberKey struct{ ID, Member uint32 }

type instruction struct {
	op   uint32
	args []uint32 // the words after the first
}

// arg returns operand i, or 0 when the instruction is shorter.
func (in instruction) arg(i int) uint32 {
	if i < len(in.args) {
		return in.args[i]
	}
	return 0
}

// eachInstruction calls do with each instruction and the word at which it begins. It stops at one that runs past the end, and
// returns where it stopped.
func eachInstruction(code []uint32, do func(at int, in instruction)) (at int) {
	for at < len(code) {
		n := int(code[at] >> 16)
		if n == 0 || n > len(code)-at {
			return at
		}
		do(at, instruction{op: code[at] & 0xffff, args: code[at+1 : at+n]})
		at += n
	}
	return at
}

func readModule(code []uint32) (*module, error) {
	if len(code) < spirvHeader {
		return nil, errors.New("SPIR-V is cut short in its header")
	}
	if code[0] == spirvSwapped {
		return nil, errors.New("SPIR-V is big-endian")
	}
	if code[0] != spirvMagic {
		return nil, fmt.Errorf("not SPIR-V: the file begins with %#08x", code[0])
	}
	m := &module{
		names:       map[uint32]string{},
		memberNames: map[memberKey]string{},
		decorations: map[memberKey]map[uint32]uint32{},
		types:       map[uint32]instruction{},
		constants:   map[uint32]instruction{},
	}
	for at := spirvHeader; at < len(code); {
		n := int(code[at] >> 16)
		if n == 0 || n > len(code)-at {
			return nil, fmt.Errorf("SPIR-V instruction at word %d runs past the end", at)
		}
		in := instruction{op: code[at] & 0xffff, args: code[at+1 : at+n]}
		if in.op == opFunction {
			break // interfaces are declared before the first function
		}
		m.collect(in)
		at += n
	}
	return m, nil
}

func (m *module) collect(in instruction) {
	switch in.op {
	case opName:
		m.names[in.arg(0)] = text(in.args, 1)
	case opMemberName:
		m.memberNames[memberKey{in.arg(0), in.arg(1)}] = text(in.args, 2)
	case opEntryPoint:
		m.entries = append(m.entries, in.arg(0))
	case opExecutionMode, opExecutionModeID:
		m.modes = append(m.modes, in)
	case opCapability:
		m.capabilities = append(m.capabilities, in.arg(0))
	case opDecorate:
		m.decorate(memberKey{in.arg(0), noMember}, in.arg(1), in.arg(2))
	case opMemberDecorate:
		m.decorate(memberKey{in.arg(0), in.arg(1)}, in.arg(2), in.arg(3))
	case opTypeBool, opTypeInt, opTypeFloat, opTypeVector, opTypeMatrix, opTypeImage,
		opTypeSampledImage, opTypeArray, opTypeRuntimeArray, opTypeStruct, opTypePointer:
		m.types[in.arg(0)] = in
	case opConstant, opConstantComposite, opSpecConstantTrue, opSpecConstantFalse,
		opSpecConstant, opSpecConstantComposite:
		m.constants[in.arg(1)] = in
	case opVariable:
		m.variables = append(m.variables, in)
	}
}

func (m *module) decorate(key memberKey, decoration, operand uint32) {
	if m.decorations[key] == nil {
		m.decorations[key] = map[uint32]uint32{}
	}
	m.decorations[key][decoration] = operand
}

func (m *module) decoration(id, member, decoration uint32) (uint32, bool) {
	v, ok := m.decorations[memberKey{id, member}][decoration]
	return v, ok
}

// text decodes the zero-terminated string that starts at operand i.
func text(args []uint32, i int) string {
	var b []byte
	for ; i < len(args); i++ {
		for shift := 0; shift < 32; shift += 8 {
			c := byte(args[i] >> shift)
			if c == 0 {
				return string(b)
			}
			b = append(b, c)
		}
	}
	return string(b)
}
