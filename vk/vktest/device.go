// Package vktest opens the device for GPU tests. Validation is on if the layer is installed, new memory is filled with
// NaN, and any validation message is a failure.
package vktest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"igs/internal/fault"
	"igs/vk"
)

// RequireGPU is an environment variable. If it is 1, tests fail instead of being skipped when there is no device.
const RequireGPU = "IGS_REQUIRE_GPU"

// The devices that the tests of a package share, so that pipelines are compiled once: with the validation layer, and
// without it.
var shared, plain *vk.Device

// refuse decides whether the shared devices refuse an allocation. It is nil when they grant all.
var refuse func() bool

// Main runs the tests of a package and closes the shared device. It fails if the validation layer then reports a
// message.
//
//	func TestMain(m *testing.M) { vktest.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main without the exit. It returns the exit code.
func Run(m *testing.M) int {
	code := m.Run()
	if plain != nil {
		plain.Close()
	}
	if shared != nil {
		said := len(shared.Messages())
		shared.Close()
		for _, text := range shared.Messages()[said:] {
			fmt.Fprintln(os.Stderr, "validation, when the device was closed:", text)
			code = max(code, 1)
		}
	}
	return code
}

// Open returns the device that the tests of a package share, and resets its peaks. A test that leaves memory on it
// fails. Tests that use it must not run in parallel.
func Open(t testing.TB) *vk.Device {
	t.Helper()
	if shared == nil {
		shared = open(t, vk.Options{Validation: true, FailAllocation: refuses})
	}
	return watched(t, shared)
}

// OpenPlain returns a device without the validation layer and without threads of its own, which the tests of a package
// share too. It is for tests that repeat work. Other tests must do the same work with Open: the layer doubles the time of a
// short run, and threads add a fifth. A result that has the same bits on both devices does not depend on the order of
// threads.
func OpenPlain(t testing.TB) *vk.Device {
	t.Helper()
	if plain == nil {
		plain = open(t, vk.Options{FailAllocation: refuses})
	}
	return watched(t, plain)
}

// Refuse lets the shared devices ask fail before each allocation until the test ends. They refuse it if fail returns true.
// A test does not need a device of its own for this.
func Refuse(t testing.TB, fail func() bool) {
	refuse = fail
	t.Cleanup(func() { refuse = nil })
}

func refuses(int) bool { return refuse != nil && refuse() }

// watched resets the peaks of a shared device. A test fails if it leaves memory on it, or causes a validation message.
func watched(t testing.TB, d *vk.Device) *vk.Device {
	t.Helper()
	d.ResetPeak()
	said, held := len(d.Messages()), Held(d)
	t.Cleanup(func() {
		complain(t, d.Messages()[said:])
		if now := Held(d); now != held {
			t.Errorf("%d bytes were held before the test, %d are held after it: %+v", held, now, d.Usage().Groups)
		}
	})
	return d
}

// Held returns the memory in use without the staging buffer, which a device makes once and keeps.
func Held(d *vk.Device) int64 {
	u := d.Usage()
	for _, g := range u.Groups {
		if g.Group == "staging" {
			return u.Now - g.Now
		}
	}
	return u.Now
}

// OpenWith opens a device for one test, which is closed when the test ends. Validation and Poison are always on.
func OpenWith(t testing.TB, o vk.Options) *vk.Device {
	t.Helper()
	o.Validation = true
	d := open(t, o)
	t.Cleanup(func() {
		d.Close()
		complain(t, d.Messages())
	})
	return d
}

// OpenPlainWith is OpenWith without the validation layer.
func OpenPlainWith(t testing.TB, o vk.Options) *vk.Device {
	t.Helper()
	o.Validation = false
	d := open(t, o)
	t.Cleanup(d.Close)
	return d
}

// OneThread makes lavapipe work in the thread that submits, for the devices that are opened and the processes that are
// started before the returned function is called. It wakes threads for each kernel otherwise, which takes longer than the
// kernel when the picture is small.
func OneThread() (restore func()) {
	const name = "LP_NUM_THREADS"
	if _, set := os.LookupEnv(name); set {
		return func() {}
	}
	os.Setenv(name, "0")
	return func() { os.Unsetenv(name) }
}

func complain(t testing.TB, messages []string) {
	t.Helper()
	for _, m := range messages {
		t.Errorf("validation: %s", m)
	}
}

func open(t testing.TB, o vk.Options) *vk.Device {
	t.Helper()
	o.Poison = true
	if !o.Validation {
		defer OneThread()()
	}
	d, err := vk.Open(o)
	if err != nil && strings.Contains(err.Error(), "VK_LAYER_KHRONOS_validation") {
		t.Log("the validation layer is not installed: this run does not detect wrong use of Vulkan")
		o.Validation = false
		d, err = vk.Open(o)
	}
	if err != nil {
		if fault.Code(err) == fault.NoVulkan && os.Getenv(RequireGPU) != "1" {
			t.Skipf("no Vulkan device: %v", err)
		}
		t.Fatal(err)
	}
	return d
}

// Long skips a test of more than a second where go test -short asks for tests of seconds in all.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes more than a second, and -short is set")
	}
}
