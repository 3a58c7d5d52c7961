package engine

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"igs/memory"
	"igs/vk"
)

// Knob is one choice of a Tuning: its name, the values to try, and what it changes.
type Knob struct {
	Name    string
	Values  []string // to try, in ascending order; tests of optim/selfcheck compare each with the reference
	Windows bool     // the choice changes only the windows of SSIM, which not every loss has

	get func(Tuning) string
	set func(*Tuning, string) error
}

// Knobs lists all choices in the order in which they are tried: the most expensive kernels first. A new field of Tuning
// is a new line here.
var Knobs = []Knob{
	number("pixels", func(t *Tuning) *uint32 { return &t.Pixels }, 1, memory.TileSize, []string{"1", "2", "4", "8", "16"}, false),
	number("lanes", func(t *Tuning) *uint32 { return &t.Lanes }, 1, 128, []string{"8", "16", "32", "64"}, false),
	number("split", func(t *Tuning) *uint32 { return &t.Split }, 1, memory.TileSize, []string{"1", "2", "4", "8"}, false),
	choice("skip", func(t *Tuning) *bool { return &t.Skip }),
	choice("staged", func(t *Tuning) *bool { return &t.Staged }),
	choice("texel", func(t *Tuning) *bool { return &t.Texel }),
	columns("fused", func(t *Tuning) *int { return &t.Fused }, "0", "32", "64"),
	number("strip", func(t *Tuning) *int { return &t.Strip }, 0, 1<<16, []string{"0", "8", "16", "32", "64"}, true),
	number("segment", func(t *Tuning) *int { return &t.Segment }, 0, 1<<16, []string{"0", "16", "32", "64", "128"}, true),
	megabytes("loss", func(t *Tuning) *int64 { return &t.Loss }, []string{"16MiB", "48MiB", "96MiB", "288MiB"}, true),
	megabytes("thrift", func(t *Tuning) *int64 { return &t.Thrift }, nil, true),
	megabytes("lists", func(t *Tuning) *int64 { return &t.Lists }, nil, false),
	number("band", func(t *Tuning) *int { return &t.Band }, 1, 1<<24, nil, false),
}

// choice returns a Knob for a bool.
func choice(name string, at func(*Tuning) *bool) Knob {
	return Knob{
		Name: name, Values: []string{"false", "true"},
		get: func(t Tuning) string { return strconv.FormatBool(*at(&t)) },
		set: func(t *Tuning, text string) (err error) {
			if *at(t), err = strconv.ParseBool(text); err != nil {
				err = errors.New("it is true or false")
			}
			return err
		},
	}
}

// columns returns a Knob of the windows of SSIM that takes one of the given numbers.
func columns(name string, at func(*Tuning) *int, values ...string) Knob {
	return Knob{
		Name: name, Values: values, Windows: true,
		get: func(t Tuning) string { return fmt.Sprint(*at(&t)) },
		set: func(t *Tuning, text string) error {
			if !slices.Contains(values, text) {
				return errors.New("it is one of " + strings.Join(values, ", "))
			}
			return setNumber(at(t), text, 0, 1<<16)
		},
	}
}

// number returns a Knob for whole numbers from least to most.
func number[T int | uint32](name string, at func(*Tuning) *T, least, most int, values []string, windows bool) Knob {
	return Knob{
		Name: name, Values: values, Windows: windows,
		get: func(t Tuning) string { return fmt.Sprint(*at(&t)) },
		set: func(t *Tuning, text string) error { return setNumber(at(t), text, least, most) },
	}
}

func setNumber[T int | uint32](to *T, text string, least, most int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return fmt.Errorf("it is a number from %d to %d", least, most)
	}
	*to = T(n)
	return nil
}

func megabytes(name string, at func(*Tuning) *int64, values []string, windows bool) Knob {
	return Knob{
		Name: name, Values: values, Windows: windows,
		get: func(t Tuning) string { return fmt.Sprintf("%dMiB", *at(&t)>>20) },
		set: func(t *Tuning, text string) error {
			n, err := strconv.Atoi(strings.TrimSuffix(text, "MiB"))
			if err != nil || n < 1 || n > 1<<16 {
				return errors.New("it is a size such as 96MiB")
			}
			*at(t) = int64(n) << 20
			return nil
		},
	}
}

// Try returns the tuning with another value of the knob.
func (k Knob) Try(t Tuning, value string) (Tuning, error) {
	err := k.set(&t, value)
	return t, err
}

// String returns the tuning in the form that Parse reads: "pixels=2,lanes=32,split=4,...".
func (t Tuning) String() string {
	var parts []string
	for _, k := range Knobs {
		parts = append(parts, k.Name+"="+k.get(t))
	}
	return strings.Join(parts, ",")
}

// Parse returns the tuning with the changes in text, such as "pixels=4,lanes=32". The words cpu and gpu set all values
// to those of CPU and GPU.
func (t Tuning) Parse(text string) (Tuning, error) {
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		name, value, ok := strings.Cut(part, "=")
		switch {
		case part == "":
			continue
		case part == "cpu":
			t = CPU
			continue
		case part == "gpu":
			t = GPU
			continue
		case !ok:
			return t, fmt.Errorf("%q has no value", part)
		}
		at := slices.IndexFunc(Knobs, func(k Knob) bool { return k.Name == name })
		if at < 0 {
			return t, fmt.Errorf("there is no %q", name)
		}
		if err := Knobs[at].set(&t, value); err != nil {
			return t, fmt.Errorf("%s: %w", part, err)
		}
	}
	return t, nil
}

// Fits returns an error with the reason why a device cannot run the kernels of a tuning.
func (t Tuning) Fits(info vk.Info) error {
	grad := int(t.Lanes) * int(t.Split)
	switch {
	case t.Pixels&(t.Pixels-1) != 0:
		return fmt.Errorf("pixels=%d does not divide 16, the rows of a tile", t.Pixels)
	case t.Split&(t.Split-1) != 0:
		return fmt.Errorf("split=%d does not divide 16, the rows of a tile", t.Split)
	case info.MaxInvocations == 0: // the device is not known
		return nil
	case grad > info.MaxInvocations || memory.TileSize*memory.TileSize/int(t.Pixels) > info.MaxInvocations:
		return fmt.Errorf("%s takes at most %d invocations per workgroup", info.Name, info.MaxInvocations)
	case t.sharing(3, info.SharedBytes) != t.Lanes:
		return fmt.Errorf("%s has %d bytes of shared memory, too few for lanes=%d,split=%d", info.Name, info.SharedBytes, t.Lanes, t.Split)
	case t.Texel && info.MaxTexelElements < 16<<20:
		return fmt.Errorf("the texel buffers of %s are too small", info.Name)
	}
	return nil
}

// sharing returns the number of lanes that rasterize_grad can have with the given bytes of shared memory. Each of its
// invocations has 5 sums and one per channel there.
func (t Tuning) sharing(channels, bytes int) uint32 {
	lanes := t.Lanes
	for t.Split > 1 && lanes > 1 && 4*(5+channels)*int(lanes*t.Split) > bytes {
		lanes /= 2
	}
	return lanes
}
