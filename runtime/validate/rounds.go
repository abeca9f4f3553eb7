package validate

import (
	"slices"
	"strings"

	"github.com/hotbind/hotbind/runtime/document"
)

// A schema whose allOf refers to the schema itself says nothing more by that: it
// means what is left without the reference. The library would look for an end.

// dropRounds drops such references.
func (x *index) dropRounds() {
	for _, s := range x.order {
		all := s.Get("allOf")
		if all == nil || all.Kind != document.List || !saysMore(s) {
			continue
		}
		for _, m := range all.Items {
			t, refers := x.targets[m]
			if refers && len(t.sure) > 0 && x.leadsTo(m, s, map[*document.Node]bool{}) {
				t.sure, t.ref = nil, ""
				x.targets[m] = t
			}
		}
	}
}

// saysMore reports whether a schema asks for anything but what it refers to: in
// other keywords, or in other members of allOf.
func saysMore(s *document.Node) bool {
	for _, m := range s.Members {
		switch m.Key {
		case "$ref", "$dynamicRef", "$recursiveRef", "default", "$id", "id", "$anchor", "$schema", "$defs", "definitions":
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
