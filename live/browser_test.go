package live

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"igs/event"
	"igs/internal/browsertest"
	"igs/record"
	"igs/splat"
)

func TestMain(m *testing.M) { browsertest.Main(m) }

// model is 40 splats of a picture of 64 × 48 px.
func model() (*splat.Model, error) {
	return &splat.Model{
		Splats: splat.Random(rand.New(rand.NewPCG(7, 1)), 40, 3), W: 64, H: 48, TopK: 10, Gamma: 1, Layers: splat.Plain(3, 8),
		Bits: splat.Bits{XY: 16, Scale: 16, Rot: 16, Feat: 16},
	}, nil
}

// train lets a desk see a training of a run until a page stops it, as a trainer does.
func train(ctx context.Context, d *Desk) (stopped bool) {
	d.Take(event.RunStarted{Run: "a-40-900", Steps: 900, Device: "a device"})
	for step := 1; ctx.Err() == nil; step++ {
		d.Take(event.Stepped{Step: step, Steps: 900, Splats: 40, Loss: 0.1 / float64(step), StepsPerSec: 30, ETA: 12, SweepETA: 70})
		if step%10 == 0 {
			e := event.Evaluated{Step: step, TotalLoss: 0.1 / float64(step), Splats: 40, Bytes: 2048}
			e.PSNR, e.SSIM = 20+float64(step)/10, 0.8
			d.Take(e)
		}
		if d.Due(step) {
			if stop, err := d.Look(ctx, step, model); stop || err != nil {
				d.Take(event.RunEnded{Run: "a-40-900", Status: "done", Step: step})
				return stop
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// The page shows the picture, the curves and the runs of a training that goes on, pauses it, continues it and stops it.
func TestPage(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	b := browsertest.Open(t, 1200, 900, time.Minute)
	d := NewDesk([]Run{{Name: "a-40-900", Status: record.Waiting, Steps: 900}, {Name: "b </script>", Status: record.Waiting, Steps: 900}}, nil)
	server, err := Serve(d, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan bool, 1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { stopped <- train(ctx, d) }()

	until := func(expression string) {
		t.Helper()
		if err := chromedp.Run(b.Ctx, chromedp.Poll(expression, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second))); err != nil {
			t.Fatalf("%s: %v; the browser says %q", expression, err, b.Said())
		}
	}
	text := func(id string) string { return "document.getElementById('" + id + "').textContent" }
	b.Do(chromedp.Navigate(server.URL))
	until(text("message") + " === '' && document.getElementById('canvas').ariaBusy === 'false'")
	colours := browsertest.Value[int](b, `(() => {
		const c = document.getElementById('canvas'), flat = new OffscreenCanvas(c.width, c.height).getContext('2d');
		flat.drawImage(c, 0, 0);
		return new Set(new Uint32Array(flat.getImageData(0, 0, c.width, c.height).data.buffer)).size;
	})()`)
	if colours < 50 {
		t.Errorf("the picture has %d colours", colours)
	}
	until("document.querySelectorAll('#charts figure:not([hidden]) path[d*=L]').length === 3")
	b.Is("document.querySelectorAll('#rows tr').length", "2")
	b.Is("document.querySelector('#rows tr:last-child td').textContent", "b </script>")
	looks(b)

	b.Do(chromedp.Click("#pause", chromedp.ByQuery))
	until(text("phase") + " === 'The run is paused.'")
	b.Do(chromedp.Click("#pause", chromedp.ByQuery))
	until(text("phase") + " === 'The run trains.'")
	b.Do(chromedp.Click("#stop", chromedp.ByQuery))
	if !<-stopped {
		t.Error("the training did not stop")
	}
	until("document.querySelector('#rows td:nth-child(2)').textContent === 'done' && document.getElementById('stop').disabled")
	if err := server.Close(); err != nil {
		t.Error(err)
	}
	until(text("phase") + " === 'The session has ended.'")
	said := slices.DeleteFunc(b.Said(), func(text string) bool { return strings.Contains(text, "stall due to ReadPixels") })
	if len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

// looks: nothing is wider than a phone, the buttons are large enough, and axe finds nothing serious in either theme.
func looks(b *browsertest.Tab) {
	for _, width := range []int64{320, 1200} {
		b.Do(chromedp.EmulateViewport(width, 900))
		b.Is("document.documentElement.scrollWidth <= innerWidth", "true")
	}
	b.Is("[...document.querySelectorAll('button, fieldset label')].filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)", "")
	const modules = "../viewer/node_modules"
	if _, err := os.Stat(modules); err == nil { // without it the rest of the test goes on
		b.Accessible(modules)
	}
}
