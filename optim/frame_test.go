package optim

import (
	"bytes"
	"context"
	"image"
	"math"
	"slices"
	"testing"

	"igs/configs"
	"igs/event"
	"igs/memory"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

func TestPanel(t *testing.T) {
	side, render := configs.Video{Layout: configs.LayoutSide, MaxWidth: 1920}, configs.Video{Layout: "render", MaxWidth: 1920}
	for _, c := range []struct {
		video              configs.Video
		w, h, wantW, wantH int
	}{
		{side, 768, 512, 768, 512},
		{side, 7680, 4320, 960, 540},
		{render, 7680, 4320, 1920, 1080},
		{side, 767, 511, 766, 510}, // even numbers, never larger than the picture
		{render, 100, 10_000, 20, 1920},
		{side, 1, 1, 2, 2},
		{side, 10_000, 1, 960, 2},
	} {
		if w, h := c.video.Panel(c.w, c.h); w != c.wantW || h != c.wantH {
			t.Errorf("%s of %d x %d: %d x %d, want %d x %d", c.video.Layout, c.w, c.h, w, h, c.wantW, c.wantH)
		}
	}
}

// copiedFrame is a frame that was copied before it was released.
type copiedFrame struct {
	Frame
	image *image.RGBA
}

// trainedWithFrames trains on a rung of the ladder and copies the frames, if video is enabled.
func trainedWithFrames(t *testing.T, dev *vk.Device, channels int, video configs.Video, rung int) ([]copiedFrame, *splat.Splats, []event.Evaluated, memory.Plan) {
	t.Helper()
	_, target := reference.RandomScene(11, 36, 42, 1, channels)
	run := shortRun()
	run.Gaussians, run.Video, run.Steps, run.Progressive.AddSteps = 80, video, 12, 4
	var rows []event.Evaluated
	tr, err := NewFrom(dev, target.Samples(8), run, Start{Rung: rung}, func(e event.Event) {
		if e, ok := e.(event.Evaluated); ok {
			rows = append(rows, e)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	var frames []copiedFrame
	if video.Enabled {
		tr.OnFrame(func(f Frame) {
			kept := *f.Image
			kept.Pix = bytes.Clone(kept.Pix)
			frames = append(frames, copiedFrame{f, &kept})
			go f.Release()
		})
	}
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	p, err := tr.Splats()
	if err != nil {
		t.Fatal(err)
	}
	return frames, p, rows, tr.layout
}

// In all modes a frame equals what igs render makes of the splats at the size of the frame. Taking frames does not
// change the training and needs no more memory than planned.
func TestFramesShowTheSplatsAndChangeNothing(t *testing.T) {
	vktest.Long(t)
	checked, plain := vktest.Open(t), vktest.OpenPlain(t)
	// The first two rungs are in memory, stored and recomputed; then come bands, and a streamed target.
	for channels, rungs := range map[int][]int{1: {0, 26}, 3: {0, 1, 12, 26}} {
		type outcome struct {
			splats *splat.Splats
			rows   []event.Evaluated
			plan   memory.Plan
		}
		plainly := map[int]outcome{} // by rung
		for _, c := range []struct {
			every, width int
			layout       configs.VideoLayout
		}{{5, 1920, "render"}, {5, 40, configs.LayoutSide}} {
			video := configs.Video{Enabled: true, Every: c.every, Layout: c.layout, MaxWidth: c.width}
			w, h := video.Panel(36, 42)
			for i, rung := range rungs {
				if (i%2 == 0) != (c.layout == "render") && rung%26 > 0 {
					continue // the first rung and the last one have both layouts
				}
				dev := plain
				if channels == 3 && rung%13 == 0 && c.layout == configs.LayoutSide {
					dev = checked
				}
				dev.ResetPeak()
				frames, p, rows, plan := trainedWithFrames(t, dev, channels, video, rung)
				if plan.Rung != rung {
					t.Fatalf("rung %d is %s", plan.Rung, plan)
				}
				if peak := dev.Usage().Peak; peak > plan.Bytes() {
					t.Errorf("%s: took %d bytes, planned %d", plan, peak, plan.Bytes())
				}
				alone, done := plainly[plan.Rung]
				if !done {
					_, alone.splats, alone.rows, alone.plan = trainedWithFrames(t, plain, channels, configs.Video{}, plan.Rung)
					plainly[plan.Rung] = alone
				}
				if !slices.Equal(p.Feat, alone.splats.Feat) || !slices.Equal(p.XY, alone.splats.XY) {
					t.Errorf("%s: frames change the result", plan)
				}
				if len(rows) != len(alone.rows) {
					t.Errorf("%s: %d evaluations with frames, %d without", plan, len(rows), len(alone.rows))
				}
				if added := plan.Bytes() - alone.plan.Bytes(); added > int64(2*4*w*h+2*256) {
					t.Errorf("%s: frames add %d bytes", plan, added)
				}
				var steps []int
				for _, s := range frames {
					steps = append(steps, s.Step)
				}
				last := rows[len(rows)-1].Step
				want := []int{1}
				for s := c.every; s < last; s += c.every {
					want = append(want, s)
				}
				if want = append(want, last); !slices.Equal(steps, want) {
					t.Fatalf("frames of steps %v, want %v", steps, want)
				}
				end := frames[len(frames)-1]
				if end.PSNR != rows[len(rows)-1].PSNR || end.SSIM != rows[len(rows)-1].SSIM || !(end.PSNR > frames[0].PSNR) {
					t.Errorf("%s: scores of the frames: %v … %v", plan, frames[0].PSNR, end.PSNR)
				}
				m := &splat.Model{Splats: p, W: 36, H: 42, Layers: splat.Plain(p.C, 8), Gamma: 1, TopK: shortRun().Train.TopK}
				picture, err := renderModel(dev, m, w, h)
				if err != nil {
					t.Fatal(err)
				}
				worst := 0.0
				for y := range h {
					for x := range w {
						at := end.image.RGBAAt(x, y)
						for k, v := range []uint8{at.R, at.G, at.B} {
							worst = max(worst, math.Abs(255*float64(picture.At(k%channels, y, x))-float64(v)))
						}
						if at.A != 255 {
							t.Fatalf("transparent at %d, %d", x, y)
						}
					}
				}
				if worst > 1.1 { // float16 has 11 bits
					t.Errorf("%s, %d x %d px, %d channels: off by %.2f levels", plan, w, h, channels, worst)
				}
			}
		}
	}
}

// If the device refuses longer lists for a frame, the engine stays unchanged and training continues.
