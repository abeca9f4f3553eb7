package schema

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A Place is a location in a schema: its position, which includes the file, and its
// JSON pointer in that file as a URI fragment, such as #/properties/port.
type Place struct {
	Pos     document.Position
	Pointer string
}

// under returns the place of a member of the value at at.
func under(at Place, m *document.Member) Place {
	return Place{Pos: m.Pos(), Pointer: at.Pointer + "/" + escapes.Replace(m.Key())}
}

// item returns the place of item i of the list n at at.
func item(at Place, n *document.Node, i int) Place {
	return Place{Pos: n.Items()[i].Pos(), Pointer: at.Pointer + "/" + strconv.Itoa(i)}
}

// members iterates over the members of n at at, with their places.
func members(n *document.Node, at Place) iter.Seq2[Place, *document.Member] {
	return func(yield func(Place, *document.Member) bool) {
		for i := range n.Members() {
			if m := &n.Members()[i]; !yield(under(at, m), m) {
				return
			}
		}
	}
}

// items iterates over the items of n at at, with their places.
func items(n *document.Node, at Place) iter.Seq2[Place, *document.Node] {
	return func(yield func(Place, *document.Node) bool) {
		for i := range n.Items() {
			if !yield(item(at, n, i), n.Items()[i]) {
				return
			}
		}
	}
}

// A Reporter collects findings about a schema, each with a stable rule id. Their paths
// are JSON pointers into the schema. The zero Reporter is empty and ready to use.
type Reporter struct {
	findings document.Findings
	seen     map[document.Finding]bool
}

// Errorf adds an error, which makes the schema invalid.
func (r *Reporter) Errorf(at Place, rule, hint, format string, args ...any) {
	r.add(at, rule, hint, document.Error, fmt.Sprintf(format, args...))
}

// Warnf adds a warning.
func (r *Reporter) Warnf(at Place, rule, hint, format string, args ...any) {
	r.add(at, rule, hint, document.Warning, fmt.Sprintf(format, args...))
}

// add adds a finding once: a schema behind two references is checked twice.
func (r *Reporter) add(at Place, rule, hint string, s document.Severity, message string) {
	f := document.Finding{Pos: at.Pos, Path: at.Pointer, Rule: rule, Message: message, Hint: hint, Severity: s}
	if r.seen == nil {
		r.seen = map[document.Finding]bool{}
	}
	if !r.seen[f] {
		r.seen[f] = true
		r.findings = append(r.findings, f)
	}
}

// Add adds findings about the text of a schema file.
func (r *Reporter) Add(fs document.Findings) { r.findings = append(r.findings, fs...) }

// IsAbout reports whether there is a finding at the place of f or around it.
func (r *Reporter) IsAbout(f document.Finding) bool {
	return slices.ContainsFunc(r.findings, func(added document.Finding) bool {
		return added.Pos.File == f.Pos.File && strings.HasPrefix(f.Path+"/", added.Path+"/")
	})
}

// Failed reports whether an error was added.
func (r *Reporter) Failed() bool { return len(r.findings.Errors()) > 0 }

// Findings returns the findings sorted by file and position.
func (r *Reporter) Findings() document.Findings {
	r.findings.Sort()
	return r.findings
}
