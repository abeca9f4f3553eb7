// Package diag collects what the generator has to say about a schema. A
// diagnostic is a finding as configurations have them, with a stable rule id in
// front of its message; its path is a JSON pointer into the schema.
package diag

import (
	"fmt"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Place is where in a schema something stands: its position, which tells the
// file, and its JSON pointer in that file as a URI fragment, such as
// #/properties/port.
type Place struct {
	Pos     document.Position
	Pointer string
}

// A List collects diagnostics. The zero List is empty and ready.
type List struct {
	findings document.Findings
	told     map[document.Finding]bool
}

// Errorf adds a diagnostic that keeps the package from being generated.
func (l *List) Errorf(at Place, rule, hint, format string, args ...any) {
	l.add(at, rule, hint, document.Error, fmt.Sprintf(format, args...))
}

// Warnf adds a diagnostic that does not.
func (l *List) Warnf(at Place, rule, hint, format string, args ...any) {
	l.add(at, rule, hint, document.Warning, fmt.Sprintf(format, args...))
}

// add takes in a diagnostic, once: what is asked twice of a schema, by two who
// refer to it, is wrong once.
func (l *List) add(at Place, rule, hint string, s document.Severity, message string) {
	f := document.Finding{Pos: at.Pos, Path: at.Pointer, Message: rule + ": " + message, Hint: hint, Severity: s}
	if l.told == nil {
		l.told = map[document.Finding]bool{}
	}
	if !l.told[f] {
		l.told[f] = true
		l.findings = append(l.findings, f)
	}
}

// Add adds findings about the text of a schema file.
func (l *List) Add(fs document.Findings) { l.findings = append(l.findings, fs...) }

// Failed reports whether an error was added.
func (l *List) Failed() bool { return len(l.findings.Errors()) > 0 }

// Findings returns what was added, in the order of the
// files.
func (l *List) Findings() document.Findings {
	l.findings.Sort()
	return l.findings
}
