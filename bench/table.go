package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// A table has a row for each measure. The first contestant's cells have values, and those of
// the others the ratios to it.
type table struct {
	contestants []string
	rows        []row
}

// A row has a ratio for each contestant but the first: NaN if it does not take part.
type row struct {
	name   string
	value  string
	ratios []float64
}

// none stands in the cell of a contestant that does not take part.
const none = "–"

// newRow compares what the contestants cost. A ratio is the median of the ratios in each
// round, so that slow phases of the machine, which last longer than a round, cancel out.
func newRow(name string, costs [][]cost, quantity func(cost) float64, show func(float64) string) row {
	r := row{name: name}
	for i, of := range costs {
		var values, ratios []float64
		for round, c := range of {
			values = append(values, quantity(c))
			ratios = append(ratios, quantity(c)/quantity(costs[0][round]))
		}
		switch {
		case i == 0:
			r.value = show(median(values))
		case len(of) == 0:
			r.ratios = append(r.ratios, math.NaN())
		default:
			r.ratios = append(r.ratios, median(ratios))
		}
	}
	return r
}

func (c cost) time() float64   { return c.ns }
func (c cost) memory() float64 { return c.bytes }

// cells returns the row as text.
func (r row) cells() []string {
	cells := []string{r.name, r.value}
	for _, ratio := range r.ratios {
		cells = append(cells, showRatio(ratio))
	}
	return cells
}

// String returns the table in Markdown, with aligned columns.
func (t table) String() string {
	lines := [][]string{append([]string{""}, t.contestants...)}
	for _, r := range t.rows {
		lines = append(lines, r.cells())
	}
	widths := make([]int, len(lines[0]))
	for _, cells := range lines {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell), len("--:"))
		}
	}
	var b strings.Builder
	for i, cells := range lines {
		for column, cell := range cells {
			b.WriteString("| " + pad(cell, widths[column], column > 0) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString("| " + strings.Repeat("-", widths[0]) + " ")
			for _, width := range widths[1:] {
				b.WriteString("| " + strings.Repeat("-", width-1) + ": ")
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

// pad fills a cell with spaces, on its left for numbers.
func pad(cell string, width int, number bool) string {
	spaces := strings.Repeat(" ", width-utf8.RuneCountInString(cell))
	if number {
		return spaces + cell
	}
	return cell + spaces
}

// parseTable reads what String returns.
func parseTable(text string) (table, error) {
	var t table
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		switch {
		case i == 0:
			t.contestants = cells[1:]
		case i > 1:
			r, err := parseRow(cells, len(t.contestants))
			if err != nil {
				return table{}, fmt.Errorf("line %d of the table: %w", i+1, err)
			}
			t.rows = append(t.rows, r)
		}
	}
	return t, nil
}

func parseRow(cells []string, contestants int) (row, error) {
	if len(cells) != 1+contestants {
		return row{}, fmt.Errorf("%d cells, want %d", len(cells), 1+contestants)
	}
	r := row{name: cells[0], value: cells[1]}
	for _, cell := range cells[2:] {
		ratio := math.NaN()
		if cell != none {
			var err error
			if ratio, err = strconv.ParseFloat(strings.TrimSuffix(cell, "×"), 64); err != nil {
				return row{}, err
			}
			if !(ratio > 0) || math.IsInf(ratio, 0) {
				return row{}, fmt.Errorf("the ratio %s has no logarithm", cell)
			}
		}
		r.ratios = append(r.ratios, ratio)
	}
	return r, nil
}

// showRatio formats a ratio with two or three digits, or with all digits before the point.
func showRatio(r float64) string {
	switch {
	case math.IsNaN(r):
		return none
	case r < 0.095:
		return strconv.FormatFloat(r, 'g', 1, 64) + "×"
	case r < 2:
		return fmt.Sprintf("%.2f×", r)
	case r < 9.95:
		return fmt.Sprintf("%.1f×", r)
	}
	return fmt.Sprintf("%.0f×", r)
}

func showTime(ns float64) string {
	switch d := time.Duration(ns); {
	case d < time.Microsecond:
		return fmt.Sprintf("%.3g ns", ns)
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
	return fmt.Sprintf("%.3g s", ns/1e9)
}

func showBytes(bytes float64) string {
	switch {
	case bytes < 1e3:
		return fmt.Sprintf("%.0f B", bytes)
	case bytes < 1e6:
		return fmt.Sprintf("%.3g kB", bytes/1e3)
	}
	return fmt.Sprintf("%.2f MB", bytes/1e6)
}
