package engine

import (
	"testing"

	"igs/imageio"
	"igs/memory"
	"igs/splat"
	"igs/vk"
	"igs/vk/vktest"
)

func TestMain(m *testing.M) { vktest.Main(m) }

// opened returns an engine with the first plan that the request has, and closes it when the test ends.
func opened(t *testing.T, dev *vk.Device, target *imageio.Samples, p *splat.Splats, request memory.Request, set Setup) *Engine {
	t.Helper()
	plan, err := memory.Choose(request, set.Limits)
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(dev, target, p, plan, set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}
