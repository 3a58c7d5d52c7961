package shaders

import "slices"

// block is a basic block of a function: words first to end of the code. It begins with its label.
type block struct {
	first, end int
	next       []uint32 // labels of the blocks that may come next, with the known conditions
	named      []uint32 // labels in its branch and in its merge instruction
	again      uint32   // label of the continue target, if it is the header of a loop
}

// reached returns the code without the blocks that no invocation reaches, where known are values of constants by id. The
// kernels of igs ask for their constants in many branches. Drivers drop the other side too, but lavapipe takes a third of
// its compile time for that, and Metal compilers get the whole source.
//
// A block that is left out stays as its label and OpUnreachable where another block names it, so the structure of the control
// flow stays valid. Code in which a loop never comes to its continue target is returned as it is, and so is code that is malformed.
func reached(code []uint32, known map[uint32]uint32) []uint32 {
	if spirvHeader+eachInstruction(code[spirvHeader:], func(int, instruction) {}) < len(code) {
		return code
	}
	blocks, roots := blocksOf(code, known)
	live, named := map[uint32]bool{}, map[uint32]bool{}
	for work := roots; len(work) > 0; {
		label := work[len(work)-1]
		if work = work[:len(work)-1]; live[label] {
			continue
		}
		live[label] = true
		b := blocks[label]
		if b == nil {
			return code
		}
		work = append(work, b.next...)
		for _, other := range b.named {
			named[other] = true
		}
	}
	gone := map[uint32]bool{} // ids that are defined in blocks that are left out
	for label, b := range blocks {
		if live[label] {
			if b.again != 0 && !live[b.again] {
				return code
			}
			continue
		}
		gone[label] = !named[label]
		eachInstruction(code[b.first:b.end], func(_ int, in instruction) {
			if id, ok := in.result(); ok && in.op != opLabel {
				gone[id] = true
			}
		})
	}

	kept := append(make([]uint32, 0, len(code)), code[:spirvHeader]...)
	within := uint32(0) // label of the block; 0 outside of blocks
	eachInstruction(code[spirvHeader:], func(at int, in instruction) {
		words := code[spirvHeader+at:][:1+len(in.args)]
		switch in.op {
		case opFunctionEnd:
			within = 0
		case opLabel:
			within = in.arg(0)
		}
		switch {
		case within != 0 && !live[within]:
			if in.op == opLabel && named[within] {
				kept = append(append(kept, words...), 1<<16|opUnreachable)
			}
		case (in.op == opName || in.op == opDecorate) && gone[in.arg(0)]:
		case in.op == opPhi:
			kept = append(kept, phi(in, live)...)
		default:
			kept = append(kept, words...)
		}
	})
	return kept
}

// blocksOf returns the blocks of all functions by label, and the labels of the first blocks.
func blocksOf(code []uint32, known map[uint32]uint32) (blocks map[uint32]*block, roots []uint32) {
	blocks = map[uint32]*block{}
	var b *block
	first := false
	eachInstruction(code[spirvHeader:], func(at int, in instruction) {
		at += spirvHeader
		switch in.op {
		case opFunction:
			first = true
		case opLabel:
			b = &block{first: at}
			blocks[in.arg(0)] = b
			if first {
				roots, first = append(roots, in.arg(0)), false
			}
		}
		if b == nil {
			return
		}
		b.end = at + 1 + len(in.args)
		switch in.op {
		case opLoopMerge:
			b.again = in.arg(1)
			b.named = append(b.named, in.arg(0), in.arg(1))
		case opSelectionMerge:
			b.named = append(b.named, in.arg(0))
		case opBranch, opBranchConditional, opSwitch:
			targets := in.targets()
			b.named = append(b.named, targets...)
			b.next = targets
			if value, ok := known[in.arg(0)]; ok && in.op == opBranchConditional {
				b.next = targets[:1]
				if value == 0 {
					b.next = targets[1:]
				}
			}
			b = nil
		case opKill, opReturn, opReturnValue, opUnreachable:
			b = nil
		}
	})
	return blocks, roots
}

// targets returns the labels to which a branch may lead. Those of a conditional branch are for true and for false.
func (in instruction) targets() (labels []uint32) {
	switch in.op {
	case opBranch:
		return []uint32{in.arg(0)}
	case opBranchConditional:
		return []uint32{in.arg(1), in.arg(2)}
	}
	labels = []uint32{in.arg(1)}
	for i := 3; i < len(in.args); i += 2 { // after each value of 32 bits
		labels = append(labels, in.args[i])
	}
	return labels
}

// phi returns an OpPhi with the values that come from live blocks.
func phi(in instruction, live map[uint32]bool) []uint32 {
	words := []uint32{0, in.arg(0), in.arg(1)}
	for pair := range slices.Chunk(in.args[min(2, len(in.args)):], 2) {
		if live[pair[len(pair)-1]] {
			words = append(words, pair...)
		}
	}
	words[0] = uint32(len(words))<<16 | opPhi
	return words
}

// result returns the id that an instruction of a function defines.
func (in instruction) result() (id uint32, ok bool) {
	switch in.op {
	case opLabel:
		return in.arg(0), true
	case opNop, opLine, opNoLine, opStore, opCopyMemory, opCopyMemorySized, opImageWrite, opControlBarrier, opMemoryBarrier, opAtomicStore,
		opLoopMerge, opSelectionMerge, opBranch, opBranchConditional, opSwitch, opKill, opReturn, opReturnValue, opUnreachable:
		return 0, false
	}
	return in.arg(1), true
}
