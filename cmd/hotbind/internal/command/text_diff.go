package command

import (
	"fmt"
	"io"
	"strings"
)

// contextLines is how many lines are shown around a change.
const contextLines = 3

// longestCompare limits the pairs of lines to compare. Beyond it, all lines between the
// first and the last change count as changed.
const longestCompare = 16 << 20

// A diffLine is a line that is kept (' '), removed ('-') or added ('+').
type diffLine struct {
	mark byte
	text string // with its line end, if it has one
}

// printDiff prints a unified diff between two texts.
func printDiff(out io.Writer, name string, from, to []byte, hidden *veil) {
	lines := veiled(diffLines(splitLines(from), splitLines(to)), hidden)
	p := newPainter(out)
	p.line(p.bold("--- " + name))
	p.line(p.bold("+++ " + name))
	for _, h := range hunks(lines) {
		p.line(p.faint(h.header(lines)))
		for _, l := range lines[h.from:h.to] {
			text, ended := strings.CutSuffix(string(l.mark)+l.text, "\n")
			if !ended {
				text += "\n\\ No newline at end of file"
			}
			switch l.mark {
			case '-':
				text = p.paint(red, text)
			case '+':
				text = p.paint(green, text)
			}
			p.line(text)
		}
	}
}

// veiled hides the secrets in lines.
func veiled(lines []diffLine, hidden *veil) []diffLine {
	before, after := 0, 0
	for i, l := range lines {
		if l.mark != '+' {
			before++
		}
		if l.mark != '-' {
			after++
		}
		lines[i] = hidden.over(l, before, after)
	}
	return lines
}

func splitLines(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// diffLines compares two texts line by line, with as many common lines as possible.
func diffLines(a, b []string) []diffLine {
	var lines []diffLine
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		lines = append(lines, diffLine{' ', a[0]})
		a, b = a[1:], b[1:]
	}
	end := 0
	for end < len(a) && end < len(b) && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	lines = append(lines, changedLines(a[:len(a)-end], b[:len(b)-end])...)
	for _, text := range a[len(a)-end:] {
		lines = append(lines, diffLine{' ', text})
	}
	return lines
}

// changedLines compares lines by their longest common subsequence.
func changedLines(a, b []string) (lines []diffLine) {
	width := len(b) + 1
	var common []int32 // of a[i:] and b[j:], at i*width+j
	if len(a)*len(b) <= longestCompare {
		common = make([]int32, (len(a)+1)*width)
		for i := len(a) - 1; i >= 0; i-- {
			for j := len(b) - 1; j >= 0; j-- {
				if a[i] == b[j] {
					common[i*width+j] = common[(i+1)*width+j+1] + 1
				} else {
					common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
				}
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case common != nil && i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common == nil || common[(i+1)*width+j] >= common[i*width+j+1]):
			lines = append(lines, diffLine{'-', a[i]})
			i++
		default:
			lines = append(lines, diffLine{'+', b[j]})
			j++
		}
	}
	return lines
}

// A hunk is a range of the lines of a diff.
type hunk struct{ from, to int }

// hunks returns the ranges of changed lines, with context around them.
func hunks(lines []diffLine) (hunks []hunk) {
	for i, l := range lines {
		if l.mark == ' ' {
			continue
		}
		from, to := max(i-contextLines, 0), min(i+contextLines+1, len(lines))
		if last := len(hunks) - 1; last >= 0 && from <= hunks[last].to {
			hunks[last].to = to
		} else {
			hunks = append(hunks, hunk{from, to})
		}
	}
	return hunks
}

// header returns the @@ line of a hunk.
func (h hunk) header(lines []diffLine) string {
	var before, inside [2]int // of the old text and the new
	for i, l := range lines[:h.to] {
		count := &before
		if i >= h.from {
			count = &inside
		}
		if l.mark != '+' {
			count[0]++
		}
		if l.mark != '-' {
			count[1]++
		}
	}
	side := func(k int) string {
		first := before[k] + 1
		if inside[k] == 0 {
			first--
		}
		return fmt.Sprintf("%d,%d", first, inside[k])
	}
	return "@@ -" + side(0) + " +" + side(1) + " @@"
}
