package session

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"igs/configs"
	"igs/vk"
	"igs/vk/vktest"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "igs-session-*")
	if err != nil {
		panic(err)
	}
	wholes = dir
	code := vktest.Run(m)
	if second != nil {
		second.Close()
	}
	os.RemoveAll(dir)
	os.Exit(code)
}

// wholes is the folder of the sessions that several tests compare with.
var wholes string

// whole trains a job once for all tests that compare with it, on the device that is given first.
type whole struct {
	name   string
	result *Result
	seen   *witness
}

func (w *whole) train(t *testing.T, dev *vk.Device, job *configs.Job) (*Result, *witness) {
	t.Helper()
	if w.result == nil {
		if err := job.Set("output.dir", filepath.Join(wholes, w.name), "test"); err != nil {
			t.Fatal(err)
		}
		w.result, w.seen = side(context.Background(), t, job, Options{Devices: on(dev)}, 0)
	}
	return w.result, w.seen
}

var wholeSmall, wholeSide = whole{name: "small"}, whole{name: "side"}

// second is a second device without the validation layer, and secondIsFull makes it refuse memory.
var (
	second       *vk.Device
	secondIsFull atomic.Bool
)

// secondDevice returns the second device, which tests share. A test that leaves memory on it fails.
func secondDevice(t *testing.T) *vk.Device {
	t.Helper()
	vktest.OpenPlain(t) // skips the test if there is no device
	if second == nil {
		defer vktest.OneThread()()
		opened, err := vk.Open(vk.Options{Poison: true, FailAllocation: func(int) bool { return secondIsFull.Load() }})
		if err != nil {
			t.Fatal(err)
		}
		second = opened
	}
	held := vktest.Held(second)
	t.Cleanup(func() {
		secondIsFull.Store(false)
		if now := vktest.Held(second); now != held {
			t.Errorf("%d bytes are held on the second device, %d before the test", now, held)
		}
	})
	return second
}
