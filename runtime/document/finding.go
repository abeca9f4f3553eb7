package document

import (
	"fmt"
	"sort"
	"strings"
)

// A Severity says whether a finding refuses the document.
type Severity uint8

// An Error refuses the document; a Warning is told and changes nothing.
const (
	Error Severity = iota
	Warning
)

// A Finding is one thing wrong with a document, told in one line.
type Finding struct {
	Pos  Position
	Path string // of the value, as [KeyPath] writes it; "" is the document itself
	// Rule is what the value breaks: a keyword of JSON Schema, or a stable id of
	// ours. Empty: the text could not be read.
	Rule string
	// Found is the value as messages show it, [Redacted] where it must not be shown,
	// and Allowed what the rule allows; either may be empty.
	Found, Allowed string
	Message        string // what was found and what is allowed, on one line
	Hint           string // what to do about it; may be empty
	Severity       Severity
	// Secret reports that the line the finding points to must not be shown.
	Secret bool
	// Excerpt is, for a refused configuration, the line of the file that the finding
	// points to, and on a second one a caret under the column. It is empty where the
	// line is not known, is too long to be of use, or may hold a secret.
	Excerpt string
	// Empty reports that there is no fault but that the file says nothing: it
	// is blank, or holds only comments and marks of YAML.
	Empty bool
}

// String is the finding on one line: file:line:column: path: message (hint).
func (f Finding) String() string {
	text := f.Pos.String() + ": "
	if f.Path != "" {
		text += f.Path + ": "
	} else if f.Pos.Line > 0 { // of a source without lines the name says it all
		text += "(document): "
	}
	if f.Severity == Warning {
		text += "warning: "
	}
	text += f.Message
	if f.Hint != "" {
		text += " (" + f.Hint + ")"
	}
	return text
}

// Findings is a list of findings. It is no error itself: an empty list would
// not be a nil error.
type Findings []Finding

// Empty reports whether all there is to say is that the file is empty.
func (fs Findings) Empty() bool { return len(fs) == 1 && fs[0].Empty }

// Sort orders the findings as they stand in their files: by file, line and
// column, equal positions in the order found.
func (fs Findings) Sort() {
	sort.SliceStable(fs, func(i, j int) bool { return fs[i].Pos.Before(fs[j].Pos) })
}

// Errors returns the findings that refuse the document.
func (fs Findings) Errors() Findings { return fs.only(Error) }

// Warnings returns the findings that do not.
func (fs Findings) Warnings() Findings { return fs.only(Warning) }

func (fs Findings) only(s Severity) Findings {
	var kept Findings
	for _, f := range fs {
		if f.Severity == s {
			kept = append(kept, f)
		}
	}
	return kept
}

// Shown is the number of findings that [Findings.String] writes out.
const Shown = 20

// String is the first [Shown] findings, one a line, and a count of the rest.
func (fs Findings) String() string {
	var b strings.Builder
	for i, f := range fs {
		if i == Shown {
			fmt.Fprintf(&b, "\n%d more", len(fs)-Shown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(f.String())
	}
	return b.String()
}
