package report

import (
	"encoding/json"
	"encoding/xml"
	"math"
	"strings"
	"testing"

	"igs/event"
	"igs/metric"
	"igs/record"
	"igs/splat"
	"igs/splat/reference"
)

func labels(ticks []tick) string {
	var words []string
	for _, t := range ticks {
		words = append(words, t.Label)
	}
	return strings.Join(words, " ")
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		log       bool
		want      string
	}{
		{0, 200, false, "0 50 100 150 200"}, {18.1, 26.4, false, "20 22 24 26"}, {0.61, 0.83, false, "0.65 0.70 0.75 0.80"},
		{0, 50_000, false, "0 10k 20k 30k 40k 50k"}, {0.3, 8, true, "0.5 1 2 5"}, {1e-5, 10, true, "0.00001 0.0001 0.001 0.01 0.1 1 10"},
		{-3, 3, false, "-2 0 2"},
	} {
		a := axis{low: c.low, high: c.high, to: 100, log: c.log}
		if got := labels(a.ticks(5)); got != c.want {
			t.Errorf("%g to %g: %s, want %s", c.low, c.high, got, c.want)
		}
	}
	one := newAxis([]float64{300, 300}, 0.06, false)
	if len(one.ticks(5)) < 2 || one.low >= 300 || one.high <= 300 {
		t.Errorf("%+v", one)
	}
	zero := newAxis([]float64{0}, 0.06, false)
	if !(zero.low < 0 && zero.high > 0) {
		t.Errorf("%+v", zero)
	}
}

