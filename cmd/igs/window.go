package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"igs/imageio"
	"igs/internal/fault"
)

// askSize reads how large the whole picture is and which part of it is wanted. A picture to compare with has a size already.
func (r *rendering) askSize(ctx *cli.Context) (err error) {
	if r.target != nil {
		if ctx.IsSet("height") || ctx.IsSet("scale") {
			return fault.New(fault.BadInput, "leave out --height and --scale", "--show error draws at the size of the picture, %d × %d px", r.target.W, r.target.H)
		}
		r.w, r.h = r.target.W, r.target.H
	} else if r.w, r.h, err = drawnSize(ctx, r.model.W, r.model.H); err != nil {
		return err
	}
	r.area, err = cropped(ctx.String("crop"), r.w, r.h)
	return err
}

// drawnSize is the size asked for, with the proportions of the training.
func drawnSize(ctx *cli.Context, trainedW, trainedH int) (w, h int, err error) {
	const largest = imageio.MaxWritten
	scale := 1.0
	switch {
	case ctx.IsSet("height") && ctx.IsSet("scale"):
		return 0, 0, fault.New(fault.BadInput, "give one of the two", "--height and --scale both set the size")
	case ctx.IsSet("height"):
		n, err := strconv.Atoi(ctx.String("height"))
		if err != nil || n < 1 || n > largest {
			return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("give whole px from 1 to %d", largest), "--height %s", ctx.String("height"))
		}
		scale = float64(n) / float64(trainedH)
	case ctx.IsSet("scale"):
		scale, err = strconv.ParseFloat(ctx.String("scale"), 64)
		if err != nil || !(scale > 0) || math.IsInf(scale, 0) {
			return 0, 0, fault.New(fault.BadInput, "2 is twice the size", "--scale %s", ctx.String("scale"))
		}
	}
	x, y := math.Round(float64(trainedW)*scale), math.Round(float64(trainedH)*scale)
	if x < 1 || y < 1 || x > largest || y > largest {
		return 0, 0, fault.New(fault.BadInput, fmt.Sprintf("a side may have 1 to %d px; the model was trained at %d × %d", largest, trainedW, trainedH), "a picture of %.0f × %.0f px", x, y)
	}
	return int(x), int(y), nil
}

// window is a part of a picture, px.
type window struct{ x, y, w, h int }

func cropped(text string, w, h int) (window, error) {
	if text == "" {
		return window{0, 0, w, h}, nil
	}
	var n [4]int
	parts := strings.Split(text, ",")
	ok := len(parts) == 4
	for i := 0; ok && i < 4; i++ {
		var err error
		n[i], err = strconv.Atoi(strings.TrimSpace(parts[i]))
		ok = err == nil
	}
	a := window{n[0], n[1], n[2], n[3]}
	if !ok || a.x < 0 || a.y < 0 || a.w < 1 || a.h < 1 || a.w > w || a.h > h || a.x > w-a.w || a.y > h-a.h {
		return window{}, fault.New(fault.BadInput, fmt.Sprintf("give X,Y,W,H inside of %d × %d px", w, h), "--crop %s", text)
	}
	return a, nil
}

// of is the part of the rows that lies in the window.
func (a window) of(rows pushedRows) pushedRows {
	return func(take func(y int, row [][]float32) error) error {
		return rows(func(y int, row [][]float32) error {
			if y < a.y || y >= a.y+a.h {
				return nil
			}
			part := make([][]float32, len(row))
			for c := range row {
				part[c] = row[c][a.x : a.x+a.w]
			}
			return take(y-a.y, part)
		})
	}
}
