package shaders

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shared lists values of the constants that all kernels have: texels, float16, channels.
var shared = [][]uint32{{1, 0, 3}, {0, 0, 4}, {0, 1, 1}, {1, 1, 12}}

// own lists values of the constants after the shared ones, for a GPU and for a CPU.
var own = map[string][][]uint32{
	"rasterize":           {{0, 0, 2, 10, 8}, {0, 0, 8, 4, 2}},
	"rasterize_loss":      {{1, 0, 2, 10, 8}, {0, 0, 8, 4, 2}},
	"rasterize_grad":      {{4, 32}, {1, 8}},
	"removal_cost":        {{1, 32}, {0, 8}},
	"rasterize_curvature": {{32}, {8}},
	"bin_count":           {{1, 256}, {0, 64}},
	"bin_emit":            {{1, 128}, {0, 64}},
	"loss_grad":           {{0, 1, 0}, {1, 0, 0}},
	"blur_moments":        {{1, 1}, {0, 0}},
	"project_grad":        {{1, 1}},
	"project_grad_frame":  {{0, 1}},
}

// eachPlain calls do for every kernel with its defaults and with several specialisations that give other code.
func eachPlain(t *testing.T, do func(whole, plain Kernel, spec []uint32)) {
	for _, name := range Names() {
		k, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		lists := append([][]uint32{{}}, shared...)
		for i := range own[name] {
			lists = append(lists, slices.Concat(shared[i], own[name][i]))
		}
		seen := map[string]bool{}
		for _, spec := range lists {
			plain, err := k.Plain(spec...)
			if err != nil {
				t.Errorf("kernel %s, %v: %v", name, spec, err)
				continue
			}
			code := string(bytesOf(plain.Code))
			if seen[code] {
				continue
			}
			seen[code] = true
			do(k, plain, spec)
		}
	}
}

