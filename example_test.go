package igs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"sync"

	"igs"
)

// photo makes a picture. A program would decode one with image.Decode.
func photo() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range m.Pix {
		x, y := i/4%60, i/240
		m.Pix[i] = [4]uint8{uint8(4 * x), uint8(6 * y), uint8(3 * (x + y) / 2), 255}[i%4]
	}
	return m
}

func Example() {
	ctx := context.Background()
	model, err := igs.Train(ctx, photo(), igs.Options{Splats: 100, Steps: 50})
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := model.Encode(&file); err != nil {
		fmt.Println(err)
		return
	}
	again, err := igs.Decode(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	img, err := again.Render(240, 0) // the height follows from the aspect ratio
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(again)
	fmt.Println(img.Bounds())
	// Output:
	// 100 splats of a picture of 60 × 40 px, 3 channels of 8 bits
	// (0,0)-(240,160)
}

func ExampleTrainer_Step() {
	t, err := igs.NewTrainer(photo(), igs.Options{Splats: 100, Steps: 60})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Close()
	for last := 0.0; !t.Done(); {
		if err := t.Step(context.Background(), 20); err != nil {
			fmt.Println(err)
			return
		}
		scores, err := t.Evaluate()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("step %d of 60, better: %v\n", t.Steps(), scores.PSNR > last)
		last = scores.PSNR
	}
	// Output:
	// step 20 of 60, better: true
	// step 40 of 60, better: true
	// step 60 of 60, better: true
}

func ExampleResume() {
	options := igs.Options{Splats: 100, Steps: 60}
	t, err := igs.NewTrainer(photo(), options)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := t.Step(context.Background(), 25); err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if err := t.Checkpoint(&file); err != nil {
		fmt.Println(err)
		return
	}
	t.Close()

	t, err = igs.Resume(&file, photo(), options)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Close()
	fmt.Println("goes on from step", t.Steps())
	if err := t.Run(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("done:", t.Done())
	// Output:
	// goes on from step 25
	// done: true
}

// An interrupted training can continue, and its model can be saved.
func ExampleTrainer_Checkpoint() {
	ctx, cancel := context.WithCancel(context.Background())
	t, err := igs.NewTrainer(photo(), igs.Options{Splats: 100, Steps: 1000, Progress: func(p igs.Progress) {
		if p.Step >= 100 {
			cancel() // a program would cancel on a signal
		}
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer t.Close()
	if err := t.Run(ctx); errors.Is(err, context.Canceled) {
		err = t.Checkpoint(io.Discard)
		fmt.Println("kept:", err == nil, "done:", t.Done())
	}
	// Output:
	// kept: true done: false
}

func ExamplePlanFor() {
	size := igs.Size{W: 1200, H: 800, Channels: 3, Depth: 8}
	whole, err := igs.PlanFor(size, igs.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	least := whole.Candidates[len(whole.Candidates)-1]
	small, err := igs.PlanFor(size, igs.Options{MemoryBudget: least.Bytes})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("all pixels are kept:", !whole.Recompute)
	fmt.Println("less than half of the memory:", small.Bytes < whole.Bytes/2, small.Recompute)
	_, err = igs.PlanFor(size, igs.Options{MemoryBudget: 2 << 20})
	fmt.Println("too little:", errors.Is(err, igs.ErrOutOfMemory))
	// Output:
	// all pixels are kept: true
	// less than half of the memory: true true
	// too little: true
}

// A picture larger than memory can be rendered row by row.
func ExampleModel_RenderRows() {
	model, err := igs.Train(context.Background(), photo(), igs.Options{Splats: 100, Steps: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, samples := 0, 0
	err = model.RenderRows(context.Background(), igs.RenderOptions{W: 600}, func(y int, row [][]float32) error {
		rows++
		samples += len(row) * len(row[0]) // a program would encode the row here
		return nil
	})
	fmt.Println(rows, samples, err)
	// Output:
	// 400 720000 <nil>
}

// A picture can come from any source, with 8 or 16 bits per sample.
func ExamplePictureFromRows() {
	picture, err := igs.PictureFromRows(igs.Size{W: 64, H: 32, Channels: 1, Depth: 16}, func(y int, dst [][]float32) error {
		for x := range dst[0] {
			dst[0][x] = float32(x*y) / (63 * 31)
		}
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := igs.Train(context.Background(), picture, igs.Options{Splats: 50, Steps: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	img, err := model.Render(0, 0)
	fmt.Printf("%v, %T, %v\n", picture.Size(), img, err)
	fmt.Println(picture.At(63, 31) == color.Gray16{Y: 65535})
	// Output:
	// 64 × 32 px, 1 channels of 16 bits, *image.Gray16, <nil>
	// true
}

// Two trainers share one device.
func ExampleDevice() {
	dev, err := igs.Open(igs.DeviceOptions{})
	if err != nil {
		fmt.Println(err, igs.Hint(err))
		return
	}
	defer dev.Close()
	var models [2]*igs.Model
	var all sync.WaitGroup
	for i, n := range []int{50, 100} {
		all.Add(1)
		go func() {
			defer all.Done()
			var err error
			if models[i], err = igs.Train(context.Background(), photo(), igs.Options{Device: dev, Splats: n, Steps: 20}); err != nil {
				fmt.Println(err)
			}
		}()
	}
	all.Wait()
	fmt.Println(models[0].Splats(), models[1].Splats())
	// Output:
	// 50 100
}

func ExampleHint() {
	_, err := igs.Train(context.Background(), photo(), igs.Options{Splats: -3})
	switch {
	case errors.Is(err, igs.ErrBadInput):
		fmt.Println(err)
	case errors.Is(err, igs.ErrOutOfMemory), errors.Is(err, igs.ErrNoDevice):
		fmt.Fprintln(os.Stderr, err, igs.Hint(err))
	}
	// Output:
	// igs: Options.Splats: sweep.gaussians is -3; it must be at least 0
}

func ExampleModel_Render() {
	model, err := igs.Train(context.Background(), photo(), igs.Options{Splats: 100, Steps: 20})
	if err != nil {
		fmt.Println(err)
		return
	}
	img, err := model.Render(120, 80)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(png.Encode(io.Discard, img), img.Bounds().Size())
	// Output:
	// <nil> (120,80)
}
