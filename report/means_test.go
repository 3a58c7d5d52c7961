package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"igs/metric"
	"igs/record"
)

// tried is a finished run of a sweep: the setting with more steps needs 10 % fewer bytes for the same PSNR.
func tried(picture string, splats, steps int) Row {
	bits := float64(splats) / 100
	if steps > 100 {
		bits *= 0.9
	}
	bytes := int64(1000 * bits)
	return Row{
		Run: fmt.Sprintf("%s-%d-%d", picture, splats, steps), Image: picture, Picture: picture, Status: record.Done, Splats: splats, Steps: steps,
		Scores: metric.Scores{PSNR: 20 + 10*math.Log10(float64(splats)), SSIM: float64(splats) / 1000}, Bytes: &bytes, BitsPerPixel: &bits,
		asked: asked{rate: fmt.Sprintf("%d splats", splats), steps: steps},
	}
}

func grid(pictures []string, splats, steps []int) (rows []Row) {
	for _, p := range pictures {
		for _, n := range splats {
			for _, s := range steps {
				rows = append(rows, tried(p, n, s))
			}
		}
	}
	return rows
}

func cellsOf(m *meansPage) string {
	var lines []string
	for _, row := range m.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Text)
		}
		lines = append(lines, strings.Join(cells, " "))
	}
	return strings.Join(lines, "\n")
}

func TestMeansOverPictures(t *testing.T) {
	rows := grid([]string{"a", "b"}, []int{100, 200}, []int{50, 500})
	other := 2.
	rows[4].BitsPerPixel, rows[4].PSNR = &other, 50 // b-100-50; a has 1 bit and 40 dB
	m := meansOf(settingsIn(rows))
	want := strings.Join([]string{
		"50 steps 100 splats 2 45.00 dB 0.1000 – – 100 1000 B 1.500 –", "50 steps 200 splats 2 43.01 dB 0.2000 – – 200 2.0 KiB 2.000 –",
		"500 steps 100 splats 2 40.00 dB 0.1000 – – 100 900 B 0.900 –", "500 steps 200 splats 2 43.01 dB 0.2000 – – 200 1.8 KiB 1.800 –",
	}, "\n")
	if got := cellsOf(m); got != want || len(m.Notes) != 0 || m.Several != "2 pictures" {
		t.Errorf("%s\n%q", got, m.Notes)
	}
	if meansOf(settingsIn(rows[:1])) != nil || meansOf(settingsIn(nil)) != nil {
		t.Error("means of a single run")
	}
}

// Means are over the pictures that all settings have, so that they can be compared. A setting that few pictures have is marked.
func TestMeansOfTheSamePictures(t *testing.T) {
	rows := append(grid([]string{"a", "b"}, []int{100, 200}, []int{50}), tried("c", 100, 50), tried("a", 300, 50))
	rows[4].PSNR = 90
	m := meansOf(settingsIn(rows))
	want := "100 splats 2 40.00 dB 0.1000 – – 100 1000 B 1.000 –\n200 splats 2 43.01 dB 0.2000 – – 200 2.0 KiB 2.000 –\n300 splats 1 of 3 44.77 dB 0.3000 – – 300 2.9 KiB 3.000 –"
	if got := cellsOf(m); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if len(m.Notes) != 2 || m.Notes[0] != "The means are over the 2 of 3 pictures that all settings have" {
		t.Errorf("%q", m.Notes)
	}
	if mean := m.Charts[0].Lines[3]; mean.Faint || len(mean.Marks) != 2 {
		t.Errorf("%+v", mean)
	}
	if !strings.HasPrefix(m.Words, "n/a: ") || m.Tables != nil {
		t.Errorf("BD-rates of one setting: %q, %v", m.Words, m.Tables)
	}
}

func TestBDRatesOfSettings(t *testing.T) {
	rows := grid([]string{"a", "b"}, []int{100, 200, 400}, []int{50, 500})
	for _, s := range qualities {
		table, reasons := bdTable(BDRates(rows), s)
		if got := fmt.Sprint(table); got != "[[ 50 steps 500 steps] [50 steps – −10.0 %] [500 steps +11.1 % –]]" || reasons != nil {
			t.Errorf("%s: %s %q", s.name, got, reasons)
		}
	}
	for i := range rows {
		if rows[i].Steps == 500 {
			rows[i].PSNR += 30
		}
	}
	later := slices.Clone(rows)
	for i := range later {
		later[i].Picture = fmt.Sprint("other", later[i].Steps)
	}
	for reason, of := range map[string][]Row{
		"the settings have no range of PSNR in common":      rows,
		"each setting needs two sizes or more of a picture": grid([]string{"a", "b"}, []int{100}, []int{50, 500}),
		"the settings have no picture in common":            later,
	} {
		if all := BDRates(of); len(all) != 4 || all[0].Reason != reason || all[0].Text() != "n/a" {
			t.Errorf("%s: %+v", reason, all)
		}
	}
	var text bytes.Buffer
	if WriteBDRates(&text, nil, false); text.Len() != 0 {
		t.Errorf("%q", text.String())
	}
	WriteBDRates(&text, []BDRate{{Score: "PSNR", A: strings.Repeat("a", 60) + "\n", B: "b|c", Percent: 5}, {Score: "PSNR", A: "b|c", B: strings.Repeat("a", 60) + "\n", Reason: "why"}}, false)
	if got := text.String(); !strings.Contains(got, "(1)     (2)") || !strings.Contains(got, "  (2) b|c") || !strings.Contains(got, "a?") || !strings.Contains(got, "n/a: why") {
		t.Error(got)
	}
	if BDRates(grid([]string{"a"}, []int{100, 200}, []int{50})) != nil {
		t.Error("a BD-rate of one setting")
	}
}

// Lines are named by what they differ in: the session, the recipe, the number of splats beside a goal, the steps.
func TestNamesOfSettings(t *testing.T) {
	rows := grid([]string{"a"}, []int{100}, []int{50, 500})
	names := func() (names []string) {
		nameSessions(rows)
		for _, l := range settingsIn(rows).lines {
			names = append(names, l.name)
		}
		return names
	}
	rows[0].Session, rows[1].Session = "session_1", "session_1"
	rows[0].home, rows[1].home = "/x/session_1", "/y/session_1"
	rows[0].asked.recipe, rows[1].asked.recipe = "igs", "paper"
	if got := fmt.Sprintf("%q", names()); got != `["/x/session_1, igs, 50 steps" "/y/session_1, paper, 500 steps"]` {
		t.Error(got)
	}
	rows[1].home, rows[1].asked = rows[0].home, rows[0].asked
	rows[1].asked.fixed = "300 splats"
	if got := fmt.Sprintf("%q", names()); got != `["" "300 splats"]` {
		t.Error(got)
	}
	run := &Run{Entry: record.Entry{Gaussians: 300, Steps: 7, Goal: &record.Goal{Bytes: 2048}}}
	if a := askedOf(run); a != (asked{rate: "2KiB", fixed: "300 splats", steps: 7}) {
		t.Errorf("%+v", a)
	}
}