func bytesOf(code []uint32) []byte {
	var data []byte
	for _, w := range code {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	return data
}

// tool runs a program with the arguments and the file of a kernel's code, and returns its output. It skips the test
// when the program is not installed.
func tool(t *testing.T, k Kernel, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	file := filepath.Join(t.TempDir(), "kernel.spv")
	if err := os.WriteFile(file, bytesOf(k.Code), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, append(args, file)...).CombinedOutput()
	if err != nil {
		t.Errorf("%s, %s %v: %v\n%s", k.Name, name, args, err, out)
	}
	return string(out)
}

// A plain kernel has no specialisation constants, and its workgroups have the chosen size.
func TestPlainIsWithoutConstantsToChoose(t *testing.T) {
	eachPlain(t, func(whole, plain Kernel, spec []uint32) {
		again, err := Parse(plain.Name, bytesOf(plain.Code))
		if err != nil {
			t.Fatal(err)
		}
		if len(again.Constants) > 0 || len(plain.Constants) > 0 {
			t.Errorf("%s %v still has %v", plain.Name, spec, again.Constants)
		}
		for at := spirvHeader; at < len(plain.Code); at += int(plain.Code[at] >> 16) {
			if op := plain.Code[at] & 0xffff; op >= opSpecConstantTrue && op <= opSpecConstantOp {
				t.Errorf("%s %v still has an instruction %d", plain.Name, spec, op)
			}
		}
		want := whole.Size(spec...)
		for at := spirvHeader; at < len(plain.Code); at += int(plain.Code[at] >> 16) {
			mode := plain.Code[at : at+int(plain.Code[at]>>16)]
			if mode[0]&0xffff == opExecutionMode && mode[2] == modeLocalSize && [3]uint32(mode[3:6]) != want {
				t.Errorf("%s %v: its mode says workgroups of %v, want %v", plain.Name, spec, mode[3:6], want)
			}
		}
		if plain.LocalSize != want || plain.Size() != want || again.Size() != want {
			t.Errorf("%s %v: workgroups of %v and, read again, %v; want %v", plain.Name, spec, plain.Size(), again.Size(), want)
		}
	})
}

// provenFile lists the plain kernels that spirv-val and spirv-opt have accepted: name, values, SHA-256 of the kernel and the plain one.
const provenFile = "testdata/plain.txt"

// A plain kernel is valid, and gives the same values as spirv-opt. The tools take seconds for all kernels, so they look at those that
// are not in the list of the accepted ones, at all of them with IGS_STRESS=1, and with -update, which writes the list anew.
func TestPlainIsProven(t *testing.T) {
	list, err := os.ReadFile(provenFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	proven := map[string]bool{}
	for line := range strings.Lines(string(list)) {
		proven[strings.TrimRight(line, "\r\n")] = true
	}
	again := *update || os.Getenv("IGS_STRESS") != ""
	var accepted strings.Builder
	eachPlain(t, func(whole, plain Kernel, spec []uint32) {
		line := fmt.Sprintf("%s %v %x", plain.Name, spec, sha256.Sum256(slices.Concat(bytesOf(whole.Code), bytesOf(plain.Code))))
		fmt.Fprintln(&accepted, line)
		if !proven[line] && !*update {
			t.Errorf("%s %v is not in %s: if spirv-val and spirv-opt accept it, scripts/shaders.sh adds it", plain.Name, spec, provenFile)
		}
		if again || !proven[line] {
			tool(t, plain, "spirv-val", "--target-env", "vulkan1.1")
			sameForOptimiser(t, whole, plain, spec)
		}
	})
	if *update && !t.Failed() {
		if err := os.WriteFile(provenFile, []byte(accepted.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withoutSize returns the code without the workgroup size in its execution mode, which spirv-opt does not change.
func withoutSize(t *testing.T, data string) string {
	t.Helper()
	code, err := words([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	for at := spirvHeader; at < len(code); at += int(code[at] >> 16) {
		if code[at]&0xffff == opExecutionMode && code[at+2] == modeLocalSize {
			copy(code[at+3:], []uint32{0, 0, 0})
		}
	}
	return string(bytesOf(code))
}

// sameForOptimiser fails the test when a plain kernel differs from what spirv-opt makes of the whole one with the same values.
func sameForOptimiser(t *testing.T, whole, plain Kernel, spec []uint32) {
	t.Helper()
	tidy := []string{"--strip-debug", "--fold-spec-const-op-composite", "--unify-const", "--eliminate-dead-branches", "--eliminate-dead-branches", "--simplify-instructions", "--eliminate-dead-const", "--compact-ids", "-o", "/dev/stdout"}
	m, err := readModule(whole.Code)
	if err != nil {
		t.Fatal(err)
	}
	truths := map[uint32]bool{}
	for id, c := range m.constants {
		number, _ := m.decoration(id, noMember, decorSpecID)
		truths[number] = truths[number] || c.op == opSpecConstantTrue || c.op == opSpecConstantFalse
	}
	var chosen []string
	for _, c := range whole.Constants {
		if uint64(c.ID) >= uint64(len(spec)) || slices.ContainsFunc(chosen, func(s string) bool { return strings.HasPrefix(s, fmt.Sprintf("%d:", c.ID)) }) {
			continue
		}
		value := fmt.Sprint(spec[c.ID])
		if truths[c.ID] {
			value = fmt.Sprint(spec[c.ID] != 0)
		}
		chosen = append(chosen, fmt.Sprintf("%d:%s", c.ID, value))
	}
	freeze := []string{"--freeze-spec-const"}
	if len(chosen) > 0 {
		freeze = []string{"--set-spec-const-default-value", strings.Join(chosen, " "), "--freeze-spec-const"}
	}
	want, got := tool(t, whole, "spirv-opt", append(freeze, tidy...)...), tool(t, plain, "spirv-opt", tidy...)
	if withoutSize(t, want) != withoutSize(t, got) {
		t.Errorf("%s %v differs from the output of spirv-opt", plain.Name, spec)
	}
}

// walks maps kernels that compute exponents to the least number of `precise` distances in them.
var walks = map[string]int{"rasterize": 4, "rasterize_loss": 4, "rasterize_grad": 2, "removal_cost": 2, "rasterize_curvature": 2}

// bin_count and bin_emit decide for each tile whether a splat reaches it. When they differ, a list is written past its
// end. So compilers must not contract or reorder any of their operations. (An fma is one operation. Compilers that
// unroll loops drop the decoration from copies.)
func TestBinningIsPrecise(t *testing.T) {
	const noContraction, fNegate, fAdd, fSub, fMul, fDiv = 42, 127, 129, 131, 133, 136
	for _, name := range []string{"bin_count", "bin_emit"} {
		k, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := readModule(k.Code)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for at := spirvHeader; at < len(k.Code); at += int(k.Code[at] >> 16) {
			switch k.Code[at] & 0xffff {
			case fNegate, fAdd, fSub, fMul, fDiv:
				seen++
				if _, ok := m.decoration(k.Code[at+2], noMember, noContraction); !ok {
					t.Errorf("%s: instruction %d at word %d is not precise", name, k.Code[at]&0xffff, at)
				}
			}
		}
		if seen < 100 {
			t.Errorf("%s: %d operations", name, seen)
		}
	}
}

// toInfinity matches a comparison of a float with a limit that no picture reaches: a guard against NaN that fast math
// may remove. number.glsl has `below` instead.
var toInfinity = regexp.MustCompile(`[<>]=? (\d{17,}\.\d|[0-9.]+e\+(1[89]|[23]\d))`)

// The Metal source that MoltenVK makes of a kernel has no specialisation constants, compares no float that may be NaN,
// and computes the exponents in the written order.
func TestPlainBecomesMetal(t *testing.T) {
	eachPlain(t, func(_, plain Kernel, spec []uint32) {
		source := tool(t, plain, "spirv-cross", "--msl", "--msl-version", "20100", "--msl-texture-buffer-native")
		for _, word := range []string{"function_constant", "SPIRV_CROSS_CONSTANT_ID"} {
			if strings.Contains(source, word) {
				t.Errorf("%s %v: %s in its Metal source", plain.Name, spec, word)
			}
		}
		if !strings.Contains(source, "kernel void main0(") {
			t.Errorf("%s %v: no kernel in its Metal source", plain.Name, spec)
		}
		if guard := toInfinity.FindString(source); guard != "" {
			t.Errorf("%s %v compares floats: %s", plain.Name, spec, guard)
		}
		if apart := strings.Count(source, " = spvFSub("); walks[plain.Name] > apart {
			t.Errorf("%s %v: %d precise differences, want %d", plain.Name, spec, apart, walks[plain.Name])
		}
	})
}
