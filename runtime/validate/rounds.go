package validate

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// dropRounds drops references that lead, through others and allOf only, back to a
// schema which says something of its own: it means what is left without them. The
// library would look for an end.
func (x *index) dropRounds() {
	for _, s := range x.order {
		if !saysMore(s) {
			continue
		}
		x.dropRound(s, s)
		if all := s.Get("allOf"); all != nil {
			for _, m := range all.Items {
				x.dropRound(m, s)
			}
		}
	}
}

// dropRound drops the reference of a schema, if it leads to s.
func (x *index) dropRound(from, s *document.Node) {
	t := x.targets[from]
	back := func(n *document.Node) bool { return n == s || x.leadsTo(n, s, map[*document.Node]bool{}) }
	if slices.ContainsFunc(t.sure, back) {
		t.sure, t.ref = nil, ""
		x.targets[from] = t
	}
}

// saysMore reports whether a schema asks for anything but what it refers to: in
// other keywords, or in other members of allOf.
func saysMore(s *document.Node) bool {
	for _, m := range s.Members {
		switch m.Key {
		case "$ref", "$dynamicRef", "$recursiveRef", "default", "$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$schema", "$vocabulary", "$defs", "definitions":
		case "allOf":
			if len(m.Value.Items) > 1 {
				return true
			}
		default:
			if _, note := annotations[m.Key]; !note && !strings.HasPrefix(m.Key, "x-") {
				return true
			}
		}
	}
	return false
}

// leadsTo reports whether references and allOf lead from one schema to another
// about the same value.
func (x *index) leadsTo(from, to *document.Node, seen map[*document.Node]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	next := slices.Clone(x.targets[from].sure)
	if all := from.Get("allOf"); all != nil {
		next = append(next, all.Items...)
	}
	return slices.ContainsFunc(next, func(n *document.Node) bool { return n == to || x.leadsTo(n, to, seen) })
}
