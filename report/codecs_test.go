package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"igs/record"
)

// sampleCodecs are two pictures with models and one codec that needs twice the bytes in RGB, and as many in luma.
func sampleCodecs() *record.Codecs {
	c := &record.Codecs{Codecs: []record.CodecName{{Name: "WebP", Note: "cwebp, -m 6"}, {Name: "AVIF", Note: "avifenc"}}, Missing: []string{"JPEG XL (cjxl, djxl)"}}
	for _, image := range []string{"a.png", "b_<i>.png"} {
		p := record.CodecPicture{Image: image, Sha256: "sha of " + image, W: 100, H: 80}
		name := strings.TrimSuffix(image, ".png")
		for k, bytes := range []int64{1000, 2000, 4000} {
			psnr := record.Number(30 + 3*k)
			p.Points = append(p.Points,
				record.CodecPoint{Codec: record.Models, Label: name + []string{"-1bpp-40", "-2bpp-40", "-4bpp-40"}[k], Bytes: bytes, PSNR: psnr, Luma: psnr + 2},
				record.CodecPoint{Codec: "WebP", Label: "9", Bytes: 2 * bytes, PSNR: psnr, Luma: psnr + 5})
		}
		c.Pictures = append(c.Pictures, p)
	}
	return c
}

func TestCodecTables(t *testing.T) {
	var out bytes.Buffer
	if err := WriteCodecs(&out, sampleCodecs(), false); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"PSNR in dB of RGB at the bytes of each model",
		"a-1bpp-40 a.png 1000 1.000 30.00 – –", // WebP has no file so small, and AVIF none at all
		"a-2bpp-40 a.png 2000 2.000 33.00 30.00 –",
		"2bpp-40 mean of 2 2000 2.000 33.00 30.00 –",
		"igs WebP AVIF igs – +100.0 % – WebP -50.0 % – – AVIF – – –",
		"PSNR in dB of luma", "4bpp-40 mean of 2 4000 4.000 38.00 38.00 –", "igs – +0.0 % – WebP +0.0 % – –",
		"WebP: cwebp, -m 6",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := WriteCodecs(&out, sampleCodecs(), true); err != nil || !strings.Contains(out.String(), "\n|---|---|--:|--:|--:|--:|--:|\n| a-1bpp-40 | a.png | 1000 |") || !strings.Contains(out.String(), `| b\_`) {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// The page shows the curves and the tables when there is a codecs.json, and a damaged one does no harm.
func TestPageShowsCodecs(t *testing.T) {
	dir := newSession(t, spec{name: "a-1bpp-40", image: "a.png", status: record.Done, splats: 5, psnr: 30, bytes: 1000})
	s, err := ReadSession(dir)
	must(t, err)
	write := func() string {
		var out bytes.Buffer
		must(t, Write(dir, s, &out))
		_, section, _ := strings.Cut(out.String(), `<h2 id="codecs">`)
		section, _, _ = strings.Cut(section, "</section>")
		return section
	}
	if strings.Contains(write(), "Beside other codecs") {
		t.Error("a section without codecs.json")
	}
	must(t, sampleCodecs().Write(dir))
	page := write()
	for _, want := range []string{"Beside other codecs", "<h3>b_&lt;i&gt;.png</h3>", "PSNR of luma against bits per pixel of a.png", "<td>&#43;100.0 %</td>", "Not installed: JPEG XL (cjxl, djxl)."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("a coordinate is no number")
	}
	broken := sampleCodecs()
	broken.Pictures[0].Points[0].PSNR = record.Number(math.Inf(1)) // a perfect picture
	broken.Pictures[1].Points = nil
	must(t, broken.Write(dir))
	if page := write(); strings.Contains(page, "Inf") || !strings.Contains(page, "<h3>b_&lt;i&gt;.png</h3>") {
		t.Error("a picture without points, or with a perfect model")
	}
}

// Runs without pictures, and of other kinds of pictures, are named and left out.
func TestPicturesForCodecs(t *testing.T) {
	dir := newSession(t,
		spec{name: "a-5-40", image: "a.png", status: record.Done, splats: 5, psnr: 30, bytes: 1000},
		spec{name: "b-5-40", image: "a.png", status: record.Done, splats: 5, psnr: 30, bytes: 900, without: []string{record.RenderFile}},
		spec{name: "c-5-40", image: "a.png", status: record.Failed, splats: 5},
	)
	runs, err := Load([]string{dir})
	must(t, err)
	pictures, left := CodecPictures(runs)
	if len(pictures) != 1 || len(pictures[0].Models) != 1 || pictures[0].Models[0].Label != "a-5-40" || pictures[0].Models[0].Bytes != 1000 {
		t.Errorf("%+v", pictures)
	}
	if len(left) != 2 || !strings.Contains(left[0], "b-5-40 has no render.png") || left[1] != "c-5-40 is not done" {
		t.Errorf("%q", left)
	}
}

// A run in flat layout has no renders, and its summary does not know the depth of its picture.
func TestCodecPicturesInFlatLayout(t *testing.T) {
	run := Run{Entry: record.Entry{Name: "a", Status: record.Done}, Dir: t.TempDir(), Record: &record.Run{Name: "a", Status: record.Done, Image: record.Image{Path: "a.png", W: 32, H: 32},
		Result: &record.Result{Bytes: 100}}}
	if _, left := CodecPictures([]Run{run}); len(left) != 1 || !strings.Contains(left[0], "has no render.png") {
		t.Errorf("%q", left)
	}
}
