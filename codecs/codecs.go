// Package codecs encodes pictures with the codecs that are installed on the machine, and measures size and quality. Models
// of splats are compared with them.
//
// Pictures are 8-bit RGB files, as the programs read and write them. PSNR is in dB, over all three channels or of the luma
// alone. Each codec takes its strongest usual settings, which Codec.Note names.
package codecs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"igs/internal/fault"
)

// Codec is a pair of programs that encode and decode a picture.
type Codec struct {
	Name             string
	Note             string // about its settings
	Encoder, Decoder string
	settings         []string // from small to large files
	encode           func(setting, picture, file string) []string
	decode           func(file, picture string) []string
	coded, decoded   string // endings of files
}

// all are the codecs that are known.
var all = []Codec{
	{
		Name: "JPEG", Note: "libjpeg-turbo, 4:2:0, optimised and progressive", Encoder: "cjpeg", Decoder: "djpeg", coded: ".jpg", decoded: ".ppm",
		settings: []string{"1", "3", "6", "10", "20", "35", "50", "70", "85", "95"},
		encode: func(setting, picture, file string) []string {
			return []string{"-quality", setting, "-optimize", "-progressive", "-outfile", file, picture}
		},
		decode: func(file, picture string) []string { return []string{"-outfile", picture, file} },
	},
	{
		Name: "WebP", Note: "-m 6", Encoder: "cwebp", Decoder: "dwebp", coded: ".webp", decoded: ".png",
		settings: []string{"0", "3", "8", "15", "30", "50", "70", "80", "90", "98"},
		encode: func(setting, picture, file string) []string {
			return []string{"-quiet", "-m", "6", "-q", setting, picture, "-o", file}
		},
		decode: func(file, picture string) []string { return []string{"-quiet", file, "-o", picture} },
	},
	{
		Name: "AVIF", Note: "aom, 4:4:4, tune=psnr, speed 4", Encoder: "avifenc", Decoder: "avifdec", coded: ".avif", decoded: ".png",
		settings: []string{"63", "58", "52", "45", "36", "27", "18", "9"},
		encode: func(setting, picture, file string) []string {
			return []string{"-c", "aom", "-s", "4", "-y", "444", "--min", setting, "--max", setting, "-a", "tune=psnr", picture, file}
		},
		decode: func(file, picture string) []string { return []string{file, picture} },
	},
	{
		Name: "JPEG XL", Note: "effort 7", Encoder: "cjxl", Decoder: "djxl", coded: ".jxl", decoded: ".png",
		settings: []string{"25", "15", "10", "6", "4", "2.5", "1.5", "0.8"},
		encode: func(setting, picture, file string) []string {
			return []string{picture, file, "-d", setting, "-e", "7", "--quiet"}
		},
		decode: func(file, picture string) []string { return []string{file, picture, "--quiet"} },
	},
}

// Installed returns the codecs whose programs are installed, and the names of the others with their programs.
func Installed() (found []Codec, missing []string) {
	for _, c := range all {
		if have(c.Encoder) && have(c.Decoder) {
			found = append(found, c)
		} else {
			missing = append(missing, fmt.Sprintf("%s (%s, %s)", c.Name, c.Encoder, c.Decoder))
		}
	}
	return found, missing
}

func have(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// Point is a file of a codec.
type Point struct {
	Setting string
	Bytes   int64
	Quality
}

// Curve encodes a picture, a PNG of 8-bit RGB, with each setting of the codec.
func (c Codec) Curve(ctx context.Context, picture string) ([]Point, error) {
	dir, err := os.MkdirTemp("", "igs-codecs-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	want, err := readPicture(picture)
	if err != nil {
		return nil, err
	}
	source := picture
	if c.decoded == ".ppm" { // cjpeg reads no PNG
		source = filepath.Join(dir, "picture.ppm")
		if err := want.writePPM(source); err != nil {
			return nil, err
		}
	}
	var points []Point
	for _, setting := range c.settings {
		p, err := c.measure(ctx, dir, setting, source, want)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		points = append(points, p)
	}
	return points, nil
}

// measure encodes and decodes a picture once.
func (c Codec) measure(ctx context.Context, dir, setting, source string, want *picture) (Point, error) {
	coded, decoded := filepath.Join(dir, "coded"+c.coded), filepath.Join(dir, "decoded"+c.decoded)
	for _, step := range [][]string{
		append([]string{c.Encoder}, c.encode(setting, source, coded)...), append([]string{c.Decoder}, c.decode(coded, decoded)...),
	} {
		if out, err := exec.CommandContext(ctx, step[0], step[1:]...).CombinedOutput(); err != nil {
			if ctx.Err() != nil {
				return Point{}, context.Cause(ctx)
			}
			return Point{}, fault.New(fault.Failed, "try the command by hand", "%s failed: %w: %s", strings.Join(step, " "), err, lastLine(out))
		}
	}
	have, err := readPicture(decoded)
	if err != nil {
		return Point{}, err
	}
	quality, err := want.compare(have)
	if err != nil {
		return Point{}, err
	}
	size, err := os.Stat(coded)
	if err != nil {
		return Point{}, err
	}
	return Point{setting, size.Size(), quality}, nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