func TestCurvesLeaveOutWhatIsNoNumber(t *testing.T) {
	var rows []event.Evaluated
	for i := range 1000 {
		rows = append(rows, event.Evaluated{Step: 10 * i, TotalLoss: 1 / float64(i+1), Scores: metric.Scores{PSNR: math.Inf(1), SSIM: math.NaN()}, Splats: 5})
	}
	text, err := json.Marshal(curvesOf(rows, &record.Result{Splats: 10, Bytes: 250}, 3))
	want := `{"step":[0,4990,9990],"seconds":[0,0,0],"splats":[5,5,5],"bytes":[125,125,125],"psnr":["∞","∞","∞"],"ssim":[null,null,null],"loss":[1,0.002,0.001]}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v\nwant %s", text, err, want)
	}
	if c := curvesOf(rows[:1], nil, 3); len(c.Step) != 1 || c.Bytes != nil || curvesOf(nil, nil, 3) != nil {
		t.Error("a curve of nothing")
	}
}

func TestRateHasALineAPictureAndTheirMean(t *testing.T) {
	rows := load(t, newSession(t, sweep()...))
	charts := rateCharts(settingsIn(rows))
	if len(charts) != 2 || charts[0].Title != "PSNR" || charts[1].Title != "SSIM" {
		t.Fatalf("%d charts", len(charts))
	}
	lines := charts[0].Lines
	if len(lines) != 3 || !lines[0].Faint || !lines[1].Faint || lines[2].Faint {
		t.Fatalf("%+v", lines)
	}
	cat, dog, mean := lines[0], lines[1], lines[2]
	if len(cat.Marks) != 3 || cat.Marks[0].Run != "run-1" || len(dog.Marks) != 0 { // an infinite PSNR cannot be drawn
		t.Errorf("%+v, %+v", cat, dog)
	}
	if !(cat.Marks[0].X < cat.Marks[1].X && cat.Marks[0].Y > cat.Marks[1].Y) {
		t.Error("more bits do not lie to the right, or more dB not above")
	}
	if len(mean.Marks) != 3 || mean.Marks[0].Words != "10 splats: 1.6667 bits per pixel, 26.25 dB, mean of 1 picture" || mean.Marks[0].Run != "" { // the dog has one size
		t.Errorf("%+v", mean)
	}
	one := rateCharts(settingsIn(rows[:3]))[0].Lines
	if len(one) != 1 || len(one[0].Marks) != 3 || one[0].Marks[0].Label != "10" || one[0].Marks[0].Run != "run-1" {
		t.Errorf("one picture: %+v", one)
	}
	if rateCharts(settingsIn(rows[:1])) != nil {
		t.Error("a plot of one point")
	}
}

func TestEllipsesAreWhereTheSplatsAre(t *testing.T) {
	s := splat.New(3, 3)
	copy(s.XY, []float32{0.5, 0.25, 0.1, 0.1, 0, 0})
	copy(s.Scale, []float32{0.5, -0.25, 1, 1, 0, 1})
	copy(s.Rot, []float32{math.Pi / 2})
	copy(s.Feat, []float32{1, 0.5, -3, 0, 0, 0})
	m := &splat.Model{Splats: s, W: 200, H: 100, Layers: splat.Plain(3, 8), Gamma: 1}
	e := ellipsesOf(m, 10)
	want := `<ellipse rx="3" ry="6" transform="translate(100 25) rotate(90)" fill="#ff8000"/><ellipse rx="1.5" ry="1.5" transform="translate(20 10) rotate(0)" fill="#000000"/>`
	if string(e.Shapes) != want || !strings.HasPrefix(e.Words, "2 of 3 splats, without those much larger") {
		t.Errorf("%s\n%s", e.Shapes, e.Words)
	}
}

// Ellipses have display colours. Without that, the ellipses of a model with a gamma are too dark or too light.
func TestEllipsesHaveTheColoursShown(t *testing.T) {
	s := splat.New(1, 4)
	copy(s.XY, []float32{0.5, 0.5})
	copy(s.Scale, []float32{0.5, 0.5})
	copy(s.Feat, []float32{0.25, 1, 0, 0.5})
	for _, k := range []struct {
		gamma float64
		first int // channels of the first picture
		want  string
	}{{2, 3, "#80ff00"}, {0.5, 3, "#10ff00"}, {1, 3, "#40ff00"}, {2, 1, "#808080"}} {
		m := &splat.Model{Splats: s, W: 20, H: 10, Layers: splat.Plain(k.first, 8), Gamma: k.gamma}
		if got := string(ellipsesOf(m, 10).Shapes); !strings.Contains(got, `fill="`+k.want+`"`) {
			t.Errorf("gamma %g: %s, want %s", k.gamma, got, k.want)
		}
	}
}

func TestEllipsesAreLimited(t *testing.T) {
	s, _ := reference.RandomScene(1, 60, 40, 1000, 3)
	e := ellipsesOf(&splat.Model{Splats: s, W: 60, H: 40, Layers: splat.Plain(3, 8), Gamma: 1}, 100)
	if n := strings.Count(string(e.Shapes), "<ellipse "); n != 100 || !strings.HasPrefix(e.Words, "100 of 1000 splats, the 50 largest and an even sample of the others") {
		t.Errorf("%d: %s", n, e.Words)
	}
	if err := xml.Unmarshal([]byte("<svg>"+string(e.Shapes)+"</svg>"), new(struct{})); err != nil {
		t.Error(err)
	}
}

func TestLabelsDoNotOverlap(t *testing.T) {
	c := chart{Lines: []line{
		{Marks: []marker{{LabelX: 100, LabelY: 50, Label: "300"}, {LabelX: 110, LabelY: 52, Label: "301"}, {LabelX: 150, LabelY: 50, Label: "302"}}},
		{Marks: []marker{{LabelX: 104, LabelY: 80, Label: "303"}, {X: 300, Y: 96, LabelX: 300, LabelY: 86, Label: "304"}, {X: 300, Y: 110, LabelX: 300, LabelY: 100, Label: "305"}}},
	}}
	c.unclutter()
	var left []string
	for _, l := range c.Lines {
		for _, m := range l.Marks {
			left = append(left, m.Label)
		}
	}
	if got := strings.Join(left, " "); got != "300  302 303 304 " {
		t.Errorf("%q", got)
	}
}

// A label on the mark of another line is left out; one above its own mark, or on a faint line, stays.
func TestLabelsOnMarks(t *testing.T) {
	at := func(y px, label string) marker { return marker{X: 50, Y: y, Label: label, LabelX: 50, LabelY: y - 10} }
	c := chart{Lines: []line{{Marks: []marker{at(100, "low")}}, {Marks: []marker{at(87, "high")}}, {Marks: []marker{{X: 50, Y: 72}}, Faint: true}}}
	c.unclutter()
	if low, high := c.Lines[0].Marks[0].Label, c.Lines[1].Marks[0].Label; low != "" || high != "high" {
		t.Errorf("labels %q and %q", low, high)
	}
}
