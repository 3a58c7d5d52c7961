package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"igs/internal/oneline"

	"igs/runlog"
)

// absent is written in place of a missing figure.
const absent = "–"

var header = []string{"run", "image", "PSNR", "SSIM", "splats", "steps", "size", "bits/px", "time", "device", "status"}

// cells are the texts of a row for people, in the order of header.
func (r *Row) cells(withSession bool) []string {
	name := r.Run
	if withSession && r.Session != "" {
		name = r.Session + "/" + name
	}
	return []string{
		name, r.Image, shownPSNR(r.PSNR), fourDigits(taken(r.SSIM)),
		strconv.Itoa(r.Splats), strconv.Itoa(r.Steps), shown(r.Bytes, runlog.Bytes),
		shown(r.BitsPerPixel, func(x float64) string { return fmt.Sprintf("%.3f", x) }),
		shown(r.Seconds, runlog.Duration), shown(r.Peak, runlog.Bytes), r.Status,
	}
}

func shown[T any](x *T, format func(T) string) string {
	if x == nil {
		return absent
	}
	return format(*x)
}

func shownPSNR(x float64) string { return shown(taken(x), runlog.Decibels) }

// fourDigits writes a score.
func fourDigits(x *float64) string {
	return shown(x, func(x float64) string { return fmt.Sprintf("%.4f", x) })
}

// marks are words that say in what a row is best.
func (r *Row) marks() []string {
	var words []string
	if r.BestPSNR {
		words = append(words, "best PSNR")
	}
	if r.Smallest {
		words = append(words, "smallest")
	}
	if r.Front {
		words = append(words, "front")
	}
	return words
}

const legend = "best PSNR, smallest: among the finished runs of the same picture; front: none of them is smaller with at least the same PSNR, or has a higher PSNR with at most the same bytes"

// WriteText writes the table for a terminal.
func WriteText(to io.Writer, rows []Row) {
	sessions, marked, wide := manySessions(rows), false, [2]int{len(header[0]), len(header[1])}
	for i := range rows {
		marked = marked || len(rows[i].marks()) > 0
		for c, text := range rows[i].cells(sessions)[:2] {
			wide[c] = max(wide[c], utf8.RuneCountInString(oneline.Text(text)))
		}
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 8, 2, ' ', tabwriter.AlignRight)
	row := func(cells []string, last string) {
		fmt.Fprintf(t, "%-*s  %-*s\t", wide[0], oneline.Text(cells[0]), wide[1], oneline.Text(cells[1]))
		for _, cell := range cells[2 : len(cells)-1] {
			fmt.Fprintf(t, "%s\t", cell)
		}
		text := "  " + oneline.Text(cells[len(cells)-1])
		if last != "" {
			text += "  " + last
		}
		fmt.Fprintln(t, text)
	}
	row(header, "")
	for i := range rows {
		row(rows[i].cells(sessions), strings.Join(rows[i].marks(), ", "))
	}
	t.Flush()
	for line := range strings.Lines(table.String()) {
		io.WriteString(to, strings.TrimPrefix(line, "  ")) // names begin at the left edge
	}
	if marked {
		fmt.Fprintf(to, "\n%s\n", legend)
	}
}

func manySessions(rows []Row) bool {
	for i := range rows {
		if rows[i].Session != rows[0].Session {
			return true
		}
	}
	return false
}

// WriteMarkdown writes the table in Markdown.
func WriteMarkdown(to io.Writer, rows []Row) {
	sessions := manySessions(rows)
	line := func(cells []string) { fmt.Fprintf(to, "| %s |\n", strings.Join(cells, " | ")) }
	line(append(append([]string{}, header...), "best"))
	fmt.Fprintln(to, "|---|---|"+strings.Repeat("--:|", len(header)-3)+"---|---|")
	escape := strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "<", "&lt;", "&", "&amp;")
	for i := range rows {
		cells := append(rows[i].cells(sessions), strings.Join(rows[i].marks(), ", "))
		for c, text := range cells {
			cells[c] = escape.Replace(oneline.Text(text))
		}
		line(cells)
	}
}

var csvHeader = []string{
	"session", "run", "image", "width", "height", "num_gaussians", "steps", "status", "psnr", "ssim", "num_bytes",
	"bits_per_pixel", "seconds", "device_peak_bytes", "best_psnr", "smallest", "pareto_front", "folder",
}

// WriteCSV writes the table for programs: numbers with all digits, and empty cells for missing figures.
func WriteCSV(to io.Writer, rows []Row) error {
	w := csv.NewWriter(to)
	w.Write(csvHeader)
	for i := range rows {
		r := &rows[i]
		w.Write([]string{
			r.Session, r.Run, r.Image, size(r.W), size(r.H), strconv.Itoa(r.Splats), strconv.Itoa(r.Steps), r.Status,
			decimals(taken(r.PSNR), 4), decimals(taken(r.SSIM), 6), whole(r.Bytes), decimals(r.BitsPerPixel, 4), decimals(r.Seconds, 3), whole(r.Peak),
			strconv.FormatBool(r.BestPSNR), strconv.FormatBool(r.Smallest), strconv.FormatBool(r.Front), r.Folder,
		})
	}
	w.Flush()
	return w.Error()
}

func size(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func decimals(x *float64, digits int) string {
	if x == nil {
		return ""
	}
	return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(*x, 'f', digits, 64), "+"))
}

func whole(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func joinOr(words []string) string {
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
