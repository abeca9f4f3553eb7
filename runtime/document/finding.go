package document

import (
	"fmt"
	"sort"
	"strings"
)

// A Severity is the effect of a finding on the document.
type Severity uint8

// An Error makes the document invalid. A Warning does not.
const (
	Error Severity = iota
	Warning
)

// A Finding is one problem in a document.
type Finding struct {
	Pos  Position
	Path string // of the value, in the form of [KeyPath]; "" is the document itself
	// Rule is what the value violates: a keyword of JSON Schema, or a stable id of
	// ours. It is empty if the text could not be parsed.
	Rule string
	// Found is the value as messages show it, or [Redacted]. Allowed is what the rule
	// allows. Either may be empty.
	Found, Allowed string
	Message        string // what was found and what is allowed, on one line
	Hint           string // how to fix it; may be empty
	Severity       Severity
	// Secret reports that the line of the finding must not be shown.
	Secret bool
	// Excerpt is set for a rejected configuration: the line that the finding points to,
	// and a second line with a caret under the column. It is empty if the line is
	// unknown, too long to be of use, or may hold a secret.
	Excerpt string
	// Empty reports that the only problem is an empty file: it is blank, or holds only
	// comments and YAML markers.
	Empty bool
}

// String returns the finding on one line: file:line:column: path: message (hint).
func (f Finding) String() string {
	text := ""
	if f.Pos != (Position{}) {
		text = f.Pos.String() + ": "
	}
	if f.Path != "" {
		text += f.Path + ": "
	} else if f.Pos.Line > 0 { // for a source without lines, its name is the position
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

// Findings is a list of findings. It does not implement error, because an empty list
// would not be a nil error.
type Findings []Finding

// Empty reports whether the only finding is that the file is empty.
func (fs Findings) Empty() bool { return len(fs) == 1 && fs[0].Empty }

// Sort sorts the findings by file, line and column. Findings at the same position keep
// their order.
func (fs Findings) Sort() {
	sort.SliceStable(fs, func(i, j int) bool { return fs[i].Pos.Before(fs[j].Pos) })
}

// Errors returns the findings that make the document invalid.
func (fs Findings) Errors() Findings { return fs.only(Error) }

// Warnings returns the other findings.
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

// Shown is the number of findings that [Findings.String] prints.
const Shown = 20

// String returns the first [Shown] findings, one per line, and a count of the rest.
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
