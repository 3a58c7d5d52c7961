package printer

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"igs/internal/terminal"
)

// table is rows of cells under a header. A terminal that is too narrow for it gets a list for each row.
type table struct {
	header []string
	left   []int // columns that are aligned to the left; the others to the right
	indent int
	rows   [][]string
}

// add appends a row. Cells that are missing at its end are empty.
func (t *table) add(cells ...string) {
	t.rows = append(t.rows, append(cells, make([]string, len(t.header)-len(cells))...))
}

// drop removes a column.
func (t *table) drop(name string) {
	at := slices.Index(t.header, name)
	t.header = slices.Delete(t.header, at, at+1)
	for i := range t.rows {
		t.rows[i] = slices.Delete(t.rows[i], at, at+1)
	}
	for i, c := range t.left {
		if c > at {
			t.left[i]--
		}
	}
}

// write writes the table into so many columns of a terminal; 0 means no limit.
func (t *table) write(out io.Writer, columns int) {
	widths := make([]int, len(t.header))
	for _, row := range append([][]string{t.header}, t.rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], columnsOf(cell))
		}
	}
	whole := t.indent + len(gap)*(len(widths)-1)
	for _, w := range widths {
		whole += w
	}
	if columns > 0 && whole > columns {
		t.list(out, columns)
		return
	}
	for _, row := range append([][]string{t.header}, t.rows...) {
		line := strings.Repeat(" ", t.indent)
		for i, cell := range row {
			if i > 0 {
				line += gap
			}
			space := strings.Repeat(" ", widths[i]-columnsOf(cell))
			if slices.Contains(t.left, i) {
				line += cell + space
			} else {
				line += space + cell
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

// list writes each row as its first cell and lines of the others.
func (t *table) list(out io.Writer, columns int) {
	width := 0
	for _, name := range t.header[1:] {
		width = max(width, columnsOf(name))
	}
	for _, row := range t.rows {
		fmt.Fprintln(out, fold(row[0], columns))
		for i, cell := range row[1:] {
			if cell != "" {
				fmt.Fprintln(out, fold(fmt.Sprintf("  %-*s  %s", width, t.header[i+1], cell), columns))
			}
		}
	}
}

// outWidth is the width of the terminal of the results, columns; 0 when they do not go to a terminal.
func (c *Console) outWidth() int {
	if f, ok := c.out.w.(interface{ Fd() uintptr }); ok {
		return terminal.WidthOf(f.Fd())
	}
	return 0
}
