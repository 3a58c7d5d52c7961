package optim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"igs/configs"
	"igs/imageio"
	"igs/internal/fault"
	"igs/shaders"
	"igs/splat"
	"igs/splat/reference"
	"igs/vk"
	"igs/vk/vktest"
)

// scenes returns n pictures of w × h px and their runs.
func scenes(n, w, h int, run configs.Run) (targets []*imageio.Samples, runs []configs.Run) {
	for i := range n {
		_, target := reference.RandomScene(uint64(20+i), w, h, 1, 3)
		run.Name, run.Image = fmt.Sprint("picture ", i), fmt.Sprint(i, ".png")
		targets, runs = append(targets, target.Samples(8)), append(runs, run)
	}
	return targets, runs
}

func fileOf(t *testing.T, m *splat.Model, err error) []byte {
	t.Helper()
	var file bytes.Buffer
	if err == nil {
		err = splat.Write(&file, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// overflows makes the gradients of a step overflow.
func overflows(step int, numbers *shaders.Step) {
	if step == 9 {
		numbers.L2 = 1e38
	}
}

// trainedAlone returns the model file of one picture.
func trainedAlone(t *testing.T, target *imageio.Samples, run configs.Run, edit func(int, *shaders.Step)) []byte {
	t.Helper()
	tr, err := New(vktest.OpenPlain(t), target, run, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	tr.editStep = edit
	if _, err := tr.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	m, err := tr.Model()
	return fileOf(t, m, err)
}

// trainedTogether returns the model files of pictures. The gradients of the second one overflow once. A picture that
// diverges has no file.
func trainedTogether(t *testing.T, dev *vk.Device, targets []*imageio.Samples, runs []configs.Run) (files [][]byte) {
	t.Helper()
	b, err := NewBatch(dev, targets, runs, Start{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.members[1].editStep = overflows
	if err := b.Train(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i := range targets {
		m, err := b.Model(i)
		if fault.Code(err) == fault.Diverged {
			files = append(files, nil)
			continue
		}
		files = append(files, fileOf(t, m, err))
	}
	return files
}

// A picture of a batch gets the same file as alone: with tiles that the edges cut, with splats that are added, moved and
// rounded for the file, with a search for symbols, and in both precisions. When the gradients of one picture overflow,
// float16 lowers the loss scale of this picture, and float32 ends its training.
func TestBatchGivesTheModelsOfSingleRuns(t *testing.T) {
	searchSymbolsFrom(t, 16)
	for half, dev := range map[bool]*vk.Device{true: vktest.Open(t), false: vktest.OpenPlain(t)} {
		run := igsRun(40, 16)
		run.Memory.UseAMP = half
		run.Quantize.Loss = .05
		targets, runs := scenes(3, 35, 19, run)
		for i, file := range trainedTogether(t, dev, targets, runs) {
			edit := func(int, *shaders.Step) {}
			if i == 1 {
				edit = overflows
			}
			if i == 1 && !half {
				if file != nil {
					t.Error("a picture that diverged has a model")
				}
				continue
			}
			if alone := trainedAlone(t, targets[i], runs[i], edit); !bytes.Equal(file, alone) {
				t.Errorf("float16 %v: picture %d has another model in a batch than alone", half, i)
			}
		}
	}
}

// A batch that is cancelled after its last step leaves the search for the rounding at once.
func TestCancelledRoundingOfBatch(t *testing.T) {
	run := igsRun(20, 6)
	run.Quantize.Loss = .05
	targets, runs := scenes(2, 20, 17, run)
	b, err := NewBatch(vktest.OpenPlain(t), targets, runs, Start{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ctx, cancel := context.WithCancel(context.Background())
	b.members[0].editStep = func(step int, _ *shaders.Step) {
		if step == run.Steps {
			cancel()
		}
	}
	if err := b.Train(ctx); !errors.Is(err, context.Canceled) || b.step != run.Steps {
		t.Errorf("after %d steps: %v", b.step, err)
	}
}
