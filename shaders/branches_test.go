package shaders

import (
	"slices"
	"testing"
)

// listing joins instructions to a module.
func listing(instructions ...[]uint32) []uint32 {
	code := make([]uint32, spirvHeader)
	for _, in := range instructions {
		code = append(append(code, uint32(len(in))<<16|in[0]), in[1:]...)
	}
	return code
}

// The ids of the constants true, false, and of a value that is not known.
const yes, no, asked = 1, 2, 3

var truths = map[uint32]uint32{yes: 1, no: 0}

func TestReached(t *testing.T) {
	const never = 50 // the id of a value of a block that is left out
	function, end := []uint32{opFunction, 10, 11, 0, 12}, []uint32{opFunctionEnd}
	got := reached(listing(
		[]uint32{opName, never, 0}, []uint32{opName, 51, 0}, function,
		[]uint32{opLabel, 20}, []uint32{opSelectionMerge, 29, 0}, []uint32{opBranchConditional, yes, 21, 22},
		[]uint32{opLabel, 21}, []uint32{opIAdd, 9, 51, 4, 4}, []uint32{opBranch, 29},
		[]uint32{opLabel, 22}, []uint32{opIAdd, 9, never, 4, 4}, []uint32{opBranchConditional, asked, 23, 29},
		[]uint32{opLabel, 23}, []uint32{opBranch, 29},
		[]uint32{opLabel, 29}, []uint32{opPhi, 9, 52, 51, 21, never, 22, never, 23}, []uint32{opReturn}, end), truths)
	want := listing(
		[]uint32{opName, 51, 0}, function,
		[]uint32{opLabel, 20}, []uint32{opSelectionMerge, 29, 0}, []uint32{opBranchConditional, yes, 21, 22},
		[]uint32{opLabel, 21}, []uint32{opIAdd, 9, 51, 4, 4}, []uint32{opBranch, 29},
		[]uint32{opLabel, 22}, []uint32{opUnreachable},
		[]uint32{opLabel, 29}, []uint32{opPhi, 9, 52, 51, 21}, []uint32{opReturn}, end)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v, want\n%v", got, want)
	}
}

// A loop that never comes to its continue target would need another value for the next turn: it stays.
func TestLoopOfOneTurnStays(t *testing.T) {
	code := listing([]uint32{opFunction, 10, 11, 0, 12},
		[]uint32{opLabel, 20}, []uint32{opBranch, 21},
		[]uint32{opLabel, 21}, []uint32{opLoopMerge, 29, 28, 0}, []uint32{opBranchConditional, no, 28, 29},
		[]uint32{opLabel, 28}, []uint32{opBranch, 21},
		[]uint32{opLabel, 29}, []uint32{opReturn}, []uint32{opFunctionEnd})
	if got := reached(code, truths); !slices.Equal(got, code) {
		t.Errorf("got\n%v, want\n%v", got, code)
	}
}

func TestMalformedCodeStays(t *testing.T) {
	lost := listing([]uint32{opFunction, 10, 11, 0, 12}, []uint32{opLabel, 20}, []uint32{opBranch, 21}, []uint32{opFunctionEnd})
	short := append(listing([]uint32{opFunction, 10, 11, 0, 12}, []uint32{opLabel, 20}, []uint32{opReturn}), 9<<16|opIAdd, 1)
	for _, code := range [][]uint32{lost, short} {
		if got := reached(code, truths); !slices.Equal(got, code) {
			t.Errorf("got\n%v, want\n%v", got, code)
		}
	}
}

// On a CPU the kernels do without the ways for subgroups.
func TestKernelsLoseWhatIsNotReached(t *testing.T) {
	for name, most := range map[string]float64{"rasterize_grad": 0.5, "bin_emit": 0.3} {
		whole, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := whole.Plain(slices.Concat(shared[0], own[name][1])...)
		if err != nil {
			t.Fatal(err)
		}
		if part := float64(len(plain.Code)) / float64(len(whole.Code)); part > most {
			t.Errorf("%s keeps %.2f of its code, want %.2f", name, part, most)
		}
	}
}
