package main

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// Dimensions of the plot, in pixels.
const (
	plotWidth   = 840
	plotTop     = 62  // the legend and the labels of the axis
	plotLeft    = 270 // the names of the rows
	plotRight   = 90  // the values of the limit
	rowHeight   = 20
	groupHeight = 10 // between rows of different kinds
)

// plotStyle has colors that can be read on light and on dark pages. The background is that of
// the page. Two sets of colors would follow the system, not the theme of the page.
const plotStyle = `text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #747d87 }
line { stroke: #8b949e } .grid { stroke-opacity: .35 } .range { stroke-opacity: .6 } .base { stroke-width: 2 }
.c1 { fill: #7d8590 } .c2 { fill: #d4650f } .c3 { fill: #2da44e } .c4 { fill: #a371f7 } .c5 { fill: #1f7ee6 }
`

// marks are the shapes of the contestants, around the point 0,0, so that nobody depends on
// colors. The last contestant is the largest.
var marks = []string{
	`<rect x="-4" y="-4" width="8" height="8"/>`,
	`<path d="M0-5 5 4H-5z"/>`,
	`<path d="M0-5 5 0 0 5-5 0z"/>`,
	`<path d="M0 5 5-4H-5z"/>`,
	`<circle r="6"/>`,
}

// plot draws the ratios of a table as an SVG, on a logarithmic axis: a row for each row of
// the table and a mark for each contestant.
func plot(t table) string {
	axis := newAxis(t)
	height := plotTop
	kind := ""
	var rows strings.Builder
	for _, r := range t.rows {
		if k, _, _ := strings.Cut(r.name, ","); k != kind {
			kind = k
			height += groupHeight
		}
		drawRow(&rows, axis, r, height+rowHeight/2)
		height += rowHeight
	}
	height += groupHeight

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img" aria-labelledby="title">`+"\n", plotWidth, height)
	fmt.Fprintf(&b, "<title id=\"title\">What each measure takes, as a multiple of the %s</title>\n<style>\n%s</style>\n", html.EscapeString(t.contestants[0]), plotStyle)
	drawLegend(&b, t.contestants)
	axis.draw(&b, height-groupHeight)
	b.WriteString(rows.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// drawRow draws the name of a row, its marks and the value of the first contestant.
func drawRow(b *strings.Builder, a axis, r row, y int) {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotLeft-12, y+4, html.EscapeString(r.name))
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotWidth-8, y+4, html.EscapeString(r.value))
	low, high := 1.0, 1.0
	for _, ratio := range r.ratios {
		if !math.IsNaN(ratio) {
			low, high = min(low, ratio), max(high, ratio)
		}
	}
	fmt.Fprintf(b, `<line class="range" x1="%.1f" y1="%d" x2="%.1f" y2="%[2]d"/>`+"\n", a.x(low), y, a.x(high))
	for i, ratio := range r.ratios {
		if !math.IsNaN(ratio) {
			drawMark(b, i, a.x(ratio), y)
		}
	}
}

func drawMark(b *strings.Builder, contestant int, x float64, y int) {
	n := contestant % len(marks)
	fmt.Fprintf(b, `<g class="c%d" transform="translate(%.1f %d)">%s</g>`+"\n", n+1, x, y, marks[n])
}

// drawLegend names the marks, and the column of values.
func drawLegend(b *strings.Builder, contestants []string) {
	const letter = 7.5 // about
	x := float64(plotLeft)
	for i, name := range contestants[1:] {
		drawMark(b, i, x, 16)
		fmt.Fprintf(b, `<text x="%.1f" y="20">%s</text>`+"\n", x+10, html.EscapeString(name))
		x += 30 + letter*float64(len(name))
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", plotWidth-8, plotTop-10, html.EscapeString(contestants[0]))
}

// An axis maps ratios to pixels, by their logarithms.
type axis struct{ low, high float64 }

// newAxis returns an axis for all ratios of a table, with some space at both ends.
func newAxis(t table) axis {
	low, high := 1.0, 10.0
	for _, r := range t.rows {
		for _, ratio := range r.ratios {
			if !math.IsNaN(ratio) {
				low, high = min(low, ratio), max(high, ratio)
			}
		}
	}
	return axis{math.Log10(low * 0.8), math.Log10(high * 1.25)}
}

func (a axis) x(ratio float64) float64 {
	share := (math.Log10(ratio) - a.low) / (a.high - a.low)
	return plotLeft + share*(plotWidth-plotLeft-plotRight)
}

// draw draws a line at each power of ten.
func (a axis) draw(b *strings.Builder, bottom int) {
	for power := math.Ceil(a.low); power <= a.high; power++ {
		ratio := math.Pow(10, power)
		class := "grid"
		if ratio == 1 {
			class = "base"
		}
		fmt.Fprintf(b, `<line class="%s" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>`+"\n", class, a.x(ratio), plotTop, a.x(ratio), bottom)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%g×</text>`+"\n", a.x(ratio), plotTop-10, ratio)
	}
}
