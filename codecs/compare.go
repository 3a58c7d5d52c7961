package codecs

import (
	"context"
	"fmt"
	"path/filepath"

	"igs/record"
)

// Picture is a picture with its models.
type Picture struct {
	Image, Sha256 string // name and hash of its file
	Target        string // path of the picture that was trained, a PNG
	Models        []Model
}

// Model is a model of a picture.
type Model struct {
	Label  string
	Bytes  int64
	Render string // path of its picture, a PNG
}

// Compare measures the models of pictures, and the codecs that are installed on the same pictures. tell is called before
// each codec.
func Compare(ctx context.Context, pictures []Picture, tell func(text string)) (*record.Codecs, error) {
	found, missing := Installed()
	all := &record.Codecs{Missing: missing}
	for _, c := range found {
		all.Codecs = append(all.Codecs, record.CodecName{Name: c.Name, Note: c.Encoder + ", " + c.Note})
	}
	for _, p := range pictures {
		target, err := readPicture(p.Target)
		if err != nil {
			return nil, err
		}
		compared := record.CodecPicture{Image: p.Image, Sha256: p.Sha256, W: target.w, H: target.h}
		add := func(codec, label string, bytes int64, q Quality) {
			compared.Points = append(compared.Points, record.CodecPoint{Codec: codec, Label: label, Bytes: bytes, PSNR: record.Number(q.PSNR), Luma: record.Number(q.Luma)})
		}
		for _, m := range p.Models {
			drawn, err := readPicture(m.Render)
			if err != nil {
				return nil, err
			}
			quality, err := target.compare(drawn)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", m.Render, err)
			}
			add(record.Models, m.Label, m.Bytes, quality)
		}
		for _, c := range found {
			tell(fmt.Sprintf("%s: %s", filepath.Base(p.Image), c.Name))
			points, err := c.Curve(ctx, p.Target)
			if err != nil {
				return nil, err
			}
			for _, point := range points {
				add(c.Name, point.Setting, point.Bytes, point.Quality)
			}
		}
		all.Pictures = append(all.Pictures, compared)
	}
	return all, nil
}
